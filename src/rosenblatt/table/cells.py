"""The cells of one column, as text or as typed values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.cell_text import texts_of

__all__ = ["Cells", "Distinct"]


@final
@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct texts of a column, blanks around them removed.

    Attributes
    ----------
    texts : StringArray (n_distinct,)
        In the order of their first rows; none is empty.
    codes : int32 array (n_rows,)
        The place in `texts` of each row's text; -1 where a cell is null or blank.
    """

    texts: pa.StringArray
    codes: IntArray

    @cached_property
    def counts(self) -> IntArray:
        """How many rows have each text, int64 of shape (n_distinct,)."""
        # Places one higher: a copy of the codes without -1 would take longer than all else.
        counts: IntArray = np.bincount(self.codes + 1, minlength=len(self.texts) + 1)[1:]
        return counts

    @cached_property
    def strings(self) -> list[str]:
        strings: list[str] = self.texts.to_pylist()
        return strings

    @property
    def n_present(self) -> int:
        return int((self.codes >= 0).sum())

    @classmethod
    def of(cls, texts: pa.ChunkedArray) -> Distinct:
        trimmed = pc.utf8_trim_whitespace(texts)
        coded = trimmed.dictionary_encode()
        if not coded.num_chunks:
            return cls(pa.array([], pa.string()), np.zeros(0, dtype=np.int32))
        coded = coded.unify_dictionaries()
        values = coded.chunk(0).dictionary
        codes = np.concatenate(
            [
                pc.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False)
                for chunk in coded.chunks
            ]
        )
        blank = pc.index(values, pa.scalar("", values.type)).as_py()
        if blank >= 0:
            values = pa.concat_arrays([values.slice(0, blank), values.slice(blank + 1)])
            codes = np.where(codes == blank, -1, codes - (codes > blank))
        return cls(values.cast(pa.string()), codes.astype(np.int32, copy=False))


@final
@dataclass(frozen=True, eq=False)
class Cells:
    """One column of a table.

    Attributes
    ----------
    name : str
    values : ChunkedArray (n_rows,)
        Text as written, or typed values: integers, floats, booleans, timestamps, times, durations;
        dictionaries of texts where the column is declared to hold categories.
    numbers : int64 array (n_rows,), optional
        The numbers of the rows in the table that was read, from 0; None for 0, 1, ….
    words : tuple of str
        Words that the reader took as missing cells of a typed column.
    """

    name: str
    values: pa.ChunkedArray
    numbers: IntArray | None = None
    words: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def type(self) -> pa.DataType:
        return self.values.type

    @property
    def is_text(self) -> bool:
        return pa.types.is_string(self.type)

    @property
    def is_declared_category(self) -> bool:
        return pa.types.is_dictionary(self.type)

    @cached_property
    def distinct(self) -> Distinct:
        """The distinct texts; typed values are written as CSV files have them."""
        return Distinct.of(texts_of(self.values))

    def take(self, rows: IntArray) -> Cells:
        """These rows, shape (n,), in this order; they keep their numbers."""
        numbers = rows if self.numbers is None else self.numbers[rows]
        return Cells(self.name, self.values.take(pa.array(rows)), numbers, self.words)

    def where(self, kept: BoolArray) -> Cells:
        """The rows that are marked, shape (n_rows,), as `take` has them at a fifth of its cost."""
        numbers = np.flatnonzero(kept) if self.numbers is None else self.numbers[kept]
        return Cells(self.name, self.values.filter(pa.array(kept)), numbers, self.words)

    def row_name(self, position: int) -> str:
        """The row as users count them: from 1, the header left out, in the table as read."""
        number: Any = position if self.numbers is None else self.numbers[position]
        return f"row {int(number) + 1}"
