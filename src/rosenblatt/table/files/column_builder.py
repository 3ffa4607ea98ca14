"""Collects one column of a text file, block by block: numbers if all are plain, else text."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, final

import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.table.cells import Cells
from rosenblatt.table.files.plain_numbers import (
    EXACT,
    are_long,
    are_plain,
    are_words,
    texts_prove_point,
)

__all__ = ["ColumnBuilder"]

TEXT: Final = pa.string()
SHORT: Final = pa.int32()  # most whole numbers: memory stays within a few times the file's
WHOLE: Final = pa.int64()
FRACTION: Final = pa.float64()


@final
class ColumnBuilder:
    """The chunks of a column.

    Parameters
    ----------
    words : collection of str
        Words for missing cells, in lower case.
    point : bool or None
        Whether a point is the decimal sign; None where cells must prove it.
    as_text : bool
        Whether every cell stays as written.

    Attributes
    ----------
    type : DataType or None
        Text, int32, int64 or float64; None while every cell was empty.
    must_be_read_again : bool
        Whether the column turned out to be text after numbers had been taken.
    """

    def __init__(self, words: Collection[str], point: bool | None, as_text: bool) -> None:
        self.type: Any = TEXT if as_text else None
        self.must_be_read_again = False
        self._known_words = words
        self._words: dict[str, None] = {}
        self._point = point
        self._chunks: list[pa.Array] = []
        self._n_empty = 0

    @property
    def parsed_type(self) -> Any:
        """What the parser shall convert cells to; text where they must be examined first."""
        return TEXT if self.type is None or self._words else self.type

    @property
    def needs_proof(self) -> bool:
        """Whether the point in its numbers may still group thousands."""
        return self._point is None

    def take(self, values: pa.Array, proves_point: bool = False) -> None:
        """Adds a block's cells, as text or converted to the type of the column."""
        if self.must_be_read_again or not len(values):
            return
        if values.type == TEXT:
            self._take_texts(values)
            return
        if self._point is None and proves_point:
            self._point = True
        self._add(values)

    def _take_texts(self, texts: pa.StringArray) -> None:
        if self.type == TEXT:
            self._chunks.append(texts)
            return
        plain = pc.fill_null(are_plain(texts), True)
        if not pc.all(plain).as_py():
            strange = texts.filter(pc.invert(plain))
            if not pc.all(are_words(strange, self._known_words)).as_py():
                self._become_text(texts)
                return
            found = {word.strip() for word in strange.unique().to_pylist()}
            self._words.update(dict.fromkeys(sorted(found - {""})))
            texts = pc.if_else(plain, texts, pa.scalar(None, TEXT))
        if texts.null_count == len(texts) and self.type is None:
            if self._words:
                self._become_text(None)  # words alone: nothing says that they are missing numbers
            else:
                self._n_empty += len(texts)
            return
        self._add_plain(texts)

    def _add_plain(self, texts: pa.StringArray) -> None:
        trimmed = pc.ascii_trim_whitespace(texts)
        if self.type != FRACTION:
            for kind in (SHORT, WHOLE):
                try:
                    self._add(trimmed.cast(kind))
                except pa.ArrowInvalid:  # a fraction, a plus sign, an exponent, or more digits
                    continue
                return
        values = trimmed.cast(FRACTION)
        finite = pc.all(pc.is_finite(values)).as_py() is not False
        if not finite or are_long(trimmed) or not self._exact_as_floats():
            self._become_text(None)
            return
        if self._point is None and texts_prove_point(trimmed):
            self._point = True
        self._add(values)

    def _exact_as_floats(self) -> bool:
        if self.type != WHOLE:
            return True  # 32 bits are exact
        bounds = [pc.min_max(chunk).as_py() for chunk in self._chunks]
        return all(b["min"] is None or -EXACT < b["min"] <= b["max"] < EXACT for b in bounds)

    def _become_text(self, texts: pa.StringArray | None) -> None:
        """Text from now on; cells that were converted are lost and must be read again."""
        if self.type is None and texts is not None and not self._words:
            self._chunks = [pa.nulls(self._n_empty, TEXT), texts]
        else:
            self.must_be_read_again = True
            self._chunks = []
        self.type = TEXT
        self._words = {}

    def _add(self, values: pa.Array) -> None:
        if self.type is None:
            self.type = values.type
            if self._n_empty:
                self._chunks.append(pa.nulls(self._n_empty, values.type))
        elif self.type != values.type:
            self.type = max(self.type, values.type, key=RANK.index)
        self._chunks.append(values)

    def close(self) -> None:
        """After the last block: a point that nothing proves may group thousands."""
        if self.type == FRACTION and not self._point:
            self._become_text(None)

    def cells(self, name: str) -> Cells:
        """The column; its chunks are given away."""
        chunks, self._chunks = self._chunks, []
        if self.type is None:
            return Cells(name, pa.chunked_array([pa.nulls(self._n_empty, TEXT)], TEXT))
        chunks = [c if c.type == self.type else c.cast(self.type) for c in chunks]
        return Cells(name, pa.chunked_array(chunks, self.type), None, tuple(self._words))


RANK: Final = (SHORT, WHOLE, FRACTION)
