"""Rows of pixels that stay bytes in memory until a batch of them is computed with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import FloatArray

__all__ = ["Pixels"]


@final
@dataclass(frozen=True, eq=False)
class Pixels:
    """A matrix of bytes that stand for shares of 255.

    Attributes
    ----------
    data : array (n, n_numbers) of uint8 in C order
    dtype : dtype
        The float type that they are computed with. They are divided in float32.
    """

    data: npt.NDArray[np.uint8]
    dtype: np.dtype[Any]

    @property
    def shape(self) -> tuple[int, int]:
        n, n_numbers = self.data.shape
        return n, n_numbers

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, rows: Any) -> Pixels:
        return replace(self, data=self.data[rows])

    def astype(self, dtype: npt.DTypeLike) -> Pixels:
        """The same bytes, to be computed with in another type."""
        return replace(self, dtype=np.dtype(dtype))

    def toarray(self) -> FloatArray:
        """The numbers that they stand for."""
        shares: FloatArray = (self.data / np.float32(255)).astype(self.dtype, copy=False)
        return shares
