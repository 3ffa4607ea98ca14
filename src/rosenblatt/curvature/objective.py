"""J(θ) over all rows: its value, its gradient, and its Hessian times a vector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np
from scipy.sparse.linalg import LinearOperator

from rosenblatt import engine
from rosenblatt.curvature.r_operator import gradient_along
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Arrays, Problem, Rows
from rosenblatt.regularization.penalties import Penalty
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["Objective", "blocks_of"]

KINDS = {"network": Network, "loss": Loss, "penalty": Penalty, "arrays": Arrays}


@final
@dataclass(frozen=True, eq=False)
class Objective:
    """J(θ) = Σ w_i L_i / Σ w_i + penalty / Σ w_i, as a function of the flat parameters (B6).

    It is what `Problem` describes, over all rows at once, in float64. The methods take θ of shape
    (n_parameters,), and are what `scipy.optimize.minimize` takes as `fun`, `jac` and `hessp`.

    Parameters
    ----------
    network : Network
        Without dropout, input noise and batch normalisation, under which J is no sum over rows that
        depends on θ alone.
    loss : Loss
    penalty : Penalty
    arrays : Arrays
        Rows, with X dense or CSR; numbers of another type are converted.

    Raises
    ------
    TypeError
        For fields of another type.
    ValueError
        For other networks, and where the arrays do not fit the network.

    Examples
    --------
    Linear least squares has the Hessian XᵀX/N:

    >>> import numpy as np
    >>> from rosenblatt.curvature import Objective, largest_eigenvalue
    >>> from rosenblatt.losses import SquaredError
    >>> from rosenblatt.network import Dense, Network
    >>> from rosenblatt.problem import Arrays
    >>> from rosenblatt.regularization.penalties import L2
    >>> rows = Arrays(np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]]), np.ones((4, 1)))
    >>> J = Objective(Network(2, (Dense(1),)), SquaredError(), L2(0.0), rows)
    >>> J.hessian_vector_product(np.zeros(3), np.array([1.0, 1.0, 0.0]))
    array([4.5, 0.5, 0. ])
    >>> largest_eigenvalue(J, np.zeros(3))
    4.5
    """

    network: Network
    loss: Loss
    penalty: Penalty
    arrays: Arrays

    @classmethod
    def of(cls, problem: Problem, arrays: Arrays) -> Self:
        """That of a problem; what trains it, such as the optimiser, plays no part."""
        return cls(problem.network, problem.loss, problem.penalty, arrays)

    def __post_init__(self) -> None:
        for name, kind in KINDS.items():
            given = getattr(self, name)
            if not isinstance(given, kind):
                raise TypeError(f"{name} must be of the type {kind.__name__}, got {brief(given)}.")
        network, arrays = self.network, self.arrays.gathered()
        if network.is_random:
            raise ValueError(
                "this network has dropout or input noise, so that its objective is random:"
                " curvature is that of a network without them."
            )
        if network.n_state:
            raise ValueError(
                "this network has batch normalisation, so that its objective is no sum over rows:"
                " curvature is that of a network without it, or with layer normalisation."
            )
        if arrays.X.shape[1] != network.n_inputs or arrays.X.shape[0] != len(arrays.y):
            raise ValueError(
                f"the network takes {network.n_inputs} inputs; X has the shape {arrays.X.shape} and"
                f" y {arrays.y.shape}: give as many columns, and one row of y for each of X."
            )
        if not self.total_weight > 0:
            raise ValueError("an objective needs at least one row of weight above 0.")

    @property
    def n_parameters(self) -> int:
        """The length of θ."""
        return self.network.n_parameters

    @property
    def n_samples(self) -> int:
        """Rows, those of weight 0 included."""
        return self.arrays.n_samples

    @cached_property
    def total_weight(self) -> float:
        """Σ w_i, the number of rows where there are no weights."""
        return self.arrays.n_samples * self.arrays.mean_weight

    @cached_property
    def rows(self) -> Arrays:
        """The rows in arrays of their own, of float64."""
        own = self.arrays.gathered()
        weights = None if own.weights is None else own.weights.astype(np.float64)
        X: Any = own.X
        X = X.astype(np.float64) if X.dtype != np.float64 else X
        return Arrays(X, np.ascontiguousarray(own.y, np.float64), weights)

    @cached_property
    def weights(self) -> Float64Array:
        """w_i, shape (n_samples,)."""
        given = self.rows.weights
        return np.ones(self.n_samples) if given is None else np.asarray(given, np.float64)

    def value_and_gradient(self, theta: FloatArray) -> tuple[float, Float64Array]:
        """J and ∇J, shape (n_parameters,)."""
        data_loss, penalty, g = self._engine.value_and_gradient(self.vector("theta", theta))
        return data_loss + penalty, g.astype(np.float64)

    def value(self, theta: FloatArray) -> float:
        """J."""
        return self.value_and_gradient(theta)[0]

    def gradient(self, theta: FloatArray) -> Float64Array:
        """∇J, shape (n_parameters,)."""
        return self.value_and_gradient(theta)[1]

    def hessian_vector_product(self, theta: FloatArray, v: FloatArray) -> Float64Array:
        """H v, shape (n_parameters,), H = ∂²J/∂θ² at θ, exact to rounding (G3; Pearlmutter 1994).

        Piecewise-linear members, such as ReLU, the absolute error and L1, have a second derivative
        of 0 except at their corners, where they have none: H is that of the linear piece.

        Raises
        ------
        ValueError
            If a layer, an activation, the loss or the penalty defines no second derivative; it is
            named.
        """
        theta, v = self.vector("theta", theta), self.vector("v", v)
        product = np.zeros(self.n_parameters)
        for rows in blocks_of(self, sum(map(sum, self.network.shapes))):
            rows = rows[self.weights[rows] != 0]  # weight 0 is absence, also of an infinite L
            X, y = self.dense(rows), self.rows.y[rows]
            shares = self.weights[rows] / self.total_weight
            product += gradient_along(self.network, theta, v, X, y, self.loss, shares)
        weights, moved = map(self.network.layer_parameters, (theta, v))
        parts = self.network.layer_parameters(product)
        for i, names in enumerate(self.network.penalised):
            for name in names:
                bend = self.penalty.hessian_product(weights[i][name], moved[i][name])
                parts[i][name][...] += bend / self.total_weight
        return product

    def hessian_operator(self, theta: FloatArray) -> LinearOperator:
        """H at θ as SciPy's iterative solvers take it, shape (n_parameters, n_parameters)."""
        theta, n = self.vector("theta", theta).copy(), self.n_parameters

        def product(v: FloatArray) -> Float64Array:
            return self.hessian_vector_product(theta, v.ravel())

        return LinearOperator((n, n), matvec=product, rmatvec=product, dtype=np.float64)

    def dense(self, rows: Rows) -> Float64Array:
        """Some rows of X."""
        X = self.rows.X[rows]
        return np.asarray(X if isinstance(X, np.ndarray) else X.toarray(), np.float64)

    def vector(self, name: str, given: FloatArray) -> Float64Array:
        """A flat vector of parameters in float64; ValueError for another shape."""
        try:
            flat = np.asarray(given, np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be numbers, got {brief(given)}.") from None
        if flat.shape != (self.n_parameters,):
            raise ValueError(
                f"{name} must be a flat vector of the network's {self.n_parameters} parameters, got"
                f" the shape {flat.shape}."
            )
        return flat

    @cached_property
    def _engine(self) -> engine.Objective:
        return engine.objective(self.network, self.loss, self.penalty, self.rows)


NUMBERS_AT_ONCE = 2**22  # 32 MiB an array


def blocks_of(objective: Objective, numbers: int) -> Iterator[Rows]:
    """Row numbers in blocks, for work that keeps so many numbers for each row."""
    n, step = objective.n_samples, max(1, NUMBERS_AT_ONCE // max(1, numbers))
    for start in range(0, n, step):
        yield np.arange(start, min(start + step, n))
