"""What stands among and below the rows of a table and is none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NoReturn, final

from rosenblatt.errors import InputError
from rosenblatt.table.files.block_cleaning import CleanBlock
from rosenblatt.table.files.csv_rows import Dialect, Row, rows_of
from rosenblatt.table.files.footer import is_footer
from rosenblatt.table.files.layout import Layout, lines_named
from rosenblatt.table.files.row_blocks import RowBlock, line_at
from rosenblatt.table.files.swallowed_rows import USUAL, require_no_swallowed_rows
from rosenblatt.table.messages import count, quote

__all__ = ["OddRows"]

MOST: Final = 100  # lines of another length at the end: more of them are no footer


@final
class OddRows:
    """Rows with another number of fields, found as blocks are parsed, and judged at the end.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    chunks : callable
        The text from its start.
    dialect : Dialect
    layout : Layout
    """

    def __init__(
        self, name: str, chunks: Callable[[], Iterable[bytes]], dialect: Dialect, layout: Layout
    ) -> None:
        self._name = name
        self._chunks = chunks
        self._dialect = dialect
        self._layout = layout
        self._odd: list[Row] = []
        self._reasons: dict[str, list[int]] = {}
        self._follows_blank = False
        self._n_cells_of_lines = 0

    @property
    def _checks_lines(self) -> bool:
        return self._layout.may_swallow and self._n_cells_of_lines < USUAL

    @property
    def left_out(self) -> tuple[int, ...]:
        lines = [line for lines in self._reasons.values() for line in lines]
        return tuple(sorted([*lines, *(row.line for row in self._odd)]))

    def take(self, clean: CleanBlock, n_rows: int, n_odd: int) -> None:
        """Looks at a block that was parsed; in the order of the file.

        Raises
        ------
        InputError
            If a row has another number of fields and a row of the table follows.
        """
        block = clean.block
        of_lines = block.has_cells_of_lines and self._checks_lines
        if of_lines or block.is_open or n_odd or clean.left_out:
            first = line_at(self._chunks(), block.offset)
            for n_before, reason in clean.left_out:
                self._reasons.setdefault(reason, []).append(first + n_before)
            if self._checks_lines and (block.has_cells_of_lines or block.is_open):
                self._n_cells_of_lines += require_no_swallowed_rows(
                    block.data, first, self._dialect, self._layout, self._name
                )
            if n_odd or block.is_open:
                self._read_slowly(block, first)
                return
        if n_rows and self._odd:
            self._refuse(self._odd[0])

    def _read_slowly(self, block: RowBlock, first: int) -> None:
        for row in rows_of(block.data.decode(errors="replace"), self._dialect, first):
            if row.is_open:
                raise InputError(
                    f"{self._name}, line {row.line}: a quotation mark is left open there: close "
                    "it, or give --quote none if quotation marks are text"
                )
            if row.is_blank:
                self._follows_blank = self._follows_blank or not self._odd
            elif len(row.fields) != self._layout.n_fields:
                if self._is_comment(row):
                    self._reasons.setdefault("comments", []).append(row.line)
                else:
                    self._odd.append(row)
                    if len(self._odd) > MOST:
                        self._refuse(self._odd[0])
            elif self._odd:
                self._refuse(self._odd[0])
            else:
                self._follows_blank = False

    def _is_comment(self, row: Row) -> bool:
        sign = self._layout.comment
        return bool(sign) and row.fields[0].startswith(sign)

    def _refuse(self, row: Row) -> NoReturn:
        found, expected = len(row.fields), self._layout.n_fields
        where = f"{self._name}, line {row.line}"
        if row.last_line > row.line:
            raise InputError(
                f"{where}: a quotation mark opened there reaches into line {row.last_line}, and "
                f"the row has {count(found, 'field')} where the header has {expected}: close it, "
                "or give --quote none if quotation marks are text"
            )
        start = row.fields[0].strip()
        if (found < expected and start[:1] in ("#", "%", "*")) or start[:2] in ("//", "--"):
            sign = start[:1] if start[:1] in ("#", "%", "*") else start[:2]
            raise InputError(
                f"{where} begins with {sign!r} and has {count(found, 'field')} where the header "
                f"has {expected}: give --comment '{sign}' to leave such lines out"
            )
        raise InputError(
            f"{where} has {count(found, 'field')} where the header has {expected}: mend the line, "
            "put quotation marks around fields with a delimiter in them, or name the right "
            "delimiter"
        )

    def close(self, n_rows: int) -> tuple[str, ...]:
        """Notes on what was left out, after the last block; `n_rows` had the right length.

        Raises
        ------
        InputError
            If the last rows are cut short, or no footer.
        """
        numeric = self._layout.numeric
        first_is_numeric = bool(numeric) and numeric[0]
        for row in self._odd:
            n = self._layout.n_fields
            if (
                not n_rows
                or row.last_line > row.line
                or not is_footer(row.fields, n, self._follows_blank, first_is_numeric)
            ):
                self._refuse(row)
        notes = [f"{lines_named(lines)} left out: {why}" for why, lines in self._reasons.items()]
        if self._odd:
            shown = quote([" ".join(filter(None, row.fields)) for row in self._odd])
            where = lines_named([row.line for row in self._odd])
            notes.append(f"{where} left out below the rows: {shown}")
        return tuple(notes)
