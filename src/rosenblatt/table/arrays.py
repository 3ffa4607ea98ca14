"""Columns of NumPy arrays, of the types and the byte order that Arrow takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.errors import InputError

__all__ = ["arrow_of_array", "as_native"]


def arrow_of_array(values: npt.NDArray[Any]) -> pa.Array:
    """An Arrow array of the cells, shape (n_rows,); masked ones are missing."""
    if not isinstance(values, np.ma.MaskedArray):
        return pa.array(as_native(values))
    return pa.array(as_native(values.data), mask=np.ma.getmaskarray(values))


def as_native(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same values in the byte order of the machine, and floats of at most 64 bits.

    Raises
    ------
    InputError
        For records and raw bytes, which hold no cells.
    """
    kind = values.dtype
    if kind.kind == "V":
        raise InputError(
            f"values of the type {kind} hold no cells: give a data frame, or an array of numbers"
        )
    if kind.kind == "f" and kind.itemsize > np.dtype(np.float64).itemsize:
        with np.errstate(over="ignore"):  # what is too large is refused as infinite
            return values.astype(np.float64)
    return values if kind.isnative else values.astype(kind.newbyteorder("="))
