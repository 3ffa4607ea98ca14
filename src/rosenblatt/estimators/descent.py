"""The solvers 'sgd' and 'adam': mini-batches, epoch by epoch."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import engine
from rosenblatt.engine import Memory
from rosenblatt.estimators.names import RATE_CONTROLS
from rosenblatt.estimators.progress import ProgressBar
from rosenblatt.estimators.rows import split
from rosenblatt.estimators.structure import check_batches, drawn_seed
from rosenblatt.network import Network
from rosenblatt.optimizers import Optimizer
from rosenblatt.penalties import L2
from rosenblatt.problem import Arrays, Problem
from rosenblatt.schedules import Constant, RateControl
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

    solver: str
    memory: Memory
    rate: RateControl
    stopping: NoImprovement
    by_score: bool


def fit_descent(
    est: BaseMLP,
    network: Network,
    theta: FloatArray,
    state: FloatArray,
    rows: tuple[Arrays, Arrays | None],
    optimizer: Optimizer,
    rng: np.random.RandomState,
    *,
    incremental: bool,
) -> FloatArray:
    """Fit from theta, and write the fit's attributes on the estimator.

    The network's state is changed in place; `rows` are those to train on, and those to validate on
    where they were given.
    """
    train, validation = rows
    if est.early_stopping and validation is None:
        train, validation = split(train, est.validation_fraction, est._strata(train.y), rng)
    # scikit-learn reports the log loss of probabilities bounded by the machine epsilon.
    loss = est._loss(p_min=float(np.finfo(theta.dtype).eps))
    problem = Problem(network, loss, L2(est.alpha), optimizer)
    progress = carried_over(est, optimizer, theta, incremental, partial(drawn_seed, network, rng))
    batch_size = clipped_batch_size(est, train.n_samples)
    check_batches(network, batch_size)
    descent = Descent(
        trainer=engine.trainer(
            problem, train, theta, progress.memory, batch_size, est.n_jobs, est._bfloat16, state
        ),
        theta=theta,
        state=state,
        objective=lambda epoch: est._reported(epoch.data_loss, epoch.penalty),
        lr=optimizer.lr,
        order=np.arange(train.n_samples),
        batch_size=batch_size,
        max_epochs=1 if incremental else est.max_iter,
        rate=progress.rate,
        stopping=progress.stopping,
        rng=rng if est.shuffle else None,
        validate=None
        if validation is None
        else validator(est, problem, (theta, state), validation),
        early_stopping=est.early_stopping,
        # The best of an earlier fit is what theta starts from.
        best=(theta.copy(), state.copy()) if est.validation_scores_ else None,
        watched=watched(est),
        samples_seen=est.t_,
        on_message=print if est._prints else None,
    )
    follow(est, descent)
    if incremental and not descent.converged:
        est.stop_reason_ = "partial_fit runs one epoch"
    if not (incremental or descent.converged):
        warnings.warn(
            f"Stochastic Optimizer: Maximum iterations ({est.max_iter}) reached and the"
            " optimization hasn't converged yet.",
            ConvergenceWarning,
            stacklevel=5,
        )
    if descent.best is None:
        return theta
    best_theta, state[...] = descent.best
    return best_theta


def carried_over(
    est: BaseMLP,
    optimizer: Optimizer,
    theta: FloatArray,
    incremental: bool,
    seed: Callable[[], int],
) -> Progress:
    """The estimator's progress, begun anew in the parts that this fit does not go on from.

    `seed` draws one for a memory that has none.
    """
    before = est._progress
    if before is None or before.by_score != est.early_stopping:
        est.loss_curve_ = []
        est.best_loss_ = None if est.early_stopping else np.inf
        est.validation_scores_ = [] if est.early_stopping else None
        est.best_validation_score_ = -np.inf if est.early_stopping else None
        stopping = NoImprovement(est.tol, est.n_iter_no_change)
    else:
        stopping = before.stopping
        stopping.tol, stopping.patience = est.tol, est.n_iter_no_change
    if before is not None and incremental and before.solver == est.solver:
        memory, rate = before.memory, before.rate
        memory.slots = memory.slots.astype(theta.dtype, copy=False)
    else:
        memory = Memory.of(optimizer, theta)
        rate = RATE_CONTROLS[est.learning_rate](est) if est.solver == "sgd" else Constant()
    memory.seed = memory.seed or seed()
    est._progress = Progress(est.solver, memory, rate, stopping, est.early_stopping)
    return est._progress


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


def watched(est: BaseMLP) -> str:
    if not est.early_stopping:
        return "Training loss"
    return "Validation score" if est.scoring is None else "Validation loss"


def validator(
    est: BaseMLP, problem: Problem, learnt: tuple[FloatArray, FloatArray], rows: Arrays
) -> Callable[[], Validation]:
    """Loss and score on the validation rows, of θ and the state as they are when asked."""
    (theta, state), weights = learnt, rows.weights

    def validate() -> Validation:
        with np.errstate(all="ignore"):  # a diverging run is reported once, by its epoch
            scores = engine.scores(problem.network, theta, rows.X, est.n_jobs, state)
            losses = problem.loss.value(scores, rows.y)
            loss = est._reported_loss(float(np.average(losses, weights=weights)))
            if est.scoring is not None:  # 'loss'
                return Validation(loss, -loss if np.isfinite(loss) else float("nan"))
            prediction = problem.loss.inverse_link(scores)
            if not np.isfinite(prediction).all():
                return Validation(loss, float("nan"))
            return Validation(loss, est._prediction_score(prediction, rows.y, weights))

    return validate


def follow(est: BaseMLP, descent: Descent) -> None:
    """Run the descent, and write down and show what it records."""
    bar = ProgressBar(descent.max_epochs) if est.verbose == "bar" else None
    est.n_iter_ = 0
    try:
        for record in descent.run():
            est.n_iter_, est.t_ = record.epoch, descent.samples_seen
            est.loss_ = record.loss
            est.loss_curve_.append(record.loss)
            est.history_.append(history_entry(record))
            if est._prints:
                print(f"Iteration {record.epoch}, loss = {record.loss:.8f}")
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
    except KeyboardInterrupt:  # wherever in the loop it arrives
        descent.interrupt()
    finally:
        if bar is not None:
            bar.close()
    est.stop_reason_ = descent.stop_reason


def history_entry(record: Record) -> dict[str, Any]:
    validation = record.validation
    return {
        "epoch": record.epoch,
        "loss": record.loss,
        "validation_loss": None if validation is None else validation.loss,
        "validation_score": None if validation is None else validation.score,
        "learning_rate": record.learning_rate,
        "gradient_norm": list(record.gradient_norms),
        "seconds": record.seconds,
    }
