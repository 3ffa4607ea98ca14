"""What an expression of PMML is of one column: a line, steps, or a scaling with tails."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, final

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED
from rosenblatt.table import Scaling
from rosenblatt.table.dates import Cycle

__all__ = ["Line", "Scalar", "Steps", "Value", "Wave", "combined", "constant_of", "scaled_by"]

Scalar: TypeAlias = float | str | bool | None  # None of what is missing
Wave: TypeAlias = tuple[Cycle, int]  # 0 of its sine, 1 of its cosine
LONGEST = 60


@final
@dataclass(frozen=True)
class Line:
    """slope · x + shift of a column, x its numbers as they stand or scaled, or a wave of dates."""

    column: str
    slope: float = 1.0
    shift: float = 0.0
    scaling: Scaling | None = None
    wave: Wave | None = None


@final
@dataclass(frozen=True)
class Steps:
    """A value for each of several cells of a column, one for all others, and one of a missing cell.

    `column` is None of a constant.
    """

    column: str | None
    other: Scalar
    missing: Scalar
    cells: Mapping[float | str, Scalar] = field(default_factory=dict)

    def at(self, cell: float | str) -> Scalar:
        return self.cells.get(cell, self.other)


Value: TypeAlias = Line | Steps


def constant_of(value: Scalar) -> Steps:
    return Steps(None, value, value)


def chosen(condition: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    return None if condition is None else yes if condition else no


def same(x: Scalar, y: Scalar) -> Scalar:
    return None if x is None or y is None else x == y


def of_numbers(apply: Callable[[float, float], float]) -> Callable[[Scalar, Scalar], Scalar]:
    """Of a missing number it is missing, too."""

    def applied(x: Scalar, y: Scalar) -> Scalar:
        if x is None or y is None:
            return None
        if isinstance(x, str) or isinstance(y, str):
            raise TypeError("a text is no number")
        return apply(float(x), float(y))

    return applied


ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
OF_SCALARS: Mapping[str, tuple[int, Callable[..., Scalar]]] = {
    **{name: (2, of_numbers(apply)) for name, apply in ARITHMETIC.items()},
    "if": (3, chosen),
    "equal": (2, same),
    "isMissing": (1, lambda x: x is None),
}


def combined(function: str, operands: list[Value], place: str) -> Value:
    """A function of values of one column."""
    n, apply = OF_SCALARS.get(function, (0, None))
    if apply is None or n != len(operands):
        raise InputError(f"{place} applies {function[:LONGEST]!r}, which is not read")
    if any(isinstance(x, Line) for x in operands):
        return of_line(function, operands, place)
    steps = [x for x in operands if isinstance(x, Steps)]
    columns = {x.column for x in steps if x.column is not None}
    if len(columns) > 1:
        raise InputError(f"{place} applies {function!r} to two fields: one is read")
    cells = dict.fromkeys(cell for x in steps for cell in x.cells)
    try:
        return Steps(
            next(iter(columns), None),
            apply(*(x.other for x in steps)),
            apply(*(x.missing for x in steps)),
            {cell: apply(*(x.at(cell) for x in steps)) for cell in cells},
        )
    except ZeroDivisionError as error:
        raise InputError(f"{place} divides by 0: {DAMAGED}") from error
    except TypeError as error:
        raise InputError(f"{place} computes with texts: {DAMAGED}") from error


def of_line(function: str, operands: list[Value], place: str) -> Value:
    """Sums, differences, products and quotients of a line with a constant."""
    if function not in ARITHMETIC:
        raise InputError(f"{place} applies {function!r} to a number as it stands: none is read")
    match operands:
        case [Line() as x, Steps(None, float(c))]:
            if function == "/" and c == 0:
                raise InputError(f"{place} divides by 0: {DAMAGED}")
            ways = {"+": (1.0, c), "-": (1.0, -c), "*": (c, 0.0)}
            slope, shift = ways[function] if function in ways else (1 / c, 0.0)
        case [Steps(None, float(c)), Line() as x] if function != "/":
            slope, shift = {"+": (1.0, c), "-": (-1.0, c), "*": (c, 0.0)}[function]
        case _:
            raise InputError(f"{place} applies {function!r} to two fields: one is read")
    return scaled_by(x, slope, shift)


def scaled_by(x: Value, slope: float, shift: float) -> Value:
    """slope · x + shift."""
    if isinstance(x, Line):
        return replace(x, slope=slope * x.slope, shift=slope * x.shift + shift)

    def moved(value: Scalar) -> Scalar:
        return None if value is None or isinstance(value, str) else slope * value + shift

    cells = {cell: moved(value) for cell, value in x.cells.items()}
    return Steps(x.column, moved(x.other), moved(x.missing), cells)
