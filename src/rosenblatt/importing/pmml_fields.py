"""PMML's fields: what a network's inputs are of the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.importing.pmml_xml import Element, number_in, number_of
from rosenblatt.importing.source import DAMAGED

__all__ = ["Fields", "Input", "line_of"]

DEEPEST, LONGEST = 40, 60


@final
@dataclass(frozen=True)
class Input:
    """slope · x + shift of a column of numbers, or a number for each category of one of texts.

    Attributes
    ----------
    column : str, optional
        None of a constant.
    slope, shift : float
        Of a column of texts, of what `categories` gives; a category not in it gives 0.
    categories : mapping, optional
    """

    column: str | None
    slope: float = 1.0
    shift: float = 0.0
    categories: Mapping[str, float] | None = field(default=None)


@final
class Fields:
    """The columns of the table, and the fields that are derived from them.

    Parameters
    ----------
    columns : mapping
        Of each column its texts, in order, or None for numbers.
    derived : mapping
        The element of each derived field.
    """

    def __init__(
        self, columns: Mapping[str, tuple[str, ...] | None], derived: Mapping[str, Element]
    ) -> None:
        self.columns, self.derived = columns, derived

    def of_derived(self, element: Element, place: str, depth: int = 0) -> Input:
        """What a DerivedField is."""
        expressions = [child for child in element.children if child.tag != "Extension"]
        if len(expressions) != 1:
            raise InputError(f"{place} has not one expression: {DAMAGED}")
        return self.of(expressions[0], place, depth)

    def of(self, element: Element, place: str, depth: int) -> Input:
        if depth > DEEPEST:
            raise InputError(f"{place} is derived in more than {DEEPEST} steps")
        match element.tag:
            case "FieldRef":
                return self.named(element, place, depth)
            case "NormContinuous":
                slope, shift = line_of(element, place)
                x = self.named(element, place, depth)
                return Input(x.column, slope * x.slope, slope * x.shift + shift, x.categories)
            case "NormDiscrete":
                return self.indicator(element, place)
            case "Apply":
                return self.applied(element, place, depth)
        raise InputError(f"{place} has the expression {element.tag[:LONGEST]}, which is not read")

    def name_in(self, element: Element, place: str) -> str:
        name = element.get("field")
        if name is None:
            raise InputError(f"{place} names no field: {DAMAGED}")
        if element.get("mapMissingTo") is not None:
            raise InputError(f"{place} maps missing cells to a number, which is not read")
        return name

    def named(self, element: Element, place: str, depth: int) -> Input:
        name = self.name_in(element, place)
        if name in self.derived:
            of = f"the derived field {name[:LONGEST]!r}"
            return self.of_derived(self.derived[name], of, depth + 1)
        if name not in self.columns:
            raise InputError(f"{place} is of the field {name[:LONGEST]!r}, which is none")
        if self.columns[name] is not None:
            raise InputError(f"{place} is of the texts of {name[:LONGEST]!r} as they stand")
        return Input(name)

    def indicator(self, element: Element, place: str) -> Input:
        name, value = self.name_in(element, place), element.get("value")
        texts = self.columns.get(name)
        if texts is None or value is None:
            raise InputError(
                f"{place} is 1 for a value of {name[:LONGEST]!r}, which has no list of its values"
            )
        if value not in texts:
            raise InputError(f"{place} is of {value[:LONGEST]!r}, which {name[:LONGEST]!r} lacks")
        return Input(name, categories={value: 1.0})

    def applied(self, element: Element, place: str, depth: int) -> Input:
        """Sums, differences, products and quotients with constants."""
        function = element.get("function") or ""
        parts = [child for child in element.children if child.tag != "Extension"]
        if function not in ("+", "-", "*", "/") or len(parts) != 2:
            raise InputError(f"{place} applies {function[:LONGEST]!r}, which is not read")
        if element.get("mapMissingTo") is not None or element.get("defaultValue") is not None:
            raise InputError(f"{place} maps missing cells to a number, which is not read")
        values = [
            number_of(part.text.strip(), f"a Constant of {place}")
            if part.tag == "Constant"
            else self.of(part, place, depth + 1)
            for part in parts
        ]
        match values:
            case [Input() as x, float(c)]:
                slope, shift = behind(function, c, place)
            case [float(c), Input() as x] if function != "/":
                slope, shift = {"+": (1.0, c), "-": (-1.0, c), "*": (c, 0.0)}[function]
            case _:
                raise InputError(f"{place} applies {function!r} to two fields: one is read")
        return Input(x.column, slope * x.slope, slope * x.shift + shift, x.categories)


def behind(function: str, c: float, place: str) -> tuple[float, float]:
    """Slope and shift of x with a constant behind it."""
    if function == "/" and c == 0:
        raise InputError(f"{place} divides by 0: {DAMAGED}")
    if function == "/":
        return 1 / c, 0.0
    return {"+": (1.0, c), "-": (1.0, -c), "*": (c, 0.0)}[function]


def line_of(element: Element, place: str) -> tuple[float, float]:
    """Slope and shift of a NormContinuous that is one straight line."""
    if (element.get("outliers") or "asIs") != "asIs":
        raise InputError(f"{place} treats outliers in a way of its own, which is not read")
    points = [
        (number_in(one, "orig", place), number_in(one, "norm", place))
        for one in element.all("LinearNorm")
    ]
    if len(points) < 2 or points[0][0] == points[1][0]:
        raise InputError(f"{place} is a NormContinuous without two points: {DAMAGED}")
    (x0, y0), (x1, y1) = points[:2]
    slope = (y1 - y0) / (x1 - x0)
    for x, y in points[2:]:
        if abs(y0 + slope * (x - x0) - y) > 1e-12 * max(abs(y), 1):
            raise InputError(f"{place} is a NormContinuous of several lines: one is read")
    return slope, y0 - slope * x0
