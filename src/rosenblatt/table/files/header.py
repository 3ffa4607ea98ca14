"""Whether the first line of a table holds names or is its first row."""

from __future__ import annotations

import re
from enum import Enum
from itertools import pairwise
from typing import Final

from rosenblatt.table.files.plain_numbers import MISSING_WORDS

__all__ = ["FirstLine", "first_line_is", "looks_numeric"]

# Numbers, dates and times in any notation: digits with signs around and between them.
NUMERIC: Final = re.compile(
    r"[-+(<>~\s\u2212$\u20ac\u00a3\u00a5#]*\d[\d\s.,:/'\u2019_+-]*([eE][-+]?\d+)?[)%\s\u20ac$]*"
)
WHOLE: Final = re.compile(r"\d{1,6}")
MOSTLY: Final = 0.8


class FirstLine(Enum):
    """What the first line is."""

    HEADER = "header"
    ROW = "row"
    UNCLEAR = "unclear"


def looks_numeric(cell: str) -> bool:
    return bool(NUMERIC.fullmatch(cell.strip()))


def is_missing(cell: str) -> bool:
    return not cell.strip() or cell.strip().lower() in MISSING_WORDS


def first_line_is(first: list[str], rest: list[list[str]]) -> FirstLine:
    """By its cells against those below them.

    Words above a column of numbers name it. A number above numbers is one of them, unless the
    numbers of the line count something: years, places. Where all is text, a first line whose cells
    occur below is a row, and one whose cells do not is taken for names, as is usual.
    """
    named, numbers, repeated, texts, single = 0, [], 0, 0, False
    for cell, column in zip(first, zip(*rest, strict=True), strict=False):
        present = [other for other in column if not is_missing(other)]
        if is_missing(cell) or not present:
            continue
        if sum(map(looks_numeric, present)) >= MOSTLY * len(present):
            if looks_numeric(cell):
                numbers.append((cell.strip(), present))
            else:
                named += 1
        elif not looks_numeric(cell):
            texts += 1
            repeated += cell.strip() in {other.strip() for other in present}
    if not numbers:
        if named or not repeated:
            return FirstLine.HEADER
        return FirstLine.ROW if repeated == texts and texts > 1 else FirstLine.UNCLEAR
    cells = [cell for cell, _ in numbers]
    if counts_on(cells) or (named and all(map(WHOLE.fullmatch, cells)) and distinct(cells)):
        return FirstLine.UNCLEAR if repeated and not named else FirstLine.HEADER
    single = len(numbers) == 1 and not repeated
    if named or (single and names_a_column_of_fractions(*numbers[0])):
        return FirstLine.UNCLEAR
    if texts > repeated and all(map(WHOLE.fullmatch, cells)):
        return FirstLine.UNCLEAR
    return FirstLine.ROW


def counts_on(cells: list[str]) -> bool:
    """Whether these are two whole numbers or more at equal distances, such as years."""
    if len(cells) < 2 or not all(map(WHOLE.fullmatch, cells)):
        return False
    steps = {int(b) - int(a) for a, b in pairwise(cells)}
    return len(steps) == 1 and steps != {0}


def distinct(cells: list[str]) -> bool:
    return len(set(cells)) == len(cells)


def names_a_column_of_fractions(cell: str, column: list[str]) -> bool:
    """Whether a lone whole number stands above fractions: 1990, or the 0 of an unnamed column."""
    return bool(WHOLE.fullmatch(cell)) and not any(WHOLE.fullmatch(c.strip()) for c in column)
