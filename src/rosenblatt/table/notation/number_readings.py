"""The values that one cell may have, whatever the notation."""

from __future__ import annotations

import pyarrow as pa

from rosenblatt.table.notation.number_cells import cell_of
from rosenblatt.table.notation.numbers import NumberNotation
from rosenblatt.table.notation.separators import COMMON
from rosenblatt.table.notation.shapes import Shapes

__all__ = ["readings"]


def readings(text: str, like: NumberNotation | None = None) -> tuple[float, ...]:
    """The values that a cell may have under the common signs: exactly one is certain.

    Empty for what is no number and for bounds such as <0.5. If `like` is given, so are numbers of
    another unit than its own.
    """
    texts = pa.array([text])
    (shape,) = Shapes.of(texts).texts
    cell = cell_of(shape)
    if cell is None or cell.bounded or shape == "999.999.999.999":
        return ()
    found = set()
    for signs in COMMON:
        notation = NumberNotation(
            signs.decimal,
            signs.grouping,
            cell.unit if like is None else like.unit,
            signs.indian,
            multipliers=like is None or not like.is_unit(cell),
            spaced_letters=like is not None and like.spaced_letters,
            trailing_minus=True,
        )
        if notation.n_decimals(cell) is not None:
            found.add(float(notation.parse(texts)[0][0]))
    return tuple(sorted(found))
