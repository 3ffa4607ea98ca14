"""Recognises how the numbers of a column are written, from all of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np
import pyarrow as pa

from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.notation.number_cells import NumberCell, cell_of, is_error
from rosenblatt.table.notation.number_style import style_of
from rosenblatt.table.notation.numbers import NumberNotation
from rosenblatt.table.notation.separator_choice import choose_separators
from rosenblatt.table.notation.separators import points_of
from rosenblatt.table.notation.shapes import Shapes

__all__ = ["NumberFinding", "recognise_numbers"]

Places = Sequence[tuple[int, NumberCell, int]]  # the place of a shape, its parts, its rows
MOST_SHAPES = 5000  # far more than half of the numbers of any column have
ADDRESS = "999.999.999.999"


@final
@dataclass(frozen=True, eq=False)
class NumberFinding:
    """How the numbers of a column are written, and what about it is doubtful.

    Attributes
    ----------
    notation : NumberNotation
        The one that the cells decide for; the first of `alternatives` if they do not.
    alternatives : tuple of NumberNotation
        Two or more that read all cells, but to other values, where nothing decides; else empty.
    strange : bool array (n_texts,)
        The texts that are no number so written; errors and censored values are among them.
    errors : bool array (n_texts,)
        Errors of spreadsheets, such as #DIV/0!.
    censored : bool array (n_texts,)
        Bounds and estimates, such as <0.5 and ~3.
    bare : bool array (n_texts,)
        Numbers without the unit that the others have.
    evidence : str
        The cell that decides what the signs mean, or two that do so together; "" for none.
    reason : str
        Two cells that are numbers, but not both in one notation; "" for none.
    example : str
        A cell that the alternatives read to different values; "" without alternatives.
    """

    notation: NumberNotation
    alternatives: tuple[NumberNotation, ...]
    strange: BoolArray
    errors: BoolArray
    censored: BoolArray
    bare: BoolArray
    evidence: str
    reason: str
    example: str


def recognise_numbers(
    texts: pa.Array | pa.ChunkedArray,
    counts: IntArray,
    decimal: str | None = None,
    thousands: str | None = None,
) -> NumberFinding | None:
    """How the numbers of a column are written; None if less than half of its rows are numbers.

    Bounds count as numbers there, but a column of nothing else has none.

    Parameters
    ----------
    texts : StringArray (n_texts,)
        Distinct, without blanks around them; words for missing left out.
    counts : int array (n_texts,)
        How many rows have each text.
    decimal, thousands : str, optional
        The signs that are known; `thousands` "" for none. They are left aside in a column that
        is clearly written with others.
    """
    shapes = Shapes.of(texts)
    weights = shapes.weights(counts)
    if 2 * np.sort(weights)[-MOST_SHAPES:].sum() < weights.sum():
        return None
    cells = [cell_of(text) for text in shapes.texts]
    exclude_addresses(shapes, cells)
    column = [
        (place, cell, int(weights[place]))
        for place, cell in enumerate(cells)
        if cell is not None and points_of(cell)
    ]
    errors = np.array([is_error(text) for text in shapes.texts], dtype=np.bool_)
    n_readable = sum(count for _, _, count in column)
    if not n_readable or 2 * n_readable < weights[~errors].sum():
        return None
    style = style_of([(cell, count) for _, cell, count in column])
    around = replace(style, bounds=True)
    usual = [(place, cell, count) for place, cell, count in column if around.fits_around(cell)]
    counted = [(cell, count) for _, cell, count in usual]
    choice = choose_separators(counted, decimal, thousands)
    notations = tuple(
        replace(
            style,
            decimal=signs.decimal,
            grouping=signs.grouping,
            indian=signs.indian,
            proven=choice.proven,
        )
        for signs in choice.candidates
    )
    notation = notations[0]
    read = {place for place, cell, _ in column if notation.n_decimals(cell) is not None}
    if not read:
        return None

    def example(place: int) -> str:
        text: str = texts[int(shapes.members(place)[0])].as_py()
        return text

    return NumberFinding(
        notation=notation,
        alternatives=notations if len(notations) > 1 else (),
        strange=shapes.having(set(range(len(cells))) - read),
        errors=shapes.having(np.flatnonzero(errors)),
        censored=shapes.having(place for place, cell, _ in column if cell.bounded),
        bare=shapes.having(
            place for place, cell, _ in column if place in read and is_bare(cell, notation)
        ),
        evidence=" beside ".join(example(usual[i][0]) for i in choice.evidence),
        reason=" beside ".join(example(place) for place in contradiction(column, read)),
        example=next((example(place) for place, cell, _ in usual if differ(notations, cell)), ""),
    )


def exclude_addresses(shapes: Shapes, cells: list[NumberCell | None]) -> None:
    """Take texts such as 192.168.100.101, if all are of bytes, for no numbers with groups."""
    if ADDRESS not in shapes.texts:
        return
    shape = shapes.texts.index(ADDRESS)
    if all((block[:, [0, 4, 8, 12]] <= ord("2")).all() for _, block in shapes.columns(shape)):
        cells[shape] = None


def is_bare(cell: NumberCell, notation: NumberNotation) -> bool:
    unit = cell.unit or (cell.multiplier if not notation.multipliers else "")
    return bool(notation.unit) and not unit and cell.body != "0"


def contradiction(column: Places, read: set[int]) -> tuple[int, ...]:
    """The places of the most frequent number that is read, and of the one that is not."""
    ours = max((entry for entry in column if entry[0] in read), key=rows_of, default=None)
    others = (entry for entry in column if entry[0] not in read and not entry[1].bounded)
    other = max(others, key=rows_of, default=None)
    return (ours[0], other[0]) if ours and other else ()


def rows_of(entry: tuple[int, NumberCell, int]) -> int:
    return entry[2]


def differ(notations: Sequence[NumberNotation], cell: NumberCell) -> bool:
    return len({notation.n_decimals(cell) for notation in notations}) > 1
