"""Can one hyperplane part two sets of rows, and by how wide a margin (theory P2, P3)?

Throughout, X has shape (n_rows, n_features), ``targets`` holds 0 or 1 for each row, and a
hyperplane is a vector v = (w, b) that serves row i if z_i · v > 0, where z_i = ±(x_i, 1) with the
sign of the row's target: the bias is the weight of one more input, which is always 1.

Both questions depend on few rows, those nearest to the boundary. Each is therefore solved on a
working set, to which the worst-served other rows are added until all are served: memory stays
at one copy of the table, and a table that cannot be parted mostly shows it within a few rows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog, nnls

from rosenblatt.engine.blas_threads import blas_held_to
from rosenblatt.support.types import FloatArray

__all__ = ["is_linearly_separable", "largest_margin"]

# Of the columns' half-range. Well above the tolerance that the linear program is solved to, so
# that neither rounding nor the solver can pass touching hulls for parted ones.
_RESOLUTION = 1e-9
_SOLVER_TOLERANCE = 1e-10
# A margin below it, of rows no longer than 1, is rounding; its square would underflow.
_LOST = 1e-100


@blas_held_to(1)
def is_linearly_separable(X: FloatArray, targets: FloatArray) -> bool:
    """Whether some (w, b) has w·x + b > 0 on every row of target 1 and < 0 on every other.

    The linear program maximises the least z_i · v over the box |v_j| ≤ 1, with the columns of X
    shifted and scaled into [-1, 1], which changes no answer. Rows that only a gap narrower than
    about 1e-9 of the columns' range would part count as not separable. A few columns take
    milliseconds, 200 dense ones about a second, 800 a minute or more.
    """
    low, high = X.min(axis=0), X.max(axis=0)
    half_range = (high - low) / 2
    half_range[half_range == 0] = 1.0
    rows = _signed_rows((X - (low + high) / 2) / half_range, targets)
    return _serve_all(rows, _part_by_linear_program) is not None


@blas_held_to(1)
def largest_margin(X: FloatArray, targets: FloatArray) -> float:
    """γ = max over ‖v‖ = 1 of min_i z_i · v: how far the best hyperplane stays from every row.

    Returns 0 where no hyperplane parts the rows as far as floating point can tell. A positive
    value is the margin of a hyperplane found, so it never exceeds the true one by more than
    rounding.
    """
    rows = _signed_rows(X, targets)
    radius = float(np.linalg.norm(rows, axis=1).max())
    rows /= radius
    v = _serve_all(rows, _part_by_widest_margin)
    return 0.0 if v is None else radius * _margin(rows, v)


def _signed_rows(X: FloatArray, targets: FloatArray) -> FloatArray:
    """The z_i = ±(x_i, 1), shape (n_rows, n_features + 1)."""
    rows = np.column_stack([X, np.ones(len(X))])
    rows[targets == 0] *= -1
    return rows


def _margin(rows: FloatArray, v: FloatArray) -> float:
    return float((rows @ v).min() / np.linalg.norm(v))


def _serve_all(
    rows: FloatArray, part: Callable[[FloatArray], tuple[FloatArray, float] | None]
) -> FloatArray | None:
    """The hyperplane that ``part`` finds for all rows, by asking it about few of them.

    ``part`` returns a hyperplane v and the value that z_i · v must exceed, which it does on all
    rows that ``part`` was given; or None if these cannot be parted, and then nor can the whole.
    """
    n_added = 2 * rows.shape[1]
    working = np.unique(np.linspace(0, len(rows) - 1, n_added).astype(np.intp))
    while (found := part(rows[working])) is not None:
        v, needed = found
        served_by = rows @ v
        unserved = np.flatnonzero(served_by <= needed)
        unserved = np.setdiff1d(unserved, working, assume_unique=True)
        if not unserved.size:
            return v
        worst_first = np.argsort(served_by[unserved], kind="stable")
        working = np.concatenate([working, unserved[worst_first[:n_added]]])
    return None


def _part_by_linear_program(rows: FloatArray) -> tuple[FloatArray, float] | None:
    """Maximise ε subject to z_i · v ≥ ε and |v_j| ≤ 1: always feasible (v = 0) and bounded."""
    n_rows, n_weights = rows.shape
    solution = linprog(
        c=np.append(np.zeros(n_weights), -1.0),
        A_ub=np.column_stack([-rows, np.ones(n_rows)]),
        b_ub=np.zeros(n_rows),
        bounds=[(-1.0, 1.0)] * n_weights + [(0.0, None)],
        method="highs",
        options={
            "primal_feasibility_tolerance": _SOLVER_TOLERANCE,
            "dual_feasibility_tolerance": _SOLVER_TOLERANCE,
        },
    )
    if solution.x is None:
        raise RuntimeError(f"the linear program was not solved: {solution.message}")
    v, gap = solution.x[:-1], solution.x[-1]
    return (v, _RESOLUTION) if gap > 2 * _RESOLUTION else None


def _part_by_widest_margin(rows: FloatArray) -> tuple[FloatArray, float] | None:
    """The shortest v with z_i · v ≥ h on all rows, for rows no longer than 1.

    This is least distance programming (Lawson & Hanson 1974, chapter 23): with r the residual
    of the non-negative least squares problem [Zᵀ; h…h] u ≈ (0, …, 0, 1), v = -r_{1…n} / r_{n+1}.
    Every h > 0 gives the same direction, but it is found to most digits with h near the margin
    itself; so a small h comes first, then the margin that it gave.
    """
    v, margin = None, 0.0
    h = 1e-8
    while True:
        system = np.vstack([rows.T, np.full(len(rows), h)])
        goal = np.append(np.zeros(rows.shape[1]), 1.0)
        try:
            multipliers, _ = nnls(system, goal, maxiter=30 * sum(rows.shape))
        except RuntimeError:  # out of iterations: what the h before has given must do
            break
        residual = system @ multipliers - goal
        direction = -residual[:-1] * np.sign(residual[-1])
        if not direction.any():
            break
        direction /= np.abs(direction).max()  # else the norm may underflow
        if not (found := _margin(rows, direction)) > max(margin, _LOST):
            break
        v, margin = direction / np.linalg.norm(direction), found
        if h / 10 < margin < h * 10:
            break
        h = margin
    return None if v is None else (v, margin * (1 - 1e-6))
