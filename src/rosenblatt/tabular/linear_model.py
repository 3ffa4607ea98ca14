"""The linear models that a network is compared with: networks without a hidden layer.

Both minimise Σ w_i L_i + ½ ‖W‖² with a free bias, as scikit-learn's LogisticRegression and Ridge do
by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize
from scipy.optimize import Bounds

from rosenblatt import engine
from rosenblatt.engine.blas_threads import one_thread_blas
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, MonotoneDense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["logistic_regression", "ridge_regression"]

PENALTY = 1.0
# Of the mean objective: no entry of its gradient is larger, or it falls by less in a step.
GRADIENT_TOL, LOSS_TOL = 1e-4, 64 * float(np.finfo(np.float64).eps)
TRIES_OF_A_STEP = 50
ROWS_AT_ONCE = 8192


def logistic_regression(
    X: FloatArray,
    codes: npt.NDArray[Any],
    weights: Float64Array | None,
    n_classes: int,
    *,
    max_iter: int,
    n_jobs: int | None,
    directions: Sequence[int] = (),
) -> tuple[Model, bool]:
    """Minimise by L-BFGS; the same bits for any number of threads.

    Parameters
    ----------
    X : array (n, n_features), float32
    codes : array (n,)
        The classes, 0 … n_classes - 1.
    weights : array (n,), optional
    n_classes : int
    max_iter : int
    n_jobs : int, optional
        Threads at most.
    directions : sequence of int
        Of the features: coefficients of those of 1 are at least 0, of -1 at most. Of two classes.

    Returns
    -------
    Model, bool
        The model, and whether it converged.
    """
    two = n_classes == 2
    loss: Loss = BinaryCrossEntropy() if two else CategoricalCrossEntropy()
    free = Network(X.shape[1], (Dense(1 if two else n_classes),))
    y = np.ascontiguousarray(codes[:, None], X.dtype)
    w = None if weights is None else np.ascontiguousarray(weights, X.dtype)
    arrays = Arrays(np.ascontiguousarray(X), y, w)
    objective = engine.objective(free, loss, L2(PENALTY), arrays, n_jobs, deterministic=True)

    def value_and_gradient(theta: Float64Array) -> tuple[float, Float64Array]:
        data_loss, penalty, gradient = objective.value_and_gradient(theta.astype(X.dtype))
        return data_loss + penalty, gradient.astype(np.float64)

    network = linear_network(X.shape[1], directions) if any(directions) else free
    # SciPy's own products are of a few numbers.
    with one_thread_blas():
        found = scipy.optimize.minimize(
            value_and_gradient,
            np.zeros(free.n_parameters),
            method="L-BFGS-B",
            jac=True,
            bounds=bounds_of(network),
            options={
                "maxiter": max_iter,
                "gtol": GRADIENT_TOL,
                "ftol": LOSS_TOL,
                "maxls": TRIES_OF_A_STEP,
            },
        )
    return Model(network, found.x.astype(X.dtype), loss), bool(found.success)


def linear_network(n_features: int, directions: Sequence[int]) -> Network:
    """One output without a hidden layer."""
    if any(directions):
        return Network(n_features, (MonotoneDense(tuple(directions), (1,)),))
    return Network(n_features, (Dense(1),))


def bounds_of(network: Network) -> Bounds | None:
    return None if network.bounds is None else Bounds(*network.bounds)


def ridge_regression(
    X: FloatArray,
    y: FloatArray,
    weights: Float64Array | None,
    directions: Sequence[int] = (),
) -> Model:
    """Solve the normal equations, of as many unknowns as there are columns, or rows if fewer.

    With directions, of all columns, by projected gradients.

    Parameters
    ----------
    X : array (n, n_features), float32
    y : array (n,)
    weights : array (n,), optional
    directions : sequence of int
        As in `logistic_regression`.
    """
    n_rows, n_features = X.shape
    center = np.average(X, axis=0, weights=weights)
    y_center = np.average(y, weights=weights)
    root = np.ones(n_rows) if weights is None else np.sqrt(weights)

    def centered(rows: slice) -> Float64Array:
        return (X[rows] - center) * root[rows, None]

    b = (y - y_center) * root
    network = linear_network(n_features, directions)
    with one_thread_blas():
        if n_rows < n_features and network.bounds is None:
            A = centered(slice(None))
            coefficients = A.T @ np.linalg.solve(A @ A.T + PENALTY * np.eye(n_rows), b)
        else:
            gram, moment = PENALTY * np.eye(n_features), np.zeros(n_features)
            for start in range(0, n_rows, ROWS_AT_ONCE):
                rows = slice(start, start + ROWS_AT_ONCE)
                A = centered(rows)
                gram += A.T @ A
                moment += A.T @ b[rows]
            coefficients = np.linalg.solve(gram, moment)
            if network.bounds is not None:
                low, high = (bound[:n_features] for bound in network.bounds)
                start = np.clip(coefficients, low, high)
                coefficients = least_within(gram, moment, start, low, high)
    named = {
        "layers.0.weight": coefficients[:, None],
        "layers.0.bias": np.array([y_center - center @ coefficients]),
    }
    return Model(network, network.pack_named(named, X.dtype), SquaredError())


def least_within(
    A: Float64Array, b: Float64Array, x: Float64Array, low: Float64Array, high: Float64Array
) -> Float64Array:
    """The x between bounds that minimises ½ xᵀA x - bᵀx."""

    def value_and_gradient(x: Float64Array) -> tuple[float, Float64Array]:
        Ax = A @ x
        return float(x @ (Ax / 2 - b)), Ax - b

    found: Float64Array = scipy.optimize.minimize(
        value_and_gradient, x, method="L-BFGS-B", jac=True, bounds=Bounds(low, high)
    ).x
    return found
