"""The first-order solvers: mini-batches, epoch by epoch."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import engine
from rosenblatt.averaging import EpochMean
from rosenblatt.engine import Memory
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.estimators.control import Control
from rosenblatt.estimators.following import Followers
from rosenblatt.estimators.progress import ProgressBar
from rosenblatt.estimators.rows import split
from rosenblatt.estimators.scoring import validation_score
from rosenblatt.estimators.solvers import remembers_alike
from rosenblatt.estimators.structure import check_batches, drawn_seed
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.optimizers import Optimizer
from rosenblatt.problem import Arrays, Problem
from rosenblatt.schedules import RateControl, RateRule, Run
from rosenblatt.stopping import NoImprovement
from rosenblatt.training import Descent, Record, Validation
from rosenblatt.types import FloatArray

if TYPE_CHECKING:
    from rosenblatt.estimators.base import BaseMLP

__all__ = ["Progress", "fit_descent"]


@final
@dataclass
class Progress:
    """What a descent carries over: the momentum to the next `partial_fit`, the best to any fit."""

    optimizer: Optimizer
    memory: Memory
    rule: RateRule
    rate: RateControl
    stopping: NoImprovement
    by_score: bool


def fit_descent(
    est: BaseMLP,
    network: Network,
    theta: FloatArray,
    state: FloatArray,
    rows: tuple[Arrays, Arrays | None],
    method: tuple[Optimizer, RateRule],
    rng: np.random.RandomState,
    control: Control,
    followers: Followers,
    *,
    incremental: bool,
) -> FloatArray:
    """Fit from theta, and write the fit's attributes on the estimator.

    The network's state is changed in place; `rows` are those to train on, and those to validate on
    where they were given. `method` is the rule that moves the parameters, and the one that changes
    its rate.
    """
    (train, validation), (optimizer, rule) = rows, method
    if est.early_stopping and validation is None:
        train, validation = split(train, est.validation_fraction, est._strata(train.y), rng)
    # scikit-learn reports the log loss of probabilities bounded by the machine epsilon.
    loss = est._loss(p_min=float(np.finfo(theta.dtype).eps))
    problem = Problem(
        network,
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
    check_batches(network, batch_size)
    progress = carried_over(est, problem, rule, run, theta, incremental)
    progress.memory.seed = progress.memory.seed or drawn_seed(network, rng)
    max_epochs = 1 if incremental else est.max_iter
    shown = control.shown(theta, progress.memory, max_epochs)
    validate = None
    if validation is None:
        est.validation_loss_curve_ = None
    else:
        validate = validator(est, control, network, loss, (shown.weights, state), validation)
        est.validation_loss_curve_ = est.validation_loss_curve_ or []
    descent = Descent(
        trainer=engine.trainer(
            problem, train, theta, progress.memory, batch_size, est.n_jobs, est._bfloat16, state
        ),
        shown=shown,
        state=state,
        objective=lambda epoch: est._reported(epoch.data_loss, epoch.penalty),
        lr=optimizer.lr,
        order=np.arange(train.n_samples),
        batch_size=batch_size,
        max_epochs=max_epochs,
        rate=progress.rate,
        stopping=progress.stopping,
        rules=control.rules,
        rng=rng if est.shuffle else None,
        validate=validate,
        early_stopping=est.early_stopping,
        # The best of an earlier fit is what theta starts from.
        best=(theta.copy(), state.copy()) if est.validation_scores_ else None,
        watched=watched(est),
        samples_seen=est.t_,
        on_message=print if est._prints else None,
        on_epoch=followers.epoch_begins,
    )
    follow(est, descent, followers, network)
    if not descent.converged:
        limit_met(est, descent, incremental)
    if isinstance(shown, EpochMean) and est.n_iter_ <= shown.before:
        warnings.warn(
            f"averaging={est.averaging!r} begins after epoch {shown.before}, and the fit ended in"
            f" epoch {est.n_iter_}: nothing is averaged.",
            stacklevel=5,
        )
    if descent.best is None:
        return shown.weights
    best_theta, state[...] = descent.best
    return best_theta


def limit_met(est: BaseMLP, descent: Descent, incremental: bool) -> None:
    """Say which limit ended the fit; one epoch is what a call of `partial_fit` has."""
    if not descent.all_epochs:
        message = f"Stochastic Optimizer: {descent.stop_reason}"
    elif incremental:
        est.stop_reason_ = "partial_fit runs one epoch"
        return
    else:
        message = f"Stochastic Optimizer: Maximum iterations ({est.max_iter}) reached"
    warnings.warn(
        f"{message} and the optimization hasn't converged yet.",
        ConvergenceWarning,
        stacklevel=6,
    )


def carried_over(
    est: BaseMLP,
    problem: Problem,
    rule: RateRule,
    run: Run,
    theta: FloatArray,
    incremental: bool,
) -> Progress:
    """The estimator's progress, begun anew in the parts that this fit does not go on from."""
    before, optimizer = est._progress, problem.optimizer
    if before is None or before.by_score != est.early_stopping:
        est.loss_curve_ = []
        est.validation_loss_curve_ = None
        est.best_loss_ = None if est.early_stopping else np.inf
        est.validation_scores_ = [] if est.early_stopping else None
        est.best_validation_score_ = -np.inf if est.early_stopping else None
        stopping = NoImprovement(est.tol, est.n_iter_no_change)
    else:
        stopping = before.stopping
        stopping.tol, stopping.patience = est.tol, est.n_iter_no_change
    if before is not None and incremental and remembers_alike(before.optimizer, optimizer):
        memory = before.memory
        memory.slots = memory.slots.astype(theta.dtype, copy=False)
        rate = before.rate if before.rule == rule else rule.control(run)
    else:
        warn_without_kernel(optimizer)
        memory = Memory.of(optimizer, theta, problem.averaging)
        rate = rule.control(run)
    est._progress = Progress(optimizer, memory, rule, rate, stopping, est.early_stopping)
    return est._progress


