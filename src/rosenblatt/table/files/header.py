"""Whether the first line of a table holds names or is its first row."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import Final

from rosenblatt.table.missing_words import AMONG_NUMBERS

__all__ = ["FirstLine", "first_line_is", "is_missing", "is_numeric_column", "looks_numeric"]

# Numbers, dates and times in any notation: digits with signs around and between them. Nothing is
# tried twice: a cell may have megabytes.
NUMERIC: Final = re.compile(
    r"[-+(<>~\s\u2212$\u20ac\u00a3\u00a5#]*+\d[\d\s.,:/'\u2019_+-]*+([eE][-+]?\d++)?+[)%\s\u20ac$]*+"
)
WHOLE: Final = re.compile(r"\d{1,6}")
YEAR: Final = re.compile(r"1[5-9]\d\d|2[01]\d\d")
MOSTLY: Final = 0.8


class FirstLine(Enum):
    """What the first line is."""

    HEADER = "header"
    ROW = "row"
    UNCLEAR = "unclear"


def looks_numeric(cell: str) -> bool:
    return bool(NUMERIC.fullmatch(cell.strip()))


def is_missing(cell: str) -> bool:
    return not cell.strip() or cell.strip().lower() in AMONG_NUMBERS


def is_numeric_column(cells: list[str]) -> bool:
    """Whether most cells that are not missing are numbers or dates, in any notation."""
    present = [cell for cell in cells if not is_missing(cell)]
    return bool(present) and sum(map(looks_numeric, present)) >= MOSTLY * len(present)


def first_line_is(first: list[str], rest: list[list[str]]) -> FirstLine:
    """By its cells against those below them.

    Words above a column of numbers name it. A number above numbers is one of them, unless the
    numbers of the line count something: years, places. Where all is text, a first line whose cells
    occur below is a row, and one whose cells do not is taken for names, as is usual.
    """
    named, repeated, texts = 0, 0, 0
    numbers: list[tuple[str, set[str]]] = []
    for cell, column in zip(first, zip(*rest, strict=True), strict=False):
        present = {other.strip() for other in column if not is_missing(other)}
        if is_missing(cell) or not present:
            continue
        if is_numeric_column(list(column)):
            if looks_numeric(cell):
                numbers.append((cell.strip(), present))
            else:
                named += 1
        elif not looks_numeric(cell):
            texts += 1
            repeated += cell.strip() in present
    if not numbers:
        if named or not repeated:
            return FirstLine.HEADER
        return FirstLine.ROW if repeated == texts > 1 else FirstLine.UNCLEAR
    cells = [cell for cell, _ in numbers]
    are_whole = all(map(WHOLE.fullmatch, cells))
    if named and are_whole and len(set(cells)) == len(cells):
        return FirstLine.HEADER
    if first in rest:  # a header of numbers is seldom repeated, and a row often
        return FirstLine.UNCLEAR if named else FirstLine.ROW
    if are_years(cells) or (counts_columns(cells) and not (repeated and texts == repeated)):
        few = len(cells) == 2 and any(cell in column for cell, column in numbers)
        return FirstLine.UNCLEAR if few else FirstLine.HEADER
    if named or (not repeated and texts and are_whole):
        return FirstLine.UNCLEAR
    if len(numbers) == 1 and not repeated and above_fractions(*numbers[0]):
        return FirstLine.UNCLEAR
    return FirstLine.ROW


def counts_columns(cells: list[str]) -> bool:
    """Whether these are 0, 1, 2, … or 1, 2, 3, …."""
    return len(cells) > 1 and cells in ([str(i + j) for i in range(len(cells))] for j in (0, 1))


def are_years(cells: list[str]) -> bool:
    """Whether these are rising years."""
    if len(cells) < 2 or not all(map(YEAR.fullmatch, cells)):
        return False
    return all(int(a) < int(b) for a, b in pairwise(cells))


def above_fractions(cell: str, column: set[str]) -> bool:
    """Whether a lone whole number stands above fractions: 1990, or the 0 of an unnamed column."""
    return bool(WHOLE.fullmatch(cell)) and not any(WHOLE.fullmatch(c) for c in column)
