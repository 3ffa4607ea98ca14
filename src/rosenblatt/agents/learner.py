"""A network that is trained step by step on rows of arrays that others fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt import engine
from rosenblatt.activations import Activation, Identity
from rosenblatt.agents.forward import Forward
from rosenblatt.engine import EnginePredictor, EpochPlan, OptimizerState, TrainingSetup
from rosenblatt.errors import DivergenceError
from rosenblatt.initializers import GlorotUniform
from rosenblatt.losses import Loss
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import Optimizer
from rosenblatt.problem import Arrays, Problem, Rows
from rosenblatt.regularization.clipping import ClipNorm, Clipping, NoClipping
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import FloatArray

__all__ = ["Design", "Learner", "Trained", "chain", "clipping_of"]


def clipping_of(limit: float | None) -> Clipping:
    return NoClipping() if limit is None else ClipNorm(limit)


@final
@dataclass(frozen=True, eq=False)
class Trained:
    """A network between two calls of `learn`: a model, and its optimiser with what it has seen."""

    model: Model
    optimizer: Optimizer
    state: OptimizerState


@final
@dataclass(frozen=True)
class Design:
    """A network that is to be trained, its loss and its optimiser.

    Attributes
    ----------
    last : float
        What the initial weights of the last layer are multiplied by.
    """

    network: Network
    loss: Loss
    optimizer: Optimizer
    last: float = 1.0

    def begun(self, rng: np.random.RandomState) -> Trained:
        """With weights that are drawn."""
        theta = self.network.initial_parameters(rng, GlorotUniform(), np.float32)
        self.network.weights_and_biases(theta)[-1][0][...] *= self.last
        return self.restored(theta)

    def renewed(self, trained: Trained) -> Trained:
        """With the weights and moments of one of the same network, whose loss may be another."""
        model = Model(self.network, trained.model.parameters, self.loss)
        return Trained(model, self.optimizer, trained.state)

    def restored(self, theta: FloatArray) -> Trained:
        """With given weights, which become its own.

        Raises
        ------
        ValueError
            If they are not as many as the network has, finite, and of float32.
        """
        if theta.shape != (self.network.n_parameters,) or theta.dtype != np.float32:
            raise ValueError(f"the network has {self.network.n_parameters} weights of float32")
        if not np.isfinite(theta).all():
            raise ValueError("weights must be finite")
        model = Model(self.network, theta, self.loss)
        return Trained(model, self.optimizer, OptimizerState.of(self.optimizer, theta))


def chain(
    n_inputs: int, hidden: tuple[int, ...], activations: tuple[Activation, ...], n_outputs: int
) -> Network:
    layers = [Dense(n, g) for n, g in zip(hidden, activations, strict=True)]
    return Network(n_inputs, (*layers, Dense(n_outputs, Identity())))


@final
class Learner:
    """A trained network that goes on learning, with room for so many rows.

    Attributes
    ----------
    X : array (capacity, n_inputs) of float32
    y : array (capacity, n_targets) of float32
        Both are read by every step, and are the caller's to fill.
    predictor : EnginePredictor
        Reads the weights in place.
    act : Forward
        The same for what is to be acted on.
    """

    def __init__(self, trained: Trained, n_targets: int, clipping: Clipping, capacity: int) -> None:
        self.trained, self.clipping = trained, clipping
        model = trained.model
        self.X = np.zeros((0, model.n_inputs), np.float32)
        self.y = np.zeros((0, n_targets), np.float32)
        self.predictor: EnginePredictor = model.engine_predictor(n_jobs=1)
        self.act = Forward(model, n_jobs=1)
        self.reserve(capacity)

    @property
    def model(self) -> Model:
        return self.trained.model

    def reserve(self, capacity: int) -> None:
        """Room for at least so many rows; those that there are stay."""
        X, y = self.X, self.y
        capacity = int(capacity)
        self.X = np.zeros((capacity, X.shape[1]), np.float32)
        self.y = np.zeros((capacity, y.shape[1]), np.float32)
        self.X[: len(X)], self.y[: len(y)] = X, y
        t = self.trained
        problem = Problem(
            t.model.network, t.model.loss, L2(0.0), t.optimizer, clipping=self.clipping
        )
        self._trainer = engine.trainer(
            TrainingSetup(
                problem,
                Arrays(self.X, self.y),
                t.model.parameters,
                t.state,
                batch_size=capacity,
                n_jobs=1,
                deterministic=True,
            )
        )

    def steps(self, rows: Rows, batch_size: int, lr_factor: float = 1.0) -> float:
        """A step for every batch of the rows, in their order; the mean loss before each.

        Raises
        ------
        DivergenceError
            Where numbers stop being finite; the weights are those before that step.
        """
        n = -(-len(rows) // batch_size)
        epoch = self._trainer.epoch(EpochPlan(rows, batch_size, np.full(n, lr_factor)))
        if epoch.divergence is not None:
            raise DivergenceError(
                f"Learning diverged: {epoch.divergence.diagnosis.what}: lower learning_rate, or"
                " scale what the environment gives, by gymnasium.wrappers.NormalizeObservation and"
                " NormalizeReward.",
                batch=epoch.divergence.batch,
            )
        return epoch.data_loss
