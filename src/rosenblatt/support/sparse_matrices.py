"""Sparse matrices whose three arrays do not fit together: SciPy reads foreign memory for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

__all__ = ["check_sparse"]

COMPRESSED = {"csr": (0, 1), "csc": (1, 0), "bsr": (0, 1)}


def check_sparse(matrix: Any, name: str = "X") -> None:
    """Refuse a sparse matrix that names rows or columns which it does not have.

    To be called before SciPy converts the matrix. What is not sparse passes.

    Parameters
    ----------
    matrix : object
    name : str
        What the error calls it.

    Raises
    ------
    ValueError
        It says which of the arrays is wrong.
    """
    if not sp.issparse(matrix):
        return
    if matrix.ndim != 2:
        raise ValueError(
            f"{name} is a sparse array of the shape {matrix.shape}, and needs rows and columns:"
            f" give {name}.reshape(-1, 1) if it is a column"
        )
    kind = matrix.format
    fault = None
    if kind in COMPRESSED:
        fault = compressed_fault(matrix)
    elif kind == "coo":
        fault = coordinates_fault(matrix)
    if fault is not None:
        raise ValueError(
            f"{name} is a damaged {kind.upper()} matrix: {fault}. Make it anew from its values with"
            " their rows and columns."
        )


def compressed_fault(matrix: Any) -> str | None:
    """What is wrong with `indptr` and `indices`, or None."""
    starts, indices = matrix.indptr, matrix.indices
    axis, other = COMPRESSED[matrix.format]
    blocks = matrix.blocksize if matrix.format == "bsr" else (1, 1)
    length, limit = (matrix.shape[i] // blocks[i] for i in (axis, other))
    if len(starts) != length + 1 or starts[0] != 0:
        return f"indptr must have {length + 1} numbers, the first of them 0"
    if (starts[1:] < starts[:-1]).any():
        return "indptr must not fall"
    if starts[-1] > min(len(indices), len(matrix.data)):
        return "indptr ends beyond the values"
    return outside("indices", indices[: starts[-1]], limit)


def coordinates_fault(matrix: Any) -> str | None:
    """What is wrong with the coordinates, or None."""
    for n, (numbers, limit) in enumerate(zip(matrix.coords, matrix.shape, strict=False)):
        if len(numbers) != len(matrix.data):
            return "its coordinates and values differ in number"
        if (fault := outside(f"coords[{n}]", numbers, limit)) is not None:
            return fault
    return None


def outside(name: str, numbers: Any, limit: int) -> str | None:
    """What is wrong with numbers that must lie from 0 to below the limit, or None."""
    if numbers.dtype.kind != "i":
        return f"{name} must hold integers"
    if not len(numbers):
        return None
    # Without a sign, a negative number is larger than every limit: one pass finds both.
    if numbers.view(np.dtype(f"u{numbers.dtype.itemsize}")).max() < limit:
        return None
    low, high = numbers.min(), numbers.max()
    return f"{name} has {low if low < 0 else high}, and must lie from 0 to {limit - 1}"
