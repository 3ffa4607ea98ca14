"""C's two float types: how numbers and calls of <math.h> are written in each."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.listing import brief

__all__ = ["CNumber", "c_number"]


@final
@dataclass(frozen=True)
class CNumber:
    """A float type, and the suffix that its literals and functions have."""

    real: str
    suffix: str
    dtype: np.dtype[Any]

    def literal(self, x: float) -> str:
        """In hexadecimal, which is exact: no compiler rounds it."""
        mantissa, exponent = float(self.dtype.type(x)).hex().split("p")
        whole, _, fraction = mantissa.partition(".")
        fraction = fraction.rstrip("0")
        return f"{whole}{'.' if fraction else ''}{fraction}p{exponent}{self.suffix}"

    def call(self, function: str) -> str:
        return function + self.suffix


FLOAT = CNumber("float", "f", np.dtype(np.float32))
DOUBLE = CNumber("double", "", np.dtype(np.float64))


def c_number(dtype: npt.DTypeLike) -> CNumber:
    with suppress(Exception):  # what names no type, or cannot even be written
        for number in (FLOAT, DOUBLE):
            if number.dtype == np.dtype(dtype):
                return number
    raise ValueError(f"C code computes in float32 or float64, got dtype={brief(dtype)}.")
