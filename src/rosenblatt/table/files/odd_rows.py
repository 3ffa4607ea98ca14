"""What stands among and below the rows of a table and is none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.table.files.block_parsing import ParsedBlock
from rosenblatt.table.files.csv_rows import Dialect, Row, rows_of
from rosenblatt.table.files.layout import Layout, lines_named
from rosenblatt.table.files.row_blocks import RowBlock
from rosenblatt.table.messages import count, quote

__all__ = ["OddRows"]


@final
class OddRows:
    """Rows with another number of fields, found as blocks are parsed, and judged at the end."""

    def __init__(self, name: str, dialect: Dialect, layout: Layout, names: Sequence[str]) -> None:
        self._name = name
        self._dialect = dialect
        self._layout = layout
        self._names = names
        self._odd: list[Row] = []
        self._last_regular = 0

    @property
    def left_out(self) -> tuple[int, ...]:
        return tuple(row.line for row in self._odd)

    def cleaned(self, block: RowBlock) -> RowBlock:
        """The block without what can be left out at once."""
        return block

    def take(self, parsed: ParsedBlock, block: RowBlock) -> None:
        if not parsed.n_odd and not block.is_open:
            if parsed.n_rows:
                self._last_regular = block.line
                self._require_end()
            return
        for row in rows_of(block.data.decode(errors="replace"), self._dialect, block.line):
            if row.is_open:
                raise InputError(
                    f"{self._name}, line {row.line}: a quotation mark is left open there: close "
                    "it, or give --quote none if quotation marks are text"
                )
            if row.is_blank:
                continue
            if len(row.fields) == self._layout.n_fields:
                self._last_regular = row.line
                self._require_end()
            elif not self._is_comment(row):
                self._odd.append(row)

    def _is_comment(self, row: Row) -> bool:
        sign = self._layout.comment
        return bool(sign) and row.fields[0].startswith(sign)

    def _require_end(self) -> None:
        """InputError if a row of another length was no footer, now that a regular one follows."""
        if self._odd:
            raise self._ragged(self._odd[0])

    def _ragged(self, row: Row) -> InputError:
        found, expected = len(row.fields), self._layout.n_fields
        return InputError(
            f"{self._name}, line {row.line} has {count(found, 'field')} where the header has "
            f"{expected}: mend the line, put quotation marks around fields with a delimiter in "
            "them, or name the right delimiter"
        )

    def notes(self) -> tuple[str, ...]:
        """After the last block: short lines at the end are a footer."""
        if not self._odd:
            return ()
        for row in self._odd:
            if sum(bool(cell.strip()) for cell in row.fields) > 1 or len(row.fields) > len(
                self._names
            ):
                raise self._ragged(row)
        shown = quote([" ".join(filter(None, row.fields)) for row in self._odd])
        where = lines_named([row.line for row in self._odd])
        return (f"{where} left out below the rows: {shown}",)
