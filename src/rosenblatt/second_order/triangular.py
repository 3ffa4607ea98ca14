"""The triangular factor of a least-squares problem, to which rows are added by reflections.

min ‖A x + b‖ depends on A and b through the factor T of [A b] = Q T alone, T upper triangular.
Rows come block by block, so that A is never in memory as a whole, and AᵀA, whose condition is the
square of A's, is never formed (Golub & Van Loan, Float64Array Computations, section 5.3).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dtpqrt

from rosenblatt.support.types import Float64Array

__all__ = ["PANEL", "fold", "with_diagonal"]


# Columns whose reflections LAPACK applies in one block, at most. They are computed one by one, so
# that small triangles need smaller blocks.
PANEL = 32


def fold(T: Float64Array, rows: Float64Array, trapezoid: int = 0) -> Float64Array:
    """The factor of T with `rows` below it, shape (n, n) as T's; both arrays may be overwritten.

    The last `trapezoid` rows are upper trapezoidal, which saves work. Arrays that are not in
    Fortran order are copied.
    """
    factor, _, _, info = dtpqrt(
        trapezoid, panel(len(T)), T, rows, overwrite_a=True, overwrite_b=True
    )
    assert info == 0
    return factor


def panel(n: int) -> int:
    """The panel for a triangle of n columns."""
    return min(n, max(8, n // 12), PANEL)


def with_diagonal(
    T: Float64Array, diagonal: npt.NDArray[np.float64], b: Float64Array
) -> Float64Array:
    """The factor with a row diagonal_i x_i + b_i for every unknown, shapes (n - 1,); T stays."""
    n = len(diagonal)
    rows = np.zeros((n, n + 1), order="F")
    rows[np.arange(n), np.arange(n)] = diagonal
    rows[:, n] = b
    return fold(T.copy(order="F"), rows, trapezoid=n)
