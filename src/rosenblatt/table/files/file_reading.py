"""What was decided about a file, as plain data that goes into a model file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.support.listing import count
from rosenblatt.table.table import Table

__all__ = ["AsText", "FileReading", "TableFile", "require_rows"]

# Columns whose cells stay as written; or what chooses them by the names of all columns.
AsText = Collection[str] | Callable[[Sequence[str]], Collection[str]]

DELIMITERS = {"\t": "tabs", " ": "spaces"}


@final
@dataclass(frozen=True)
class FileReading:
    """How a file was read; the defaults are those of a file that is no text.

    Attributes
    ----------
    file_type : str
        "text", "parquet", "arrow", "json lines", "spreadsheet" or "sqlite".
    encoding : str
        Character encoding, as Python names it.
    delimiter, quote : str
        Between and around fields; `quote` "" for none.
    header_line : int
        The line with the names of the columns, from 1; 0 if there is none.
    names : tuple of str
        Of the columns, in their order.
    skipped : tuple of int
        Numbers of lines above the rows that were left out: titles, comments, directives.
    comment : str
        What comment lines begin with; "" if there are none.
    row_names : bool
        Whether rows begin with a name that the header has no field for.
    left_out : tuple of int
        Numbers of lines among and below the rows that were left out: repeated headers, footers.
    part : str
        The sheet of a workbook or the table of a database.
    """

    file_type: str
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    header_line: int = 0
    names: tuple[str, ...] = ()
    skipped: tuple[int, ...] = ()
    comment: str = ""
    row_names: bool = False
    left_out: tuple[int, ...] = ()
    part: str = ""

    def describe(self) -> str:
        """What was decided about the file, in a few words."""
        if self.file_type != "text":
            return self.file_type
        header = f"header in line {self.header_line}" if self.header_line else "no header"
        named = DELIMITERS.get(self.delimiter, repr(self.delimiter))
        delimiter = f"separated by {named}" if self.delimiter else "one column"
        return f"{self.encoding}, {delimiter}, {header}"


@final
@dataclass(frozen=True, eq=False)
class TableFile:
    """A table, how its file was read, and notes on what was decided for the user to check."""

    table: Table
    reading: FileReading
    notes: tuple[str, ...] = ()


def require_rows(name: str, n_rows: int, fewest: int) -> None:
    """InputError for a file with fewer rows than what is to be done with them takes."""
    if n_rows < fewest:
        raise InputError(
            f"{name} has {count(n_rows, 'row')}, and {fewest} are needed at least: add rows"
        )
