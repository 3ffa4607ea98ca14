"""The columns of a PMML document's table, and what its network's inputs are of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.design import Design, matrix_of
from rosenblatt.importing.pmml_values import Line, Scalar, Steps, Value

if TYPE_CHECKING:
    from rosenblatt.table import Scaling
    from rosenblatt.table.columns import AnyColumn

__all__ = ["design_of"]

LONGEST = 60
Weights = tuple[float, dict[int, float]]  # a constant, and a weight for each feature of the column


def design_of(inputs: Sequence[Value], texts: Mapping[str, tuple[str, ...] | None]) -> Design:
    """Of the inputs of a network, and of each column its texts, or None for numbers."""
    of: dict[str, list[tuple[int, Value]]] = {}
    for k, one in enumerate(inputs):
        if one.column is not None:
            of.setdefault(one.column, []).append((k, one))
    constants = np.array([one.shift if isinstance(one, Line) else 0.0 for one in inputs])
    columns: list[AnyColumn] = []
    entries: list[tuple[int, int, float]] = []
    row = 0
    for name, values in of.items():
        column, features = of_column(name, [one for _, one in values], texts[name])
        columns.append(column)
        for k, one in values:
            base, weights = features(one)
            constants[k] += base
            entries += [(row + place, k, weight) for place, weight in weights.items()]
        row += column.n_features
    for k, one in enumerate(inputs):
        if isinstance(one, Steps) and one.column is None:
            constants[k] = as_number(one.other)
    return Design(tuple(of), tuple(columns), matrix_of(entries, (row, len(inputs))), constants)


def as_number(value: Scalar) -> float:
    if isinstance(value, str) or value is None:
        raise InputError("an input of the network is a text or missing, and a number is needed")
    return float(value)


def of_column(
    name: str, values: Sequence[Value], texts: tuple[str, ...] | None
) -> tuple[AnyColumn, Callable[[Value], Weights]]:
    """The column, and what values are of its features."""
    from rosenblatt.importing.saved import plain_number
    from rosenblatt.table import Boolean, Category, Number
    from rosenblatt.table.dates import Cycle, Date

    steps = [one for one in values if isinstance(one, Steps)]
    cells = dict.fromkeys(cell for one in steps for cell in one.cells)
    has_gaps = any(one.missing not in (None, one.other) for one in steps)
    if texts is not None:
        known = tuple(dict.fromkeys([*texts, *map(str, cells)]))
        places: dict[object, int] = {text: k for k, text in enumerate(known)}
        column: AnyColumn = Category(name, known, (), indicator=has_gaps)
        return column, partial(of_value, places=places, gap=len(known))
    lines = [one for one in values if isinstance(one, Line)]
    scalings = {one.scaling for one in lines if one.wave is None}
    if cells:
        if lines or not cells.keys() <= {0.0, 1.0}:
            raise InputError(
                f"the field {name[:LONGEST]!r} is compared with numbers: one that is 0 or 1, and"
                " nothing else, is read"
            )
        return Boolean(name, indicator=True, often_true=False), of_truth
    if len(scalings) > 1:
        raise InputError(f"the field {name[:LONGEST]!r} is scaled in two ways: one is read")
    scaling: Scaling | None = next(iter(scalings), None)
    waves = {one.wave for one in lines if one.wave is not None}
    if waves:
        if scaling is None:
            raise InputError(
                f"the field {name[:LONGEST]!r} has the waves of a date, and is not scaled as one"
            )
        cycles = tuple(cycle for cycle in Cycle if cycle in {of for of, _ in waves})
        column = Date(name, scaling, cycles, indicator=has_gaps)
        places = {of: 1 + 2 * cycles.index(of[0]) + of[1] for of in waves}
        return column, partial(of_value, places=places, gap=column.n_features - 1)
    if scaling is None:
        column = plain_number(name, indicator=has_gaps)
    else:
        column = Number(name, integral=False, scaling=scaling, indicator=has_gaps)
    return column, partial(of_value, places={}, gap=1)


def of_value(one: Value, places: Mapping[object, int], gap: int) -> Weights:
    if isinstance(one, Line):
        return 0.0, {0 if one.wave is None else places[one.wave]: one.slope}
    base = as_number(one.other)
    weights = {places[cell]: as_number(value) - base for cell, value in one.cells.items()}
    if one.missing is not None:
        weights[gap] = as_number(one.missing) - base
    return base, {place: weight for place, weight in weights.items() if weight}


def of_truth(one: Value) -> Weights:
    """Features: 1 is true, and 1 is missing, which another number than 0 and 1 is taken for."""
    assert isinstance(one, Steps)
    if one.missing not in (None, one.other):
        raise InputError(
            f"the field {(one.column or '')[:LONGEST]!r} tells a missing cell from numbers but 0"
            " and 1, which is not read"
        )
    base, yes = as_number(one.at(0.0)), as_number(one.at(1.0))
    return base, {0: yes - base, 1: as_number(one.other) - base}
