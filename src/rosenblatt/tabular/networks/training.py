"""Trains a published network once, and keeps the weights of its best epoch."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

import numpy as np

from rosenblatt import engine
from rosenblatt.engine import EpochPlan, OptimizerState, OutputFormat, TrainingSetup
from rosenblatt.network import Network
from rosenblatt.parallel import StopSignal
from rosenblatt.problem import Arrays, Problem, Rows
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.tabular.best_epoch import BestEpoch
from rosenblatt.tabular.member import EpochNote, Member
from rosenblatt.tabular.networks.family import Course, NetworkFamily
from rosenblatt.tabular.networks.memory import require_memory
from rosenblatt.tabular.networks.task import LearningTask
from rosenblatt.tabular.objective import Objective
from rosenblatt.tabular.rows import Division, TrainingRows

__all__ = ["train_once"]

MOST_ROWS = 100_000  # beyond which a sample says what numbers are like


def best_epoch(course: Course, objective: Objective, rows: TrainingRows, of: Rows) -> BestEpoch:
    """Compares epochs by their main measure alone, as the published networks do."""
    is_better = operator.ge if course.later_wins else operator.gt
    return BestEpoch(
        objective, *rows.targets(of), is_better=lambda one, best: is_better(one[0], best[0])
    )


def sample_of(rows: Rows, rng: np.random.RandomState) -> Rows:
    """The rows that maps of numbers and initial weights are learnt from."""
    if len(rows) <= MOST_ROWS:
        return rows
    return np.sort(rng.choice(rows, MOST_ROWS, replace=False))


def last_epoch(course: Course, best: BestEpoch) -> int:
    """How many epochs there are, if none is better from now on."""
    if course.patience is None:
        return course.epochs
    return min(course.epochs, best.number + 1 + course.patience)


def train_once(
    family: NetworkFamily,
    encoding: TableEncoding,
    rows: TrainingRows,
    division: Division,
    task: LearningTask,
    seed: int,
    *,
    n_jobs: int | None = None,
    stop: StopSignal,
    report: Callable[[EpochNote], None] | None = None,
    planned: Callable[[int], None] | None = None,
    sized: Callable[[int], None] | None = None,
) -> Member | None:
    """The trained network; None where the time was up before its first epoch ended.

    Parameters
    ----------
    family : NetworkFamily
    encoding : TableEncoding
    rows : TrainingRows
    division : Division
    task : LearningTask
    seed : int
        Of the initial weights, the batches and dropout.
    n_jobs : int, optional
        Threads, on which results do not depend.
    stop : StopSignal
    report : callable, optional
        Is told every epoch.
    planned : callable, optional
        Is told the number of the last epoch, if none is better from then on.
    sized : callable, optional
        Is told the number of parameters, before the training.

    Raises
    ------
    InputError
        If training takes more memory than there is.
    """
    rng, course = np.random.RandomState(seed), family.course
    is_class = isinstance(task.target, ClassTarget)
    X = rows.X[sample_of(division.train, rng)]
    network = family.network(encoding, X, task.n_outputs, is_class=is_class)
    batch_size = min(course.batch_size, len(division.train))
    require_memory(network, batch_size, family.title)
    if sized is not None:
        sized(network.n_parameters)
    theta = family.initial(network, X, rng)
    del X
    optimizer = family.optimizer(is_class=is_class)
    state = OptimizerState.of(optimizer, theta)
    state.seed = int(rng.randint(np.iinfo(np.int64).max, dtype=np.int64))
    n_used = course.rows_of(len(division.train))
    arrays = Arrays(rows.X, task.learnable(rows.y), rows.network_weights, division.train[:n_used])
    problem = Problem(network, task.loss, L2(0.0), optimizer, groups=family.groups(network))
    setup = TrainingSetup(
        problem, arrays, theta, state, batch_size, n_jobs=n_jobs, deterministic=True
    )
    trainer, steps = engine.trainer(setup), setup.steps_per_epoch
    X_val, total = rows.X[division.validation], steps * course.epochs
    best, notes = best_epoch(course, task.objective, rows, division.validation), []
    for epoch in range(course.epochs):
        if planned is not None:
            planned(last_epoch(course, best))
        factors = family.factors(np.arange(epoch * steps, (epoch + 1) * steps), total)
        plan = EpochPlan(
            rng.permutation(division.train)[:n_used],
            batch_size,
            factors.rates,
            seconds=max(stop.seconds_left(math.inf), 0.0),
            stop=stop.flag,
            decay_factors=factors.decays,
            dropout_factors=factors.dropouts,
        )
        trained = trainer.epoch(plan)
        # A part of the first epoch is worth less than a linear model.
        if not trained.finite or (epoch == 0 and trained.steps < steps):
            break
        scores = task.scores(predictions(network, task, theta, X_val, n_jobs))
        notes.append(EpochNote(epoch + 1, trained.data_loss, best.compare(epoch, theta, scores)))
        if report is not None:
            report(notes[-1])
        if stop.due or epoch + 1 >= last_epoch(course, best):
            break
    if best.theta is None:
        return None
    model = task.model(network, best.theta)
    return Member(0, model, division, best.scores, tuple(notes), best.number)


def predictions(
    network: Network, task: LearningTask, theta: FloatArray, X: FloatArray, n_jobs: int | None
) -> FloatArray:
    """Of an ensemble the mean of its members' predictions, which is not that of their scores."""
    predictor = engine.predictor(
        network, task.loss, theta, OutputFormat.COLUMNS, n_jobs, None, True
    )
    return predictor.columns(X)
