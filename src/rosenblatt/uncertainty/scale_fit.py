"""Learns the scale of errors from rows outside: the likelihood of Laplace's distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.engine.blas_threads import one_thread_blas
from rosenblatt.support.late import late
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.uncertainty.error_scale import ErrorScale

if TYPE_CHECKING:
    from scipy import linalg
else:
    linalg = late("scipy.linalg")

__all__ = ["FittedScale", "fitted_scale"]

FEWEST_ROWS = 100
MOST_ROWS, MOST_FEATURES = 20_000, 500
N_FOLDS, N_PIECES = 5, 8
NARROWEST = 0.05  # spread of a feature, so that one that few rows have stays small
# Penalties, as rows that speak for a scale that is the same everywhere.
PENALTIES = (100.0, 1000.0)
STEPS, TOL = 40, 1e-7
DIGITS = 6


@final
@dataclass(frozen=True, eq=False)
class FittedScale:
    """A scale, None where it is the same for all rows, and its values at the rows it was fitted to.

    The latter, shape (n,), are cross-fitted: of each row by the scale of the other folds' rows.
    """

    scale: ErrorScale | None
    at_rows: Float64Array


def fitted_scale(
    X: FloatArray,
    predicted: Float64Array,
    errors: Float64Array,
    weights: Float64Array | None,
    units: IntArray,
) -> FittedScale:
    """The scale of the errors by features and prediction, if it describes rows outside better.

    Parameters
    ----------
    X : array (n, n_features)
        Encoded.
    predicted : array (n,)
        In standardised units of the target.
    errors : array (n,)
        |y - ŷ|, standardised.
    weights : array (n,), optional
    units : int array (n,)
        Rows of one unit are in one fold.
    """
    constant = FittedScale(None, np.ones(len(errors)))
    usual = float(np.average(errors, weights=weights))
    if len(errors) < FEWEST_ROWS or not 0 < usual < np.inf:
        return constant
    w = np.ones(len(errors)) if weights is None else weights
    folds = folds_by(units)
    edges = distinct(np.quantile(predicted, np.linspace(0, 1, N_PIECES + 1)))
    best, least = constant, float(np.log(usual)) + 1
    with one_thread_blas():
        for n_features in dict.fromkeys((0, X.shape[1])):
            if n_features > MOST_FEATURES:
                continue
            shape = unfitted(X[:, :n_features], w, edges)
            basis = shape.basis(X, predicted)
            for penalty in PENALTIES:
                at_rows = cross_fitted(basis, errors, w, folds, penalty)
                deviance = float(np.average(np.log(at_rows) + errors / at_rows, weights=w))
                if deviance < least:
                    whole = minimised(basis, errors, w, penalty)
                    best, least = FittedScale(with_slopes(shape, whole), at_rows), deviance
    return best


def folds_by(units: IntArray) -> IntArray:
    _, places = np.unique(units, return_inverse=True)
    fold_of = np.random.default_rng(0).permutation(int(places.max()) + 1) % N_FOLDS
    return fold_of[places]


def distinct(edges: Float64Array) -> tuple[float, ...]:
    found = np.unique([rounded(edge) for edge in edges.tolist()])
    return tuple(found.tolist()) if len(found) > 1 else ()


def unfitted(X: FloatArray, weights: Float64Array, edges: tuple[float, ...]) -> ErrorScale:
    """The scale without slopes."""
    n = X.shape[1]
    centers = np.average(X, axis=0, weights=weights) if n else np.empty(0)
    variances = np.average((X - centers) ** 2, axis=0, weights=weights) if n else np.empty(0)
    spreads = np.maximum(np.sqrt(variances), NARROWEST)
    return ErrorScale(
        0.0,
        tuple(map(rounded, centers.tolist())),
        tuple(map(rounded, spreads.tolist())),
        (0.0,) * n,
        edges,
        (0.0,) * max(len(edges) - 1, 0),
    )


def with_slopes(shape: ErrorScale, found: Float64Array) -> ErrorScale:
    intercept, *slopes = map(rounded, found.tolist())
    n = shape.n_features
    return ErrorScale(
        intercept,
        shape.centers,
        shape.spreads,
        tuple(slopes[:n]),
        shape.edges,
        tuple(slopes[n:]),
    )


def rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def cross_fitted(
    basis: Float64Array,
    errors: Float64Array,
    weights: Float64Array,
    folds: IntArray,
    penalty: float,
) -> Float64Array:
    """σ of each row by the rows of the other folds, shape (n,)."""
    at_rows = np.empty(len(errors))
    for fold in range(N_FOLDS):
        inside = folds != fold
        found = minimised(basis[inside], errors[inside], weights[inside], penalty)
        at_rows[~inside] = np.exp(found[0] + basis[~inside] @ found[1:])
    return at_rows


def minimised(
    basis: Float64Array, errors: Float64Array, weights: Float64Array, penalty: float
) -> Float64Array:
    """Intercept and slopes that minimise Σ w (ln σ + |e| / σ) + ½ penalty ‖slopes‖².

    By scoring: the expected Hessian is that of least squares, the same in every step.
    """
    every = -(-len(errors) // MOST_ROWS)
    basis, errors, weights = basis[::every], errors[::every], weights[::every]
    A = np.hstack([np.ones((len(basis), 1)), basis])
    ridge = np.full(A.shape[1], penalty / every)
    ridge[0] = 0.0
    factor = linalg.cho_factor((A * weights[:, None]).T @ A + np.diag(ridge))
    b = np.zeros(A.shape[1])
    b[0] = np.log(np.average(errors, weights=weights) or 1.0)

    def value(b: Float64Array) -> float:
        eta = A @ b
        with np.errstate(over="ignore"):
            return float(weights @ (eta + errors * np.exp(-eta)) + 0.5 * ridge @ b**2)

    now = value(b)
    for _ in range(STEPS):
        step = linalg.cho_solve(
            factor, A.T @ (weights * (errors * np.exp(-(A @ b)) - 1)) - ridge * b
        )
        length = 1.0
        while not (then := value(b + length * step)) <= now and length > TOL:
            length /= 2
        if not then <= now:
            break
        b, gained, now = b + length * step, now - then, then
        if gained <= TOL * abs(now):
            break
    return b
