"""A column's scaling with logarithmic tails and a date's waves, as the export to PMML has them."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import TypeAlias

from rosenblatt.errors import InputError
from rosenblatt.importing.pmml_values import Wave
from rosenblatt.importing.pmml_xml import Element, number_of
from rosenblatt.importing.source import DAMAGED
from rosenblatt.table.dates import Cycle
from rosenblatt.table.scaling import FARTHEST, Scaling

__all__ = ["scaling_in", "wave_in"]

Named: TypeAlias = Callable[[str], Element | None]  # the expression of a derived field
LARGEST = sys.float_info.max
WAVES = ("sin", "cos")  # in the order of a date's features


class Unlike(Exception):
    """An expression is another one than is looked for."""


def scaling_in(element: Element, named: Named) -> tuple[str, Scaling] | None:
    """The column and its scaling t((t(z) - mean) / std), z = (x - center) / spread; None where the
    expression is another one.

    Raises
    ------
    InputError
        For scales that are none.
    """
    try:
        outer, tail = within_tails(element, named)
        units, std = constant_behind("/", outer, named)
        inner, mean = constant_behind("-", units, named)
        clipped, tail_within = within_tails(inner, named)
        below, high = constant_behind("min", clipped, named)
        z, low = constant_behind("max", below, named)
        distance, spread = constant_behind("/", z, named)
        filled, center = constant_behind("-", distance, named)
        name, instead = filled_cell(filled, named)
        if (instead, tail_within, low, high) != (center, tail, -LARGEST, LARGEST):
            return None
    except Unlike:
        return None
    try:
        return name, Scaling(center, spread, mean, std, tail)
    except ValueError as error:
        raise InputError(f"the scaling of {name[:60]!r} is none: {DAMAGED}") from error


def wave_in(element: Element, named: Named) -> tuple[str, Wave] | None:
    """The column of dates and the wave, 0 where the date is missing; None where the expression is
    another one."""
    try:
        missing, zero, wave = parts_of("if", element, named, 3)
        (of,) = parts_of("isMissing", missing, named, 1)
        function = wave.get("function") or ""
        if function not in WAVES or number(zero) != 0:
            return None
        (angle,) = parts_of(function, wave, named, 1)
        around, days = constant_behind("/", angle, named)
        circle, place = parts_of("*", around, named, 2)
        name, _ = filled_cell(place, named)
        cycles = [cycle for cycle in Cycle if cycle.days == days]
        if number(circle) != 2 * math.pi or of.get("field") != name or not cycles:
            return None
    except Unlike:
        return None
    return name, (cycles[0], WAVES.index(function))


def filled_cell(element: Element, named: Named) -> tuple[str, float]:
    """The column of a cell, and the number that stands for a missing one."""
    missing, instead, cell = parts_of("if", element, named, 3)
    (of,) = parts_of("isMissing", missing, named, 1)
    if not alike(of, cell):
        raise Unlike
    return cell.get("field") or "", number(instead)


def within_tails(element: Element, named: Named) -> tuple[Element, float]:
    """z and the tail of: z within ±tail, tail · (1 + ln(|z| / tail)) beyond, with the sign of z."""
    above, beyond, rest = parts_of("if", element, named, 3)
    below, opposite, z = parts_of("if", rest, named, 3)
    tail = constant_of("greaterThan", above, z, named)
    minus, of_beyond = parts_of("*", opposite, named, 2)
    factor, one_more = parts_of("*", beyond, named, 2)
    one, logarithm = parts_of("+", one_more, named, 2)
    (ratio,) = parts_of("ln", logarithm, named, 1)
    size, by = constant_behind("/", ratio, named)
    held, farthest = constant_behind("min", size, named)
    least, most = constant_behind("max", held, named)
    (of_size,) = parts_of("abs", least, named, 1)
    numbers = (constant_of("lessThan", below, z, named), number(minus), number(factor))
    if numbers != (-tail, -1.0, tail) or (number(one), by, most) != (1.0, tail, tail):
        raise Unlike
    if farthest != FARTHEST or not (alike(of_size, z) and alike(of_beyond, beyond)):
        raise Unlike
    return z, tail


def parts_of(function: str, element: Element, named: Named, n: int) -> list[Element]:
    """The operands of a function."""
    if element.tag == "FieldRef":
        below = named(element.get("field") or "")
        if below is None:
            raise Unlike
        element = below
    parts = [child for child in element.children if child.tag != "Extension"]
    if element.tag != "Apply" or element.get("function") != function or len(parts) != n:
        raise Unlike
    if element.get("mapMissingTo") is not None or element.get("defaultValue") is not None:
        raise Unlike
    return parts


def number(element: Element) -> float:
    if element.tag != "Constant" or element.get("dataType") in ("string", "boolean"):
        raise Unlike
    return number_of(element.text.strip(), "a Constant")


def constant_behind(function: str, element: Element, named: Named) -> tuple[Element, float]:
    x, constant = parts_of(function, element, named, 2)
    return x, number(constant)


def constant_of(function: str, element: Element, x: Element, named: Named) -> float:
    """The constant that x is compared with."""
    left, constant = constant_behind(function, element, named)
    if not alike(left, x):
        raise Unlike
    return constant


def alike(one: Element, other: Element) -> bool:
    """Whether both name one field."""
    return one.tag == other.tag == "FieldRef" and one.get("field") == other.get("field")
