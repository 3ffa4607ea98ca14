"""Objectives for descents, on real data and constructed, in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import final

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.preprocessing import StandardScaler

from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate
from rosenblatt.losses import BinaryCrossEntropy, Loss, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import Optimizer
from rosenblatt.support.types import Float64Array

__all__ = [
    "LinearProblem",
    "NetworkProblem",
    "descend",
    "diabetes",
    "progression",
    "tumours",
    "wave",
]


@final
@dataclass(frozen=True, eq=False)
class LinearProblem:
    """The mean loss of the scores X w.

    Attributes
    ----------
    X : array (n, n_inputs)
    y : array (n,)
    loss : Loss
    bend : float
        The largest second derivative of the loss in the score.
    """

    X: Float64Array
    y: Float64Array
    loss: Loss
    bend: float = 1.0

    @property
    def n_parameters(self) -> int:
        return self.X.shape[1]

    @property
    def hessian(self) -> Float64Array:
        """Of a quadratic; an upper bound of that of another loss."""
        return np.asarray(self.bend * self.X.T @ self.X / len(self.X))

    def value(self, w: Float64Array) -> float:
        return float(self.loss.value((self.X @ w)[:, None], self.y[:, None]).mean())

    def gradient(self, w: Float64Array) -> Float64Array:
        errors = self.loss.gradient((self.X @ w)[:, None], self.y[:, None])
        return np.asarray(self.X.T @ errors)[:, 0] / len(self.X)

    def gradients(self, w: Float64Array) -> Float64Array:
        """Of every row, shape (n, n_inputs)."""
        return np.asarray(self.X * self.loss.gradient((self.X @ w)[:, None], self.y[:, None]))


@final
@dataclass(frozen=True, eq=False)
class NetworkProblem:
    """The mean loss of a network."""

    network: Network
    X: Float64Array
    y: Float64Array
    loss: Loss

    @property
    def n_parameters(self) -> int:
        return self.network.n_parameters

    def value(self, theta: Float64Array) -> float:
        return backpropagate(self.network, theta, self.X, self.y, self.loss).objective

    def gradient(self, theta: Float64Array) -> Float64Array:
        return np.asarray(backpropagate(self.network, theta, self.X, self.y, self.loss).gradient)

    def part(self, rows: np.ndarray) -> NetworkProblem:
        return NetworkProblem(self.network, self.X[rows], self.y[rows], self.loss)


@cache
def diabetes() -> LinearProblem:
    """Least squares on 442 patients; columns and target of mean 0 and variance 1."""
    X, y = load_diabetes(return_X_y=True)
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    return LinearProblem(X, y, SquaredError())


@cache
def progression() -> LinearProblem:
    """Logistic regression: whether the disease of a patient progresses more than the median."""
    X, y = diabetes().X, diabetes().y
    return LinearProblem(X, (y > np.median(y)).astype(np.float64), BinaryCrossEntropy(), bend=0.25)


@cache
def tumours() -> LinearProblem:
    """Logistic regression of 569 tumours; columns of mean 0 and variance 1."""
    X, y = load_breast_cancer(return_X_y=True)
    return LinearProblem(
        StandardScaler().fit_transform(X), y.astype(np.float64), BinaryCrossEntropy(), bend=0.25
    )


@cache
def wave() -> NetworkProblem:
    """64 points of a wave, and eight tanh units."""
    x = np.linspace(-1, 1, 64)[:, None]
    return NetworkProblem(
        Network(1, (Dense(8, Tanh()), Dense(1))), x, np.sin(3 * x), SquaredError()
    )


def descend(
    rule: Optimizer,
    gradient: Callable[[Float64Array, int], Float64Array],
    start: Float64Array,
    n_steps: int,
    factors: Callable[[int], float] = lambda t: 1.0,
) -> Float64Array:
    """The weights before the first and after every step, shape (n_steps + 1, n_parameters).

    Parameters
    ----------
    rule : Optimizer
    gradient : callable
        From weights and the number of the step, from 1, to the gradient.
    start : array (n_parameters,)
    n_steps : int
    factors : callable
        From the number of the step to the factor on the rule's rate.
    """
    path = np.empty((n_steps + 1, len(start)))
    path[0] = start
    slots = np.zeros((rule.n_slots, len(start)))
    with np.errstate(over="ignore", invalid="ignore"):  # where it diverges
        for t in range(1, n_steps + 1):
            w = path[t - 1]
            path[t] = w + rule.update(gradient(w, t), slots, t, factors(t))
    return path
