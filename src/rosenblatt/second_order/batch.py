"""A batch's objective, its gradient, and its curvature by the Fisher matrix (theory G16)."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.backprop import forward
from rosenblatt.engine.custom_members import refuse_nan
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order.likelihood import Likelihood
from rosenblatt.second_order.propagation import deltas, flat_gradient, scores_along
from rosenblatt.support.types import FloatArray

__all__ = ["BatchObjective"]


@final
class BatchObjective:
    """Rows of the training set at the parameters `theta`, in the terms of `Problem`'s objective.

    Rows of weight 0 are left out.

    Attributes
    ----------
    shares : array (n_samples,)
        w_i / (b w̄): the weights of the rows in the objective.
    losses : tuple of two floats
        Data loss and penalty.
    gradient : array (n_parameters,)
        Penalty included.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        penalty: L2,
        arrays: Arrays,
        rows: npt.NDArray[np.int64],
        theta: FloatArray,
    ) -> None:
        total = len(rows) * arrays.mean_weight
        weights = np.ones(len(rows)) if arrays.weights is None else arrays.weights[rows]
        rows, weights = rows[weights != 0], weights[weights != 0]
        X = arrays.X[rows]
        self.X: FloatArray = X if isinstance(X, np.ndarray) else X.toarray()
        self.y, self.theta = arrays.y[rows], theta
        self.shares = (weights / total).astype(theta.dtype)
        self.ridge = penalty.strength / total
        self.network, self.loss, self.penalty, self.total = network, loss, penalty, total
        self.passed = forward(network, theta, self.X)
        losses = loss.value(self.passed.scores, self.y)
        self.losses = self._mean(losses), self._penalty(theta)
        delta = self.deltas_of(loss, self.y)
        refuse_nan(network, loss, self.passed, losses, delta)
        self.gradient = flat_gradient(network, self.passed, delta, self.shares)
        for (W, _), (dW, _) in zip(
            network.weights_and_biases(theta),
            network.weights_and_biases(self.gradient),
            strict=True,
        ):
            dW += penalty.gradient(W) / total

    @property
    def is_finite(self) -> bool:
        """Whether the objective and its gradient are finite."""
        return bool(np.isfinite(sum(self.losses)) and np.isfinite(self.gradient).all())

    def losses_at(self, theta: FloatArray) -> tuple[float, float]:
        """Data loss and penalty at other parameters."""
        scores = forward(self.network, theta, self.X).scores
        return self._mean(self.loss.value(scores, self.y)), self._penalty(theta)

    def deltas_of(self, loss: Loss, y: FloatArray) -> list[FloatArray]:
        """δ of every row and layer, for any loss and targets."""
        upstream = loss.gradient(self.passed.scores, y)
        return deltas(self.network, self.theta, self.passed, upstream)

    def curvature(
        self, likelihood: Likelihood, steps: tuple[FloatArray, ...], damping: float
    ) -> npt.NDArray[np.float64]:
        """uᵀ(F + penalty + λI)v for all pairs of steps, F = Σ shares_i J_iᵀ F_i J_i of the batch.

        F is exact, at the cost of one pass forward for every step.
        """
        moved = [scores_along(self.network, self.theta, self.passed, v) for v in steps]
        bent = [likelihood.fisher(self.passed.scores, m) for m in moved]
        n = len(steps)
        C = np.empty((n, n))
        for i in range(n):
            for j in range(n):
                C[i, j] = self.shares @ (moved[i] * bent[j]).sum(axis=1)
                C[i, j] += damping * float(steps[i] @ steps[j])
                C[i, j] += self.ridge * self._on_weights(steps[i], steps[j])
        return C

    def _mean(self, losses: FloatArray) -> float:
        return float(self.shares @ losses)

    def _penalty(self, theta: FloatArray) -> float:
        penalties = (self.penalty.value(W) for W, _ in self.network.weights_and_biases(theta))
        return sum(penalties) / self.total

    def _on_weights(self, u: FloatArray, v: FloatArray) -> float:
        pairs = zip(
            self.network.weights_and_biases(u), self.network.weights_and_biases(v), strict=True
        )
        return sum(float(np.vdot(U, V)) for (U, _), (V, _) in pairs)
