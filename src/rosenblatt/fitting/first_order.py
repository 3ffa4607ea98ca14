"""The first-order solvers: mini-batches, epoch by epoch."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, final

import numpy as np

from rosenblatt import engine
from rosenblatt.engine import OptimizerState
from rosenblatt.engine.blas import blas_for, largest_product
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.fitting.data import fingerprint
from rosenblatt.fitting.epochs import EpochFit, clipped_batch_size, learning_rows
from rosenblatt.fitting.fits import FitContext
from rosenblatt.fitting.history import SolverInfo
from rosenblatt.fitting.learning_rate import LearningRate
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.optimizers import Optimizer
from rosenblatt.options.compatibility import check_batches
from rosenblatt.options.config import rate_rule
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Problem
from rosenblatt.schedules import RateControl, RateRule, Run
from rosenblatt.stopping import NoImprovement
from rosenblatt.support.caller_warning import warn_caller

__all__ = ["CarriedState", "begin_descent"]

FIRST_ORDER = SolverInfo(
    "Stochastic Optimizer",
    True,
    "lower the learning rate, or clip the gradient by clip_norm",
)


@final
@dataclass
class CarriedState:
    """What a descent carries over: the momentum to the next `partial_fit`, the best to any fit.

    The recovery, without the state to go back to, belongs to the rates.
    """

    optimizer: Optimizer
    memory: OptimizerState
    rule: RateRule
    rate: RateControl
    stopping: NoImprovement
    watched: MonitorKey
    recovery: Rollback = field(default_factory=Rollback)


@final
@dataclass(frozen=True)
class MonitorKey:
    """What a fit judges its epochs by: the best by one measure says nothing of another.

    Attributes
    ----------
    loss : Loss
    early_stopping : bool
    scoring
        The estimator's parameter, under `early_stopping`.
    rows : bytes or float, optional
        Likewise the rows: the fingerprint of given ones, or the fraction to split off.
    """

    loss: Loss
    early_stopping: bool = False
    scoring: Any = None
    rows: bytes | float | None = None


def watched(start: FitContext) -> MonitorKey:
    est, given = start.est, start.validation
    if not est.early_stopping:
        return MonitorKey(est._loss())
    rows = est.validation_fraction if given is None else fingerprint(given)
    return MonitorKey(est._loss(), True, est.scoring, rows)


def begin_descent(optimizer: Optimizer, start: FitContext) -> EpochFit:
    """A fit by the rule that moves the parameters, and the one that changes its rate."""
    est, control, theta, state = start.est, start.control, start.theta, start.state
    rule = rate_rule(Parameters.of(est))
    train, validation = learning_rows(start)
    # scikit-learn reports the log loss of probabilities bounded by the machine epsilon.
    loss = est._loss(p_min=float(np.finfo(theta.dtype).eps))
    problem = Problem(
        start.network,
        loss,
        control.penalty,
        optimizer,
        control.clipping,
        control.constraint,
        control.step_averaging,
    )
    batch_size = clipped_batch_size(est, train.n_samples)
    steps = math.ceil(train.n_samples / batch_size)
    run = Run(optimizer.lr, steps * est.max_iter, steps)
    check_batches(start.network, batch_size)
    held: Callable[[], AbstractContextManager[None]] = nullcontext
    if not engine.trains_natively(problem):
        largest = largest_product(start.network, batch_size)
        held = partial(blas_for, largest, est.n_jobs, est.deterministic)
    progress = carried_over(start, problem, rule, run)
    memory = progress.memory
    memory.seed = memory.seed or drawn_seed(start.network, start.rng)
    max_epochs = 1 if start.incremental else est.max_iter
    shown = control.shown(theta, memory, max_epochs)
    return EpochFit(
        start,
        loss,
        (train, validation),
        shown,
        lambda: engine.trainer(
            problem,
            train,
            theta,
            memory,
            batch_size,
            est.n_jobs,
            est._bfloat16,
            state,
            est.deterministic,
        ),
        memory,
        method=FIRST_ORDER,
        learning_rate=LearningRate(optimizer.lr, progress.rate),
        stopping=progress.stopping,
        batch_size=batch_size,
        max_epochs=max_epochs,
        held=held,
        # The best of an earlier fit is what theta starts from.
        best=(theta.copy(), state.copy()) if est.validation_scores_ else None,
        moving=(theta, state, *memory.moving, *shown.own),
        recovery=progress.recovery if est.on_divergence == "restore" else None,
    )


def carried_over(start: FitContext, problem: Problem, rule: RateRule, run: Run) -> CarriedState:
    """The estimator's progress, begun anew in the parts that this fit does not go on from.

    What it goes on from is copied, so that a fit which fails leaves it as it was.
    """
    est, theta = start.est, start.theta
    before, optimizer, by = est._progress, problem.optimizer, watched(start)
    if before is None or before.watched != by:
        est.loss_curve_ = []
        est.validation_loss_curve_ = None
        est.best_loss_ = None if est.early_stopping else np.inf
        est.validation_scores_ = [] if est.early_stopping else None
        est.best_validation_score_ = -np.inf if est.early_stopping else None
        stopping = NoImprovement(est.tol, est.n_iter_no_change)
    else:
        stopping = replace(before.stopping, tol=est.tol, patience=est.n_iter_no_change)
    if before is not None and start.incremental and remembers_alike(before.optimizer, optimizer):
        memory = before.memory.copied(theta.dtype)
        goes_on = before.rule == rule
        rate = copy.deepcopy(before.rate) if goes_on else rule.control(run)
        recovery = before.recovery.carried_over() if goes_on else Rollback()
    else:
        warn_without_kernel(optimizer)
        memory = OptimizerState.of(optimizer, theta, problem.averaging)
        rate, recovery = rule.control(run), Rollback()
    est._progress = CarriedState(optimizer, memory, rule, rate, stopping, by, recovery)
    return est._progress


def drawn_seed(network: Network, rng: np.random.RandomState) -> int:
    """A seed for the random numbers of the steps; 0, and nothing drawn, if they need none."""
    return int(rng.randint(np.iinfo(np.int64).max, dtype=np.int64)) if network.is_random else 0


def remembers_alike(one: Optimizer, other: Optimizer) -> bool:
    """Whether one can go on from the other's state: at most their numbers differ."""
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
