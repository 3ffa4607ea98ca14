"""Decides between the signs that the numbers of a column may have, from all of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.table.notation.number_cells import NumberCell
from rosenblatt.table.notation.separators import COMMON, Separators, points_of

__all__ = ["SeparatorChoice", "choose_separators"]

Counted = Sequence[tuple[NumberCell, int]]

SLIPS = 0.05  # what contradicts is a slip up to this share of the cells that prove
MANY = 100  # rows of grouped numbers that prove their grouping beside numbers below 100


@final
@dataclass(frozen=True)
class SeparatorChoice:
    """Signs, and why these.

    Attributes
    ----------
    candidates : tuple of Separators
        One if the cells decide; else those between which they do not.
    proven : bool
        Whether the cells show which sign is the decimal one.
    evidence : tuple of int
        The places of the cells that decide: one, two that do so together, or none.
    """

    candidates: tuple[Separators, ...]
    proven: bool
    evidence: tuple[int, ...]


def choose_separators(
    cells: Counted, decimal: str | None = None, thousands: str | None = None
) -> SeparatorChoice:
    """The signs that read most rows; `decimal` and `thousands` are those that are given.

    Those given are left aside if other signs read twice as many of the rows that have any.
    """
    points = [tuple(s.n_decimals(cell) for cell, _ in cells) for s in COMMON]
    rows = [rows_read(p, [count for _, count in cells]) for p in points]
    known = [i for i, s in enumerate(COMMON) if is_allowed(s, decimal, thousands)]
    signed = [0 if cell.body.isdigit() else count for cell, count in cells]
    rows_signed = [rows_read(p, signed) for p in points]
    if not known or 2 * max(rows_signed[i] for i in known) < max(rows_signed):
        decimal, known = None, list(range(len(COMMON)))
    most = max(rows[i] for i in known)
    best = [i for i in known if rows[i] == most]
    # Of as many rows, but others: then this is no ambiguity but a contradiction.
    best = [i for i in best if reads(points[i]) == reads(points[best[0]])]
    first_of = {points[i]: i for i in reversed(best)}
    candidates = tuple(COMMON[i] for i in sorted(first_of.values()))
    if len(candidates) > 1:
        pair = small_beside_grouped(cells)
        grouped = next((COMMON[i] for i in first_of.values() if not any(points[i])), None)
        if pair is None or grouped is None:
            return SeparatorChoice(candidates, True, ())
        return SeparatorChoice((grouped,), True, pair)
    (signs,) = candidates
    if decimal is not None:
        return SeparatorChoice(candidates, True, ())
    is_proven = len({COMMON[i].decimal for i in best}) == 1 and not is_contradicted(signs, cells)
    return SeparatorChoice(candidates, is_proven, proof(signs, cells))


def is_allowed(signs: Separators, decimal: str | None, thousands: str | None) -> bool:
    return decimal in (None, signs.decimal) and thousands in (None, signs.grouping)


def rows_read(points: Sequence[int | None], counts: Sequence[int]) -> int:
    return sum(count for n, count in zip(points, counts, strict=True) if n is not None)


def reads(points: Sequence[int | None]) -> tuple[bool, ...]:
    return tuple(n is not None for n in points)


def small_beside_grouped(cells: Counted) -> tuple[int, int] | None:
    """The places of a number below 1000 and of one with a sign, if the signs must be thousands'.

    They must be if small numbers have none and no number from 1000 on is without: 950 and 45,000.
    Beside 5 alone 1,250 may be a decimal, unless very many are written so.
    """
    small: dict[int, int] = {}  # digits by place
    signed: dict[int, int] = {}  # rows by place
    for i, (cell, count) in enumerate(cells):
        if not cell.body.isdigit():
            signed[i] = count
        elif len(cell.body) > 3 or (cell.body.startswith("0") and cell.body != "0"):
            return None
        elif cell.body != "0":
            small[i] = len(cell.body)
    if not small or not signed or (max(small.values()) < 3 and sum(signed.values()) < MANY):
        return None
    return max(small, key=lambda i: small[i]), max(signed, key=lambda i: signed[i])


def is_contradicted(signs: Separators, cells: Counted) -> bool:
    """Whether cells of other signs leave open what these signs mean in cells that prove nothing."""
    against = ambiguous = 0
    unclear: set[str] = set()
    certain = []
    for cell, count in cells:
        n, all_points = signs.n_decimals(cell), points_of(cell)
        if n is None:
            against += count if all_points else 0
        elif len(all_points) > 1:
            ambiguous += count
            unclear |= marks_of(cell)
        else:
            certain.append((cell, count))
    proofs = sum(count for cell, count in certain if marks_of(cell) & unclear)
    return bool(ambiguous) and against > SLIPS * proofs


def proof(signs: Separators, cells: Counted) -> tuple[int, ...]:
    """The place of the most frequent cell that can be read in one way only."""
    proving = {
        i: count
        for i, (cell, count) in enumerate(cells)
        if marks_of(cell) and points_of(cell) == {signs.n_decimals(cell)}
    }
    return (max(proving, key=lambda i: proving[i]),) if proving else ()


def marks_of(cell: NumberCell) -> set[str]:
    return {mark for mark in cell.body if not mark.isalnum()}
