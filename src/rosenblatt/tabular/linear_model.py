"""The linear models that a network is compared with: networks without a hidden layer.

Both minimise Σ w_i L_i + ½ ‖W‖² with a free bias, as scikit-learn's LogisticRegression and Ridge do
by default.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize

from rosenblatt import engine
from rosenblatt.engine.blas_threads import one_thread_blas
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
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

    Returns
    -------
    Model, bool
        The model, and whether it converged.
    """
    two = n_classes == 2
    loss: Loss = BinaryCrossEntropy() if two else CategoricalCrossEntropy()
    network = Network(X.shape[1], (Dense(1 if two else n_classes),))
    y = np.ascontiguousarray(codes[:, None], X.dtype)
    w = None if weights is None else np.ascontiguousarray(weights, X.dtype)
    arrays = Arrays(np.ascontiguousarray(X), y, w)
    objective = engine.objective(network, loss, L2(PENALTY), arrays, n_jobs, deterministic=True)

    def value_and_gradient(theta: Float64Array) -> tuple[float, Float64Array]:
        data_loss, penalty, gradient = objective.value_and_gradient(theta.astype(X.dtype))
        return data_loss + penalty, gradient.astype(np.float64)

    # SciPy's own products are of a few numbers.
    with one_thread_blas():
        found = scipy.optimize.minimize(
            value_and_gradient,
            np.zeros(network.n_parameters),
            method="L-BFGS-B",
            jac=True,
            options={
                "maxiter": max_iter,
                "gtol": GRADIENT_TOL,
                "ftol": LOSS_TOL,
                "maxls": TRIES_OF_A_STEP,
            },
        )
    return Model(network, found.x.astype(X.dtype), loss), bool(found.success)


def ridge_regression(X: FloatArray, y: FloatArray, weights: Float64Array | None) -> Model:
    """Solve the normal equations, of as many unknowns as there are columns, or rows if fewer.

    Parameters
    ----------
    X : array (n, n_features), float32
    y : array (n,)
    weights : array (n,), optional
    """
    n_rows, n_features = X.shape
    center = np.average(X, axis=0, weights=weights)
    y_center = np.average(y, weights=weights)
    root = np.ones(n_rows) if weights is None else np.sqrt(weights)

    def centered(rows: slice) -> Float64Array:
        return (X[rows] - center) * root[rows, None]

    b = (y - y_center) * root
    with one_thread_blas():
        if n_rows < n_features:
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
    network = Network(n_features, (Dense(1),))
    named = {
        "layers.0.weight": coefficients[:, None],
        "layers.0.bias": np.array([y_center - center @ coefficients]),
    }
    return Model(network, network.pack_named(named, X.dtype), SquaredError())