def warn_without_kernel(optimizer: Optimizer) -> None:
    if not has_kernel(optimizer):
        warnings.warn(
            f"{type(optimizer).__name__} is not known to the native engine: training runs on the"
            " readable one, which is many times slower.",
            RuntimeWarning,
            stacklevel=7,
        )


def clipped_batch_size(est: BaseMLP, n_samples: int) -> int:
    if isinstance(est.batch_size, str):  # 'auto'
        return min(200, n_samples)
    if est.batch_size > n_samples:
        warnings.warn(
            f"Got batch_size={est.batch_size}, more than the {n_samples} samples."
            " It is going to be clipped.",
            stacklevel=6,
        )
    return min(int(est.batch_size), n_samples)


def is_loss(scoring: Any) -> bool:
    return isinstance(scoring, str) and scoring == "loss"


def watched(est: BaseMLP) -> str:
    if not est.early_stopping:
        return "Training loss"
    return "Validation loss" if is_loss(est.scoring) else "Validation score"


def validator(
    est: BaseMLP,
    control: Control,
    network: Network,
    loss: Loss,
    learnt: tuple[FloatArray, FloatArray],
    rows: Arrays,
) -> Callable[[], Validation]:
    """Loss and score on the validation rows, of weights and state as they are when asked."""
    weights, state = learnt
    score = validation_score(est, control.scorer, network, learnt, rows)

    def validate() -> Validation:
        with np.errstate(all="ignore"):  # a diverging run is reported once, by its epoch
            scores = engine.scores(network, weights, rows.X, est.n_jobs, state)
            data_loss = float(np.average(loss.value(scores, rows.y), weights=rows.weights))
            reported = est._reported_loss(data_loss)
            prediction = loss.inverse_link(scores)
        if not np.isfinite(prediction).all():
            return Validation(reported, float("nan"))
        return Validation(reported, score(prediction, reported))

    return validate


def follow(est: BaseMLP, descent: Descent, followers: Followers, network: Network) -> None:
    """Run the descent, write down and show what it records, and tell those who follow."""
    bar = ProgressBar(descent.max_epochs) if est.verbose == "bar" else None
    est.n_iter_ = 0
    try:
        for record in descent.run():
            est.n_iter_, est.t_ = record.epoch, descent.samples_seen
            est.loss_ = record.loss
            est.loss_curve_.append(record.loss)
            est.history_.append(history_entry(record))
            if est.validation_loss_curve_ is not None and record.validation is not None:
                est.validation_loss_curve_.append(record.validation.loss)
            if est._prints:
                damping = "" if record.damping is None else f", damping = {record.damping:.3g}"
                print(f"Iteration {record.epoch}, loss = {record.loss:.8f}{damping}")
            if est.validation_scores_ is None:
                est.best_loss_ = descent.stopping.best
            else:
                assert record.validation is not None
                est.validation_scores_.append(record.validation.score)
                est.best_validation_score_ = -descent.stopping.best
                if est._prints:
                    print(f"Validation score: {record.validation.score:f}")
            if bar is not None:
                bar.update(record)
            if record.finite:
                descent.requested = followers.epoch_ended(
                    network, descent.shown.weights, descent.state
                )
    except KeyboardInterrupt:  # wherever in the loop it arrives
        descent.interrupt()
    finally:
        if bar is not None:
            bar.close()
    est.stop_reason_ = descent.stop_reason


def history_entry(record: Record) -> dict[str, Any]:
    validation = record.validation
    damping = {} if record.damping is None else {"damping": record.damping}
    return {
        "epoch": record.epoch,
        "loss": record.loss,
        "validation_loss": None if validation is None else validation.loss,
        "validation_score": None if validation is None else validation.score,
        "learning_rate": record.learning_rate,
        "gradient_norm": list(record.gradient_norms),
        "seconds": record.seconds,
        **damping,
    }
