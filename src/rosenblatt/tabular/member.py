"""Trains one network of the learner on its rows, and keeps the weights of its best epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt import engine
from rosenblatt.activations import ReLU
from rosenblatt.engine import EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.initializers import GlorotUniform
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network, ParameterGroup, PiecewiseLinear, Scale
from rosenblatt.optimizers import AdamW
from rosenblatt.parallel import StopSignal
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from rosenblatt.schedules import CosineAnnealing, Run
from rosenblatt.support.types import FloatArray
from rosenblatt.tabular.best_epoch import BestEpoch
from rosenblatt.tabular.monotone import directions_of_pieces, monotone_layers
from rosenblatt.tabular.objective import Objective
from rosenblatt.tabular.preset import Recipe
from rosenblatt.tabular.rows import Division, TrainingRows

__all__ = ["EpochNote", "Member", "network_for", "train"]


@final
@dataclass(frozen=True)
class EpochNote:
    """What an epoch measured: the training loss, and the quality on the validation rows."""

    epoch: int
    loss: float
    quality: tuple[float, float]


@final
@dataclass(frozen=True, eq=False)
class Member:
    """A trained network.

    Attributes
    ----------
    number : int
        From 0.
    model : Model
        With the weights of its best epoch.
    division : Division
        The rows that it learnt from, and those by which its epochs were compared.
    scores : array (n_validation, n_outputs)
        Raw scores of the latter, each after the best epoch by others of them.
    notes : tuple of EpochNote
    best : int
        The number of its best epoch among them.
    """

    number: int
    model: Model
    division: Division
    scores: FloatArray
    notes: tuple[EpochNote, ...]
    best: int

    @property
    def quality(self) -> tuple[float, float]:
        return self.notes[self.best].quality


def network_for(
    first: PiecewiseLinear, recipe: Recipe, n_outputs: int, directions: Sequence[int] = ()
) -> Network:
    """A network over encoded features; monotone in those of a direction other than 0.

    Without directions it learns a factor of every feature and of every piece.
    """
    if any(directions):
        inputs = directions_of_pieces(first, directions)
        layers = monotone_layers(inputs, recipe.hidden, recipe.dropout)
        return Network(first.n_inputs, (first, *layers))
    hidden = (Dense(n, ReLU(), dropout=recipe.dropout) for n in recipe.hidden)
    return Network(first.n_inputs, (first, Scale(), *hidden, Dense(n_outputs)))


def train(
    number: int,
    rows: TrainingRows,
    division: Division,
    network: Network,
    objective: Objective,
    recipe: Recipe,
    seed: int,
    stop: StopSignal,
    report: Callable[[EpochNote], None] | None = None,
) -> Member | None:
    """A trained network; None where the time was up before its first epoch ended.

    Parameters
    ----------
    number : int
    rows : TrainingRows
    division : Division
    network : Network
    objective : Objective
    recipe : Recipe
    seed : int
        Of the initial weights, the batches and dropout.
    stop : StopSignal
    report : callable, optional
        Is told every epoch.
    """
    rng = np.random.RandomState(seed)
    theta = network.initial_parameters(rng, GlorotUniform(), np.float32)
    of_training, its_weights = rows.targets(division.train)
    first_scores = objective.first_scores(of_training, its_weights)
    if first_scores is not None:
        network.named_parameters(theta)[f"layers.{len(network.layers) - 1}.bias"][...] = (
            first_scores
        )
    batch_size = batch_size_for(len(division.train))
    optimizer = AdamW(
        lr=recipe.learning_rate * rate_factor(batch_size),
        beta_2=recipe.beta_2,
        weight_decay=recipe.weight_decay,
    )
    state = OptimizerState.of(optimizer, theta)
    state.seed = int(rng.randint(np.iinfo(np.int64).max, dtype=np.int64))
    arrays = Arrays(rows.X, objective.learnable(rows.y), rows.network_weights, division.train)
    problem = Problem(network, objective.loss, L2(0.0), optimizer, groups=groups_of(network))
    setup = TrainingSetup(problem, arrays, theta, state, batch_size, n_jobs=1)
    trainer, steps = engine.trainer(setup), setup.steps_per_epoch
    factors = CosineAnnealing().lr_factors(
        np.arange(recipe.epochs * steps), Run(1.0, recipe.epochs * steps, steps)
    )
    X_val, y_val, weights = rows.part(division.validation)
    best = BestEpoch(objective, y_val, weights)
    order, notes = division.train.copy(), []
    for epoch in range(recipe.epochs):
        plan = EpochPlan(
            order,
            batch_size,
            factors[epoch * steps :][:steps],
            generator=rng,
            seconds=max(stop.seconds_left(math.inf), 0.0),
            stop=stop.flag,
        )
        trained = trainer.epoch(plan)
        # A part of the first epoch is worth less than a linear model.
        if not trained.finite or (epoch == 0 and trained.steps < steps):
            break
        scores = engine.scores(network, theta, X_val, n_jobs=1)
        note = EpochNote(epoch + 1, trained.data_loss, best.compare(epoch, theta, scores))
        notes.append(note)
        if report is not None:
            report(note)
        if stop.due:
            break
    if best.theta is None:
        return None
    model = Model(network, best.theta, objective.loss)
    return Member(number, model, division, best.scores, tuple(notes), best.number)


def groups_of(network: Network) -> tuple[ParameterGroup, ...]:
    """Factors begin at 1, far from 0, and have to move further than weights."""
    return tuple(
        ParameterGroup(f"layers.{number}.factor", FACTOR_RATE, 0.0)
        for number, layer in enumerate(network.layers)
        if isinstance(layer, Scale)
    )


FACTOR_RATE = 6.0  # of the learning rate, as RealMLP has it (Holzmüller et al. 2024)


def batch_size_for(n_rows: int) -> int:
    """Small tables need small batches, and large ones gain time by larger ones."""
    for most_rows, batch_size in BATCH_SIZES:
        if n_rows < most_rows:
            return batch_size
    return LARGEST_BATCH


BATCH_SIZES = ((1500, 32), (4000, 64), (100_000, 256))
LARGEST_BATCH = 512


def rate_factor(batch_size: int) -> float:
    """What the learning rate is multiplied by: the noise of a step falls with the root."""
    return math.sqrt(max(1.0, batch_size / 128))
