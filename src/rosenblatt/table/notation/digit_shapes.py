"""Shapes of texts: every digit as 0, letters small. Texts of one shape have their parts in the
same places, so that a shape is understood once and its texts are read as columns of bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.notation.characters import with_plain_characters

__all__ = ["DigitShapes", "digit_shapes"]

LONGEST = 96  # bytes; no date is longer
FEW = 64  # shapes of one column whose answers are kept
KEPT = 10_000  # answers
NORMAL_BYTES = np.arange(256, dtype=np.uint8)
NORMAL_BYTES[ord("A") : ord("Z") + 1] += 32
SHAPE_BYTES = NORMAL_BYTES.copy()
SHAPE_BYTES[ord("0") : ord("9") + 1] = ord("0")


@final
@dataclass(frozen=True, eq=False)
class DigitShapes:
    """The distinct shapes of texts, and where the bytes of each text begin."""

    shapes: tuple[str, ...]
    codes: IntArray  # the shape of each text
    data: npt.NDArray[np.uint8]
    starts: IntArray

    def number(self, rows: IntArray, start: int, width: int) -> IntArray:
        """The whole number that digits from the byte `start` on write."""
        value = np.zeros(len(rows), np.int64)
        begin = self.starts[rows] + start
        for k in range(width):
            value = value * 10 + (self.data[begin + k] - ord("0"))
        return value

    def matching(self, pattern: str) -> BoolArray:
        """Which shapes have a digit and match an expression of RE2; much faster than one by one."""
        shapes = [shape for shape in self.shapes if "0" in shape]
        find = of_few if len(shapes) <= FEW else matching
        found = find(shapes, pattern)
        return np.array([found.get(shape, False) for shape in self.shapes], np.bool_)

    def groups(self) -> list[tuple[int, IntArray]]:
        """(shape, its rows), for each shape."""
        if len(self.shapes) == 1:
            return [(0, np.arange(len(self.codes)))]
        order = np.argsort(self.codes, kind="stable")
        ends = np.cumsum(np.bincount(self.codes, minlength=len(self.shapes)))
        return list(enumerate(np.split(order, ends[:-1])))


def of_few(shapes: Sequence[str], pattern: str) -> dict[str, bool]:
    """What `matching` says; Arrow compiles the expression for whatever is new alone.

    One row after the other, and of a wide table one column, has texts of the same shapes, and
    compiling the expression each time would take longer than everything else about them.
    """
    kept = ANSWERS.setdefault(pattern, {})
    found = {shape: kept[shape] for shape in shapes if shape in kept}
    new = matching([shape for shape in shapes if shape not in found], pattern)
    if len(kept) + len(new) <= KEPT:
        kept.update(new)
    return found | new


ANSWERS: dict[str, dict[str, bool]] = {}  # by expression and shape; entries are never removed


def matching(shapes: Sequence[str], pattern: str) -> dict[str, bool]:
    if not shapes:
        return {}
    texts = pa.array(shapes, pa.large_string())
    return dict(zip(shapes, pc.match_substring_regex(texts, pattern).to_pylist(), strict=True))


def digit_shapes(texts: pa.Array) -> DigitShapes:
    """The shapes of texts after `normal`; a text that is too long for a date has the shape ""."""
    texts = normal(texts)
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset :][: len(texts) + 1]
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    written = np.append(SHAPE_BYTES[data], np.uint8(0))  # not empty
    shapes = pa.LargeStringArray.from_buffers(
        len(texts), pa.py_buffer(offsets), pa.py_buffer(written)
    ).dictionary_encode()
    return DigitShapes(
        tuple(shapes.dictionary.to_pylist()),
        shapes.indices.to_numpy().astype(np.int64),
        data,
        offsets[:-1],
    )


def normal(texts: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    """The texts with plain characters, letters beyond ASCII small and composed.

    Missing texts and those that are too long become empty.
    """
    texts = with_plain_characters(texts).fill_null("")
    texts = pc.if_else(pc.greater(pc.binary_length(texts), LONGEST), "", texts)
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        return texts
    texts = pc.utf8_lower(pc.utf8_normalize(texts, "NFC"))
    # Marks of numbers that are letters and commas in dates: Greek months, Arabic lists.
    return pc.replace_substring(pc.replace_substring(texts, "µ", "μ"), "٬", ",")
