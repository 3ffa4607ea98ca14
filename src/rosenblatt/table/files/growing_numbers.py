"""The numbers of a column in one array that grows block by block."""

from __future__ import annotations

from typing import Any, Final, final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.support.types import BoolArray
from rosenblatt.table.files.plain_numbers import EXACT

__all__ = ["FRACTION", "SHORT", "WHOLE", "GrowingNumbers"]

SHORT: Final = pa.int32()  # most whole numbers: memory stays within a few times the file's
WHOLE: Final = pa.int64()
FRACTION: Final = pa.float64()
DTYPES: Final = {SHORT: np.int32, WHOLE: np.int64, FRACTION: np.float64}  # in rising order
RANK: Final = tuple(DTYPES)
MOST_AHEAD: Final = 256  # times what is there: the first rows may be far shorter than the others


@final
class GrowingNumbers:
    """Numbers and empty cells, of the widest type that was added.

    One array, since every step that works on a column would have to join the pieces of several.

    Parameters
    ----------
    expected : int
        About how many there will be.
    """

    def __init__(self, expected: int = 0) -> None:
        self._expected = expected
        self.type: Any = SHORT
        self._values: npt.NDArray[Any] = np.empty(0, np.int32)
        self._given: BoolArray | None = None  # None while no cell is empty
        self._n = 0

    @property
    def are_exact(self) -> bool:
        """Whether float64 holds all of them."""
        x = self._values[: self._n]
        return self.type != WHOLE or not len(x) or bool(x.min() > -EXACT and x.max() < EXACT)

    def add(self, values: pa.Array) -> None:
        """Adds numbers of one of the three types; exact ones where they are to become float64."""
        if not len(values):
            return
        kind = max(self.type, values.type, key=RANK.index)
        if kind != self.type:
            self.type = kind
            self._values = copy_of(self._values, self._n, len(self._values), DTYPES[kind])
        start = self._grow(len(values))
        n_empty = values.null_count
        if n_empty and self._given is None:
            self._given = np.empty(len(self._values), dtype=bool)
            self._given[:start] = True
        if self._given is not None:
            self._given[start : self._n] = np.asarray(values.is_valid()) if n_empty else True
        place = self._values[start : self._n]
        if values.buffers()[1].address != place.ctypes.data or values.type != self.type:
            place[:] = (values.fill_null(0) if n_empty else values).to_numpy()

    def room(self, start: int, n: int) -> npt.NDArray[Any] | None:
        """The places of n numbers; None beyond the array. What stands there may be moved later."""
        return self._values[start : start + n] if start + n <= len(self._values) else None

    def add_empty(self, n: int) -> None:
        self.add(pa.nulls(n, SHORT))

    def _grow(self, n: int) -> int:
        """Makes room for n more; the place of the first."""
        start, self._n = self._n, self._n + n
        if self._n > len(self._values):
            room = max(min(self._expected, MOST_AHEAD * self._n), self._n, 2 * len(self._values))
            self._values = copy_of(self._values, start, room, self._values.dtype)
            if self._given is not None:
                self._given = copy_of(self._given, start, room, np.bool_)
        return start

    def array(self) -> pa.Array:
        """All of them, which are given away."""
        self._values.resize(
            self._n, refcheck=False
        )  # in place: the room that is left is given back
        bits = None
        if self._given is not None:
            bits = pa.py_buffer(np.packbits(self._given[: self._n], bitorder="little"))
        return pa.Array.from_buffers(self.type, self._n, [bits, pa.py_buffer(self._values)])


def copy_of(values: npt.NDArray[Any], n: int, room: int, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """The first n values, with room for more: memory that is not written to costs nothing."""
    copy = np.empty(room, dtype)
    copy[:n] = values[:n]
    return copy
