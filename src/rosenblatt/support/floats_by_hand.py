"""Numbers that users set in place of those of a fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.support.plain_values import check_present, even_rows
from rosenblatt.support.types import FloatArray

__all__ = ["floats_by_hand"]


def floats_by_hand(name: str, values: Any, ndim: int) -> FloatArray:
    """An array of floats of 32 bits where these hold the numbers, else of 64.

    Raises
    ------
    ValueError
        For anything but numbers in `ndim` dimensions.
    """
    check_present(**{name: values})
    with even_rows(**{name: values}):
        array = np.asarray(values)
    if array.dtype.kind not in "fiub" or array.ndim != ndim:
        raise ValueError(
            f"{name} has the type {array.dtype} and the shape {array.shape}: set numbers in"
            f" {ndim} dimension{'s' if ndim > 1 else ''}"
        )
    kind: Any = np.float32 if np.can_cast(array.dtype, np.float32) else np.float64
    with np.errstate(over="ignore"):  # of long doubles
        floats: FloatArray = array.astype(kind, copy=False)
    return floats
