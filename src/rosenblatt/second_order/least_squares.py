"""Squared errors and an L2 penalty as residuals, and their linear model at a point (theory G17).

The objective of `Problem`, Σ w_i ½‖s_i - y_i‖² / W + ½ λ Σ w² / W with W = Σ w_i, is ½‖r‖² of the
residuals √(w_i/W) (s_i - y_i) and, for every weight, √(λ/W) w.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import scipy.linalg

from rosenblatt.backprop import forward
from rosenblatt.engine.custom_members import refuse_nan
from rosenblatt.engine.diagnosis import examined
from rosenblatt.engine.divergence import Diagnosis
from rosenblatt.engine.kernels import runs_natively
from rosenblatt.losses import SquaredError
from rosenblatt.network import Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.second_order.propagation import deltas, jacobian
from rosenblatt.second_order.triangular import PANEL, fold, with_diagonal
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.products import matmul
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["LeastSquares", "LinearModel"]


# Entries of J in memory at a time: 64 MiB.
JACOBIAN_ENTRIES = 2**23


@final
@dataclass(frozen=True)
class LinearModel:
    """m(δ) = ½‖r + Jδ‖², the objective near θ with the scores taken as linear in the parameters.

    Attributes
    ----------
    T : array (n_parameters + 1, n_parameters + 1)
        Triangular factor of [J r] over the rows' residuals: R and c = Qᵀr beside it.
    theta : array (n_parameters,)
    ridge : array (n_parameters,)
        The penalty's part of JᵀJ, which is diagonal: λ/W for weights and 0 for biases.
    """

    T: npt.NDArray[np.float64]
    theta: Float64Array
    ridge: Float64Array

    @cached_property
    def gradient(self) -> Float64Array:
        """∇m(0) = Jᵀr: the objective's own gradient."""
        return matmul(self.T[:-1, :-1].T, self.T[:-1, -1]) + self.ridge * self.theta

    @property
    def is_finite(self) -> bool:
        """Whether its entries, and the squares and products needed of them, are finite."""
        with np.errstate(all="ignore"):
            parts = (self.T, self.gradient, self.curvatures)
        return all(bool(np.isfinite(part).all()) for part in parts)

    @property
    def curvatures(self) -> Float64Array:
        """The diagonal of JᵀJ."""
        R = self.T[:-1, :-1]
        return np.einsum("ij,ij->j", R, R) + self.ridge

    def damped_step(self, damping: float) -> Float64Array:
        """δ of (JᵀJ + μI) δ = -Jᵀr for a damping μ > 0, by the factor of [J; √μ I] (G17)."""
        T = self._with_diagonal(damping)
        return -scipy.linalg.solve_triangular(T[:-1, :-1], T[:-1, -1], check_finite=False)

    def undamped_step(self) -> Float64Array:
        """The δ of least norm among the minimisers of m, by a complete orthogonal factorisation.

        J may be rank deficient: dead or duplicate units do not change the scores.
        """
        T = self._with_diagonal(0.0) if self.ridge.any() else self.T
        cutoff = len(self.theta) * np.finfo(np.float64).eps
        delta: Float64Array = scipy.linalg.lstsq(
            T[:-1, :-1], -T[:-1, -1], cond=cutoff, lapack_driver="gelsy", check_finite=False
        )[0]
        return delta

    def _with_diagonal(self, damping: float) -> npt.NDArray[np.float64]:
        """The factor with the penalty and the damping in one row for each parameter.

        A row d δ + b stands for both where d² = ridge + μ and d b = ridge θ.
        """
        d = np.sqrt(self.ridge + damping)
        b = np.divide(self.ridge * self.theta, d, out=np.zeros_like(d), where=d > 0)
        return with_diagonal(self.T, d, b)


@final
class LeastSquares:
    """The objective over all rows, in float64 for rows of any type.

    Rows of weight 0 are left out, even if their error is infinite.
    """

    def __init__(self, network: Network, penalty: L2, arrays: Arrays) -> None:
        weights = np.ones(arrays.n_samples) if arrays.weights is None else arrays.weights
        total = float(weights.sum(dtype=np.float64))
        self.network, self.arrays, self.total = network, arrays, total
        self.penalty = penalty
        self.rows = np.flatnonzero(weights)
        self.scale = np.sqrt(weights / total)
        self.ridge = np.zeros(network.n_parameters)
        for W, _ in network.weights_and_biases(self.ridge):
            W[...] = penalty.strength / total

    def losses(self, theta: Float64Array) -> tuple[float, float]:
        """Data loss and penalty."""
        data_loss = 0.0
        for rows in self._blocks():
            r = self._residuals(forward(self.network, theta, self._inputs(rows)).scores, rows)
            data_loss += 0.5 * float(np.vdot(r, r))
        return data_loss, 0.5 * float(matmul(self.ridge, theta * theta))

    def refuse_nan(self, theta: Float64Array) -> None:
        """ValueError if a user-defined activation makes NaN of finite numbers.

        Skipped for networks without such members, because it costs a pass forward and back.
        """
        if runs_natively(self.network):
            return
        loss = SquaredError()
        with np.errstate(all="ignore"):
            for rows in self._blocks():
                y, passed = self.arrays.y[rows], forward(self.network, theta, self._inputs(rows))
                delta = deltas(self.network, theta, passed, loss.gradient(passed.scores, y))
                losses = loss.value(passed.scores, y)
                refuse_nan(self.network, loss, passed, losses, delta)

    def finding(self, theta: Float64Array, moved: bool) -> Diagnosis:
        """The diagnosis of an overflow at θ; `moved` says whether a step has led there."""
        return examined(self.network, SquaredError(), self.penalty, self.arrays, theta, moved)

    def linear_model(self, theta: Float64Array) -> LinearModel:
        """J by back-propagation and its factor, a block of rows at a time."""
        n, n_outputs = self.network.n_parameters, self.network.n_outputs
        T = np.zeros((n + 1, n + 1), order="F")
        for rows in self._blocks():
            scores, J = jacobian(self.network, theta, self._inputs(rows))
            J_and_r = np.empty((len(J), n + 1), order="F")
            np.multiply(J, np.repeat(self.scale[rows], n_outputs)[:, None], out=J_and_r[:, :n])
            J_and_r[:, n] = self._residuals(scores, rows).ravel()
            T = fold(T, J_and_r)
        return LinearModel(T, theta, self.ridge)

    @property
    def largest_product(self) -> int:
        """Multiplications of the largest matrix product that a factorisation takes."""
        rows = min(self._block_size, len(self.rows)) * self.network.n_outputs
        return rows * PANEL * self.network.n_parameters

    @property
    def _block_size(self) -> int:
        return max(1, JACOBIAN_ENTRIES // (self.network.n_parameters * self.network.n_outputs))

    def _blocks(self) -> Iterator[npt.NDArray[np.intp]]:
        size = self._block_size
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size]

    def _inputs(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
        X = self.arrays.X[rows]
        dense = X if isinstance(X, np.ndarray) else X.toarray()
        return dense.astype(np.float64, copy=False)

    def _residuals(self, scores: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
        """√(w/W) (s - y), shape (n_rows, n_outputs)."""
        return self.scale[rows, None] * (scores - self.arrays.y[rows])
