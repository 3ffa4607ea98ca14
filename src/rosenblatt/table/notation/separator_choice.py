"""Decides between the signs that the numbers of a column may have, from all of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.table.notation.number_cells import NumberCell
from rosenblatt.table.notation.separators import COMMON, Separators

__all__ = ["SeparatorChoice", "choose_separators", "points_of"]

Counted = Sequence[tuple[NumberCell, int]]

SLIPS = 0.05  # what contradicts is a slip up to this share of the cells that prove
MANY = 10  # shapes or rows of grouped numbers beside which small ones are no coincidence


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
    """The signs that read most rows; `decimal` and `thousands` are those that are given."""
    points = {s: tuple(s.n_decimals(cell) for cell, _ in cells) for s in COMMON}
    rows = {s: rows_read(points[s], cells) for s in COMMON}
    known = [s for s in COMMON if decimal in (None, s.decimal) and thousands in (None, s.grouping)]
    if not known or 2 * max(rows[s] for s in known) < max(rows.values()):
        decimal, known = None, list(COMMON)
    best = [s for s in known if rows[s] == max(rows[k] for k in known)]
    # Of as many rows, but others: then this is no ambiguity but a contradiction.
    best = [s for s in best if reads(points[s]) == reads(points[best[0]])]
    distinct = {points[s]: s for s in reversed(best)}
    candidates = tuple(s for s in best if distinct[points[s]] == s)
    if len(candidates) > 1:
        pair = small_beside_grouped(cells)
        grouped = next((s for s in candidates if pair and not any(points[s])), None)
        if pair is None or grouped is None:
            return SeparatorChoice(candidates, True, ())
        return SeparatorChoice((grouped,), True, pair)
    alike = {s.decimal for s in best if points[s] == points[best[0]]}
    proven = decimal is not None or len(alike) == 1
    if proven and decimal is None and is_contradicted(best[0], cells):
        proven = False
    return SeparatorChoice((best[0],), proven, () if decimal else proof(best[0], cells))


def rows_read(points: Sequence[int | None], cells: Counted) -> int:
    return sum(count for n, (_, count) in zip(points, cells, strict=True) if n is not None)


def reads(points: Sequence[int | None]) -> tuple[bool, ...]:
    return tuple(n is not None for n in points)


def small_beside_grouped(cells: Counted) -> tuple[int, int] | None:
    """The places of a number below 1000 and of one with a sign, if the signs must be thousands'.

    They must be if small numbers have none and no number from 1000 on is without: 950 and 45,000.
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


def points_of(cell: NumberCell) -> set[int]:
    """Where common signs may place the decimal point."""
    return {n for s in COMMON if (n := s.n_decimals(cell)) is not None}


def marks_of(cell: NumberCell) -> set[str]:
    return {mark for mark in cell.body if not mark.isalnum()}
