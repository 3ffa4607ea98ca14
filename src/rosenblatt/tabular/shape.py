"""What is promised of the function that is learnt: directions, and how it goes on beyond rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Final, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief, option
from rosenblatt.support.types import IntArray
from rosenblatt.table import ClassTarget, ColumnKind, Date, Number, TableEncoding, TableFormats
from rosenblatt.table.columns import AnyColumn, Boolean
from rosenblatt.table.names import require_columns
from rosenblatt.tabular.preset import EXTRAPOLATIONS

__all__ = ["ORDINARY", "Shape", "shape_for"]

# Of linear extrapolation, in units of a column's spread, and of the outermost pieces' widths.
FAR: Final = 1e6
ORDERED: Final = (ColumnKind.NUMBER, ColumnKind.DATE, ColumnKind.TRUTH)


@final
@dataclass(frozen=True)
class Shape:
    """Promises, as plain data.

    Attributes
    ----------
    monotone : tuple of (str, int)
        Columns, and 1 where predictions do not fall with them, -1 where they do not rise.
    extrapolation : str
        One of `EXTRAPOLATIONS`.
    """

    monotone: tuple[tuple[str, int], ...] = ()
    extrapolation: str = EXTRAPOLATIONS[0]

    @property
    def is_linear_beyond(self) -> bool:
        return self.extrapolation == "linear"

    @property
    def reach(self) -> float | None:
        """Widths that numbers and their outermost pieces go on for, if they do."""
        return FAR if self.is_linear_beyond else None

    def applied(self, encoding: TableEncoding) -> TableEncoding:
        """The encoding without what would break a promise: cycles of monotone dates, which come
        round, and of linear extrapolation the logarithms."""
        return replace(encoding, columns=tuple(map(self._column, encoding.columns)))

    def _column(self, column: AnyColumn) -> AnyColumn:
        if isinstance(column, Date) and column.name in dict(self.monotone):
            column = replace(column, cycles=())
        if self.is_linear_beyond and isinstance(column, Number | Date):
            column = replace(column, scaling=replace(column.scaling, tail=FAR))
        return column

    def directions(self, encoding: TableEncoding) -> IntArray:
        """The direction of every feature, shape (n_features,): that of its column, but 0 of the
        mark of a missing cell."""
        by_name = dict(self.monotone)
        directions = np.zeros(encoding.n_features, np.int64)
        start = 0
        for column in encoding.columns:
            if isinstance(column, Number | Date | Boolean):
                directions[start] = by_name.get(column.name, 0)
            start += column.n_features
        return directions


ORDINARY: Final = Shape()


def shape_for(
    given: Any, extrapolation: str, formats: TableFormats, *, published: bool = False
) -> Shape:
    """The promises, once they can be kept.

    Parameters
    ----------
    given : mapping of str to int, array-like of shape (n_columns,), or None
        Directions of columns, as scikit-learn takes them.
    extrapolation : str
        One of `EXTRAPOLATIONS`.
    formats : TableFormats
    published : bool
        Whether a published network is trained, which keeps no promise.

    Raises
    ------
    InputError
        For promises of a published network, other directions than -1, 0 and 1, columns that there
        are not, that have no order or are left out, and for targets of more than two classes.
    """
    monotone = directions_by_name(given, [column.name for column in formats.columns])
    require_order(monotone, formats)
    shape = Shape(monotone, extrapolation)
    if published and shape != ORDINARY:
        raise InputError(
            "published networks are neither monotone nor linear beyond the training rows: leave out"
            " the network's name, or these promises"
        )
    return shape


def directions_by_name(given: Any, names: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Columns and their directions, those of 0 left out."""
    if given is None:
        return ()
    if isinstance(given, Mapping):
        require_columns(tuple(map(str, given)), names)
        pairs = [(str(name), direction) for name, direction in given.items()]
    else:
        directions = np.asarray(given, dtype=object).ravel().tolist()
        if len(directions) != len(names):
            raise InputError(
                f"monotonic_cst has {len(directions)} directions, and there are {len(names)}"
                " columns: give one for each, or a dict by their names"
            )
        pairs = list(zip(names, directions, strict=True))
    for name, direction in pairs:
        is_number = isinstance(direction, Real) and not isinstance(direction, bool)
        if not (is_number and direction in (-1, 0, 1)):
            raise InputError(
                f"the direction of the column {name!r} is {brief(direction)}: give 1 for"
                " predictions that do not fall with it, -1 for those that do not rise, or 0"
            )
    return tuple((name, int(direction)) for name, direction in pairs if direction)


def require_order(monotone: tuple[tuple[str, int], ...], formats: TableFormats) -> None:
    kinds = {column.name: column.kind for column in formats.columns}
    for name, _ in monotone:
        if kinds[name] is ColumnKind.DROP:
            raise InputError(
                f"predictions cannot be monotone in the column {name!r}, which is left out: give it"
                " no direction"
            )
        if kinds[name] not in ORDERED:
            raise InputError(
                f"predictions cannot be monotone in the column {name!r}, which is taken for texts:"
                " numbers, dates and truth values alone have an order; if it holds numbers, say"
                f" {option('--column', f'{name}=number')}"
            )
    target = formats.target
    if monotone and isinstance(target, ClassTarget) and len(target.classes) > 2:
        raise InputError(
            f"predictions are monotone of a number or of two classes, and the target"
            f" {target.name!r} has {len(target.classes)}: give no directions"
        )
