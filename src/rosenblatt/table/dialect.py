"""Detects the delimiter and the decimal separator of a delimited text from a sample."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from rosenblatt.errors import InputError

if TYPE_CHECKING:
    from _csv import Reader

__all__ = ["Dialect", "csv_rows", "sample_rows", "sniff", "unusual_delimiter"]

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SAMPLE_ROWS = 200
NO_DELIMITERS = "\"'`.+-"  # quotes, and what stands within names, numbers and dates
WITH_COMMA = re.compile(r"[-+]?\d+,\d+")
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
WITH_POINT = re.compile(r"[-+]?\d+\.\d+")


@final
@dataclass(frozen=True)
class Dialect:
    """The character between fields, and the one that numbers have before their decimals."""

    delimiter: str
    decimal: str

    @property
    def delimiter_name(self) -> str:
        return DELIMITERS.get(self.delimiter, repr(self.delimiter))


def csv_rows(lines: io.TextIOBase, delimiter: str) -> Reader:
    """The reader of rows, with the rules for quotes and blanks that pandas is given as well."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def sniff(sample: str, usual: str, given: str | None) -> Dialect:
    """The dialect of a text that starts like `sample`, whole lines.

    Parameters
    ----------
    sample : str
    usual : str
        The delimiter that the file's name suggests, preferred among equals.
    given : str or None
        The delimiter that the user has given.

    Raises
    ------
    InputError
        If the delimiter given does not split the lines.
    """
    if given is None:
        candidates = [usual, *(d for d in DELIMITERS if d != usual)]
        delimiter = max(candidates, key=lambda d: regularity(sample, d))
    else:
        delimiter = checked(sample, given, usual)
    fields = [field for row in sample_rows(sample, delimiter)[1:] for field in row]
    # A decimal comma is believed where commas do not separate and no number has a point.
    decimal_comma = (
        delimiter != ","
        and any(WITH_COMMA.fullmatch(field) for field in fields)
        and not any(WITH_POINT.fullmatch(field) for field in fields)
    )
    return Dialect(delimiter, "," if decimal_comma else ".")


def checked(sample: str, given: str, usual: str) -> str:
    """The delimiter given, if it is one character and splits the header; else InputError."""
    delimiter = {"\\t": "\t", "tab": "\t"}.get(given, given)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise InputError(
            f"the delimiter {given!r} cannot be used: it must be one character, such as , or ;"
        )
    if regularity(sample, delimiter)[1] < 2:
        better = sniff(sample, usual, None)
        if regularity(sample, better.delimiter)[1] >= 2:
            raise InputError(
                f"the delimiter {given!r} leaves the header in one piece: the fields seem to be "
                f"separated by {better.delimiter!r} ({better.delimiter_name})"
            )
        raise InputError(
            f"the delimiter {given!r} does not occur in the header: name the one that the file uses"
        )
    return delimiter


def unusual_delimiter(sample: str, header: str) -> str | None:
    """What splits a header in one piece and all rows alike, or None if nothing does."""
    marks = {
        mark
        for mark in header
        if mark.isprintable() and not mark.isalnum() and mark not in "_" + NO_DELIMITERS
    }
    best = max(marks, key=lambda mark: (regularity(sample, mark), mark), default=None)
    return best if best and splits_into_columns(sample_rows(sample, best)) else None


def splits_into_columns(rows: list[list[str]]) -> bool:
    """Whether these pieces of lines are a header of distinct names and rows of as many fields.

    Two words a line may be one field, such as a person's name: then one of them must be a number.
    """
    names = [name.strip() for name in rows[0]]
    if len(names) < 2 or not all(names) or len(set(names)) < len(names):
        return False
    if len(rows) < 2 or any(len(row) != len(names) for row in rows):
        return False
    return len(names) > 2 or any(
        all(NUMBER.fullmatch(field.strip()) for field in column)
        for column in zip(*rows[1:], strict=True)
    )


def regularity(sample: str, delimiter: str) -> tuple[float, int]:
    """(share of rows with as many fields as the header, that number); (0, 1) if it does not split.

    Sorted by this, a delimiter that splits all rows alike comes before one that occurs by chance.
    """
    rows = sample_rows(sample, delimiter)
    n = len(rows[0]) if rows else 0
    if n < 2:
        return 0.0, 1
    return Counter(len(row) for row in rows)[n] / len(rows), n


def sample_rows(sample: str, delimiter: str) -> list[list[str]]:
    rows = []
    try:
        for row in csv_rows(io.StringIO(sample, newline=""), delimiter):
            if row:
                rows.append(row)
            if len(rows) == SAMPLE_ROWS:
                break
    except csv.Error:  # a field beyond the reader's limit: this is no delimiter
        return []
    return rows
