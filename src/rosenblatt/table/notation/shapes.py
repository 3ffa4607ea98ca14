"""The shapes of texts: what is left of "1.234,5" when its digits are made alike, "9.999,9".

A column of a million distinct numbers has some hundred shapes, and all texts of one shape are alike
byte by byte. What can be said of a shape is said of its texts at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.notation.characters import with_plain_characters

__all__ = ["Shapes"]

Bytes = npt.NDArray[np.uint8]
CODES = np.arange(256)
IS_DIGIT = (ord("0") <= CODES) & (ord("9") >= CODES)
ALIKE = np.where(IS_DIGIT, ord("9"), CODES).astype(np.uint8)
IS_SEPARATOR = np.isin(CODES, [ord(mark) for mark in ".,'_"])
# After these a digit is part of a unit, such as m2; after e it is an exponent.
IS_LETTER = np.array([chr(c).isalpha() and c < 128 and chr(c) not in "eE" for c in CODES])


@final
@dataclass(frozen=True, eq=False)
class Shapes:
    """Texts with characters made plain, sorted by their shapes.

    Attributes
    ----------
    outlines : StringArray (n_shapes,)
        The distinct shapes: every digit is 9, but a zero that begins a number is 0, and a digit
        after a letter is itself.
    codes : int array (n_texts,)
        The place in `texts` of each text's shape; -1 for a null.
    data : uint8 array
        The bytes of all texts, one after the other.
    starts : int64 array (n_texts,)
        Where each text starts in `data`.
    """

    outlines: pa.LargeStringArray
    codes: IntArray
    data: Bytes
    starts: IntArray

    @classmethod
    def of(cls, texts: pa.Array | pa.ChunkedArray) -> Shapes:
        plain = with_plain_characters(texts)
        n = len(plain)
        validity, offset_buffer, data_buffer = plain.buffers()
        if data_buffer is None or not n:
            codes = np.where(plain.is_null().to_numpy(zero_copy_only=False), -1, 0)
            empty = pa.array([""], pa.large_string())
            return cls(empty, codes, np.zeros(0, np.uint8), np.zeros(n, np.int64))
        offsets = np.frombuffer(offset_buffer, dtype=np.int64)[plain.offset : plain.offset + n + 1]
        data = np.frombuffer(data_buffer, dtype=np.uint8)[: offsets[-1]]
        alike = pa.LargeStringArray.from_buffers(
            n,
            offset_buffer,
            pa.py_buffer(outline(data, offsets[:-1])),
            validity,
            plain.null_count,
            plain.offset,
        )
        coded = alike.dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return cls(coded.dictionary, codes, data, offsets[:-1])

    @cached_property
    def texts(self) -> list[str]:
        """The distinct shapes."""
        texts: list[str] = self.outlines.to_pylist()
        return texts

    def weights(self, counts: IntArray) -> IntArray:
        """How many rows have each shape, if `counts` have each text."""
        known = self.codes >= 0
        weights = np.bincount(self.codes[known], counts[known], minlength=len(self.outlines))
        return weights.astype(np.int64)

    def having(self, places: Iterable[int]) -> BoolArray:
        """Which texts have one of the shapes in these places."""
        mask = np.zeros(len(self.outlines) + 1, dtype=np.bool_)  # the last entry serves nulls
        mask[list(places)] = True
        return mask[self.codes]

    @cached_property
    def _sorted(self) -> tuple[IntArray, IntArray]:
        order = np.argsort(self.codes, kind="stable")
        ends = np.searchsorted(self.codes[order], np.arange(-1, len(self.outlines)), side="right")
        return order, ends

    def members(self, shape: int) -> IntArray:
        """The places of the texts of a shape."""
        order, ends = self._sorted
        return order[ends[shape] : ends[shape + 1]]

    def example(self, shape: int) -> str:
        """The first text of a shape, its characters made plain."""
        start = self.starts[self.members(shape)[0]]
        return self.data[start : start + len(self.texts[shape].encode())].tobytes().decode()

    def columns(self, shape: int) -> Iterator[tuple[IntArray, Bytes]]:
        """Blocks of (places of texts, their bytes of shape (n_texts, n_bytes)) of a shape."""
        n_bytes = len(self.texts[shape].encode())
        members = self.members(shape)
        for first in range(0, len(members), BLOCK):
            block = members[first : first + BLOCK]
            yield block, self.data[self.starts[block][:, None] + np.arange(n_bytes)]


BLOCK = 100_000


def outline(data: Bytes, starts: IntArray) -> Bytes:
    """The bytes of texts with their digits made alike."""
    before = np.zeros_like(data)
    before[1:] = data[:-1]
    begins = starts[starts < len(data)]
    before[begins] = 0
    first_zero = (data == ord("0")) & ~(IS_DIGIT | IS_SEPARATOR)[before]
    of_unit = IS_DIGIT[data] & IS_LETTER[before]
    return np.where(first_zero | of_unit, data, ALIKE[data])
