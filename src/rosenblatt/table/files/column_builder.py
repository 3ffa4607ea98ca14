"""Collects one column of a text file, block by block: numbers if all are plain, else text."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, final

import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.table.cells import Cells
from rosenblatt.table.files.growing_numbers import FRACTION, SHORT, WHOLE, GrowingNumbers
from rosenblatt.table.files.plain_numbers import (
    are_exact,
    are_long,
    are_plain,
    are_words,
    texts_prove_point,
)

__all__ = ["ColumnBuilder"]

TEXT: Final = pa.string()


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
        self._texts: list[pa.Array] = []
        self._numbers = GrowingNumbers()
        self._n_empty = 0

    @property
    def parsed_type(self) -> Any:
        """What the parser shall convert cells to; text where they must be examined first."""
        return TEXT if self.type is None or self._words else self.type

    @property
    def needs_proof(self) -> bool:
        """Whether the point in its numbers may still group thousands."""
        return self._point is None

    def expect(self, n_rows: int) -> None:
        """Before the first cell: about how many there will be."""
        self._numbers = GrowingNumbers(n_rows)

    def room(self, start: int, n: int) -> npt.NDArray[Any] | None:
        """Where the numbers of n rows from the one at `start` belong, if that is known."""
        return None if self.parsed_type == TEXT else self._numbers.room(start, n)

    def take(self, values: pa.Array, proves_point: bool = False) -> None:
        """Adds a block's cells, as text or converted to the type of the column."""
        if self.must_be_read_again or not len(values):
            return
        if values.type == TEXT:
            self._take_texts(values)
            return
        # Of a block that was parsed before another one had fractions.
        if values.type == WHOLE and self.type == FRACTION and not are_exact(values):
            self._become_text(None)
            return
        if self._point is None and proves_point:
            self._point = True
        self._add(values)

    def _take_texts(self, texts: pa.StringArray) -> None:
        if self.type == TEXT:
            self._texts.append(texts)
            return
        plain = are_plain(texts)
        if not pc.all(plain).as_py():  # of those that are not empty
            plain = pc.fill_null(plain, True)
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
        if not finite or are_long(trimmed) or not self._numbers.are_exact:
            self._become_text(None)
            return
        if self._point is None and texts_prove_point(trimmed):
            self._point = True
        self._add(values)

    def _become_text(self, texts: pa.StringArray | None) -> None:
        """Text from now on; cells that were converted are lost and must be read again."""
        if self.type is None and texts is not None and not self._words:
            self._texts = [pa.nulls(self._n_empty, TEXT), texts]
        else:
            self.must_be_read_again = True
        self.type = TEXT
        self._numbers = GrowingNumbers()
        self._words = {}

    def _add(self, values: pa.Array) -> None:
        if self.type is None:
            self._numbers.add_empty(self._n_empty)
        self._numbers.add(values)
        self.type = self._numbers.type

    def close(self) -> None:
        """After the last block: a point that nothing proves may group thousands."""
        if self.type == FRACTION and not self._point:
            self._become_text(None)

    def cells(self, name: str) -> Cells:
        """The column; its cells are given away."""
        texts, self._texts = self._texts, []
        numbers, self._numbers = self._numbers, GrowingNumbers()
        if self.type is None:
            texts = [pa.nulls(self._n_empty, TEXT)]
        if self.type in (None, TEXT):
            return Cells(name, pa.chunked_array(texts, TEXT))
        return Cells(name, pa.chunked_array([numbers.array()]), None, tuple(self._words))
