"""The first-order solvers: mini-batches, epoch by epoch."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from rosenblatt import engine
from rosenblatt.engine import OptimizerState
from rosenblatt.engine.blas import blas_for, largest_product
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.fitting.batches import clipped_batch_size, learning_rows
from rosenblatt.fitting.carried import DescentState, MonitorKey
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.epochs import EpochFit
from rosenblatt.fitting.history import SolverInfo
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.fitting.train_validation import fingerprint
from rosenblatt.network import Network, copy_tied
from rosenblatt.optimizers import Optimizer
from rosenblatt.options.compatibility import check_batches
from rosenblatt.options.config import rate_rule
from rosenblatt.problem import Problem
from rosenblatt.schedules import RateRule, Run
from rosenblatt.stopping import NoImprovement
from rosenblatt.support.caller_warning import warn_caller

__all__ = ["begin_descent"]

FIRST_ORDER = SolverInfo(
    "Stochastic Optimizer",
    True,
    "lower the learning rate, or clip the gradient by clip_norm",
)


def begin_descent(optimizer: Optimizer, context: FitContext) -> EpochFit:
    """A fit by an optimiser, before its first step."""
    p, config = context.parameters, context.config
    rule = rate_rule(p)
    network, theta, state = context.network, context.theta, context.state
    train, validation = learning_rows(context)
    # scikit-learn reports the log loss of probabilities bounded by the machine epsilon.
    loss = context.targets.objective(p_min=float(np.finfo(theta.dtype).eps))
    problem = Problem(
        network,
        loss,
        config.penalty,
        optimizer,
        config.clipping,
        config.constraint,
        config.step_averaging,
    )
    if context.autoencoding is not None:
        ties = context.autoencoding.ties(network)
        problem = replace(problem, ties=ties, activities=context.autoencoding.activities(network))
        copy_tied(network, ties, theta)
    n_rows = context.n_rows(train)
    batch_size = clipped_batch_size(p, n_rows)
    steps = math.ceil(n_rows / batch_size)
    check_batches(network, batch_size)
    held: Callable[[], AbstractContextManager[None]] = nullcontext
    if not engine.trains_natively(problem):
        largest = largest_product(network, batch_size)
        held = partial(blas_for, largest, p.n_jobs, p.deterministic)
    descent = begun_descent(context, problem, rule, Run(optimizer.lr, steps * p.max_iter, steps))
    optimizer_state = descent.optimizer_state
    optimizer_state.seed = optimizer_state.seed or drawn_seed(network, context.rng)
    max_epochs = 1 if context.incremental else p.max_iter
    shown = config.shown(theta, optimizer_state, max_epochs)
    setup = engine.TrainingSetup(
        problem,
        train,
        theta,
        optimizer_state,
        batch_size,
        state=state,
        n_jobs=p.n_jobs,
        bfloat16=p.bfloat16,
        deterministic=p.deterministic,
    )
    return EpochFit(
        context,
        loss,
        (train, validation),
        shown,
        partial(context.make_trainer, setup),
        optimizer_state,
        method=FIRST_ORDER,
        learning_rate=LearningRate(optimizer.lr, descent.rate),
        stopping=descent.stopping,
        batch_size=batch_size,
        max_epochs=max_epochs,
        held=held,
        # An earlier fit left its best parameters, which theta starts from.
        best=(theta.copy(), state.copy()) if context.log.validation_scores else None,
        descent=descent,
        moving=(theta, state, *optimizer_state.moving, *shown.own),
        recovery=descent.rollback if p.on_divergence == "restore" else None,
    )


def begun_descent(context: FitContext, problem: Problem, rule: RateRule, run: Run) -> DescentState:
    """The initial state: copies of what an earlier fit carried over, and new values of the rest."""
    p, theta, before = context.parameters, context.theta, context.carried
    optimizer, monitor = problem.optimizer, monitor_key(context)
    if before is None or before.monitor != monitor:
        context.log.begin_curves(p.early_stopping)
        stopping = NoImprovement(p.tol, p.n_iter_no_change)
    else:
        stopping = replace(before.stopping, tol=p.tol, patience=p.n_iter_no_change)
    if before is not None and context.incremental and has_same_state(before.optimizer, optimizer):
        optimizer_state = before.optimizer_state.copied(theta.dtype)
        goes_on = before.rule == rule
        rate = copy.deepcopy(before.rate) if goes_on else rule.control(run)
        rollback = before.rollback.carried_over() if goes_on else Rollback()
    else:
        warn_without_kernel(optimizer)
        optimizer_state = OptimizerState.of(optimizer, theta, problem.averaging)
        rate, rollback = rule.control(run), Rollback()
    return DescentState(optimizer, optimizer_state, rule, rate, stopping, monitor, rollback)


def monitor_key(context: FitContext) -> MonitorKey:
    """The measure of this fit's epochs."""
    p, given = context.parameters, context.validation
    if not p.early_stopping:
        return MonitorKey(context.loss)
    rows = p.validation_fraction if given is None else fingerprint(given)
    return MonitorKey(context.loss, True, p.scoring, rows)


def drawn_seed(network: Network, rng: np.random.RandomState) -> int:
    """A seed for dropout and noise; 0, without drawing, for a network that has neither."""
    return int(rng.randint(np.iinfo(np.int64).max, dtype=np.int64)) if network.is_random else 0


def has_same_state(one: Optimizer, other: Optimizer) -> bool:
    """Whether one can continue from the other's state: only their numbers may differ."""
    return kind(one) == kind(other)


def kind(optimizer: Optimizer) -> tuple[Any, ...]:
    fields = getattr(optimizer, "__dict__", {})
    flags = [(name, value) for name, value in fields.items() if isinstance(value, bool)]
    return type(optimizer), optimizer.n_slots, flags


def warn_without_kernel(optimizer: Optimizer) -> None:
    if not has_kernel(optimizer):
        warn_caller(
            f"{type(optimizer).__name__} is not known to the native engine: training runs on the"
            " readable one, which is many times slower.",
            RuntimeWarning,
        )
