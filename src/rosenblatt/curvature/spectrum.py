"""Eigenvalues of the Hessian, by Lanczos' method on Hessian-vector products (theory L5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, eigsh

from rosenblatt.curvature.arguments import check_at_least, check_seed, point_of
from rosenblatt.curvature.objective import Objective
from rosenblatt.support.field_types import check_count
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array, FloatArray, IntArray

__all__ = ["hessian", "hessian_eigenpairs", "hessian_eigenvalues", "largest_eigenvalue"]

Which: TypeAlias = Literal["LA", "SA", "LM", "BE"]

MOST_PARAMETERS = 5000  # of a dense Hessian, which is 200 MB then
FEW_PARAMETERS = 64  # up to which all eigenvalues take no longer than a few


def hessian(objective: Objective, theta: FloatArray) -> Float64Array:
    """H at θ, shape (n_parameters, n_parameters), a product for each column.

    Raises
    ------
    ValueError
        Beyond 5,000 parameters.
    """
    theta = point_of(objective, theta)
    n = objective.n_parameters
    if n > MOST_PARAMETERS:
        raise ValueError(
            f"the Hessian of {n:,} parameters has {n * n:,} entries: take `hessian_eigenvalues` or"
            f" `hessian_vector_product`, or a network of {MOST_PARAMETERS:,} parameters at most."
        )
    columns = [objective.hessian_vector_product(theta, e) for e in np.eye(n)]
    return np.stack(columns, axis=1)


def largest_eigenvalue(
    objective: Objective, theta: FloatArray, *, tol: float = 1e-10, random_state: int = 0
) -> float:
    """λ_max(H) at θ, the sharpness: gradient descent at a minimum is stable for η < 2/λ_max (L5).

    It is the largest one, not the largest in size: it is below 0 where all are. Parameters as in
    `hessian_eigenpairs`.
    """
    values = hessian_eigenvalues(objective, theta, 1, "LA", tol=tol, random_state=random_state)
    return float(values[0])


def hessian_eigenvalues(
    objective: Objective,
    theta: FloatArray,
    k: int = 6,
    which: Which = "LA",
    *,
    tol: float = 1e-10,
    random_state: int = 0,
) -> Float64Array:
    """k eigenvalues of H at θ, shape (k,), the largest first; see `hessian_eigenpairs`."""
    return hessian_eigenpairs(objective, theta, k, which, tol=tol, random_state=random_state)[0]


def hessian_eigenpairs(
    objective: Objective,
    theta: FloatArray,
    k: int = 6,
    which: Which = "LA",
    *,
    tol: float = 1e-10,
    random_state: int = 0,
) -> tuple[Float64Array, Float64Array]:
    """k eigenvalues of H at θ and unit eigenvectors.

    Lanczos' method (1950), as SciPy's `eigsh` implements it with ARPACK, over exact Hessian-vector
    products; of 64 parameters or fewer the dense Hessian's.

    Parameters
    ----------
    objective : Objective
    theta : array (n_parameters,)
    k : int, default 6
        From 1 to n_parameters.
    which : {'LA', 'SA', 'LM', 'BE'}, default 'LA'
        The largest, the smallest, the largest in size, or half from each end.
    tol : float, default 1e-10
        Relative accuracy of the eigenvalues.
    random_state : int, default 0
        Seed of the vector that the iteration begins with.

    Returns
    -------
    values : array (k,)
        The largest first.
    vectors : array (n_parameters, k)
        In the same order, as columns.

    Raises
    ------
    ValueError
        For arguments of another kind, and where a member has no second derivative.
    RuntimeError
        If the iteration does not converge.
    """
    theta = point_of(objective, theta)
    check_count("k", k)
    check_at_least("tol", tol, 0)
    check_seed(random_state)
    n = objective.n_parameters
    if not 1 <= k <= n:
        raise ValueError(
            f"a Hessian of {n} parameters has {n} eigenvalues: k={k} is not in 1 … {n}."
        )
    if not isinstance(which, str) or which not in CHOSEN:
        raise ValueError(f"which={brief(which)} is not known: take one of {', '.join(CHOSEN)}.")
    if n <= max(FEW_PARAMETERS, k):
        H = hessian(objective, theta)
        values, vectors = np.linalg.eigh((H + H.T) / 2)
        chosen = CHOSEN[which](values, k)
        values, vectors = values[chosen], vectors[:, chosen]
    else:
        start = np.random.default_rng(random_state).standard_normal(n)
        operator = objective.hessian_operator(theta)
        try:
            # ARPACK refuses the two ends for one value, which is the largest.
            end = "LA" if k == 1 and which == "BE" else which
            values, vectors = eigsh(operator, k, which=end, v0=start, tol=tol)
        except ArpackNoConvergence as error:
            raise RuntimeError(
                f"Lanczos' method found {len(error.eigenvalues)} of {k} eigenvalues to"
                f" tol={tol:g}: take a larger tol, or fewer eigenvalues."
            ) from error
    order = np.argsort(values)[::-1]
    return values[order], vectors[:, order]


# Positions among all eigenvalues, which are in rising order, by the names that ARPACK has.
CHOSEN: dict[str, Callable[[Float64Array, int], IntArray]] = {
    "LA": lambda values, k: np.arange(len(values))[-k:],
    "SA": lambda values, k: np.arange(k),
    "LM": lambda values, k: np.argsort(np.abs(values))[-k:],
    "BE": lambda values, k: np.arange(-(k - k // 2), k // 2),
}
