"""What stands around the digits in a column: unit, multipliers, the place of the minus sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rosenblatt.table.notation.multipliers import LETTERS
from rosenblatt.table.notation.number_cells import NumberCell, SignStyle
from rosenblatt.table.notation.numbers import NumberNotation
from rosenblatt.table.notation.units import canonical_unit

__all__ = ["style_of"]

UNIT_SHARE = 0.8  # share of the numbers that must have a unit before it is that of all


def style_of(cells: Sequence[tuple[NumberCell, int]]) -> NumberNotation:
    """The notation of most of these cells and their counts, its separators left open."""
    letter = common_letter(cells)
    return NumberNotation(
        unit=letter or common_unit(cells),
        multipliers=not letter and any(cell.multiplier for cell, _ in cells),
        spaced_letters=has_thousands_and_more({cell.multiplier for cell, _ in cells}),
        trailing_minus=has_trailing_minus(cell for cell, _ in cells),
    )


def common_letter(cells: Sequence[tuple[NumberCell, int]]) -> str:
    """K in a column of "300 K" and "295 K"."""
    found = Counter[str]()
    for cell, count in cells:
        alone = cell.spaced and not cell.unit and cell.multiplier in LETTERS
        found[cell.multiplier if alone else ""] += count
    letter, count = found.most_common(1)[0]
    return letter if count >= UNIT_SHARE * found.total() else ""


def has_thousands_and_more(multipliers: set[str]) -> bool:
    """Whether K and M, or K and B, occur: then they are neither kelvins nor of other languages."""
    return bool(multipliers & {"K", "k"}) and bool(multipliers & {"M", "B"})


def common_unit(cells: Sequence[tuple[NumberCell, int]]) -> str:
    """The unit of most cells that have one, if nearly all have; as most of them write it."""
    spellings = Counter[str]()
    bare = 0
    for cell, count in cells:
        if cell.unit:
            spellings[cell.unit] += count
        elif cell.body != "0":  # nothing is nothing in every unit
            bare += count
    units = Counter[str]()
    for spelling, count in spellings.items():
        units[canonical_unit(spelling)] += count
    if not units:
        return ""
    unit, count = units.most_common(1)[0]
    if count < UNIT_SHARE * (count + bare):
        return ""
    return next(s for s, _ in spellings.most_common() if canonical_unit(s) == unit)


def has_trailing_minus(cells: Iterable[NumberCell]) -> bool:
    """Not where it may be half a grade: beside 3+, or beside -5."""
    styles, bounded = set(), False
    for cell in cells:
        styles.add(cell.style)
        bounded |= cell.bounded
    return SignStyle.TRAILING in styles and SignStyle.LEADING not in styles and not bounded
