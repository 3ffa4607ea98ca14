"""PMML's fields: what a network's inputs are of the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from rosenblatt.errors import InputError
from rosenblatt.importing.pmml_scaling import scaling_in, wave_in
from rosenblatt.importing.pmml_values import Line, Steps, Value, combined, constant_of, scaled_by
from rosenblatt.importing.pmml_xml import Element, number_in, number_of
from rosenblatt.importing.source import DAMAGED

__all__ = ["Fields", "line_of"]

DEEPEST, LONGEST = 40, 60
# Of the steps that an expression combines, for each expression: a sum of many, in pairs, needs the
# logarithm of their number.
MOST_CELLS = 64


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
        self._found: dict[str, Value] = {}
        self._n_cells = self._n_expressions = 0

    def of_derived(self, element: Element, place: str, depth: int = 0) -> Value:
        """What a DerivedField is."""
        return self.of(only_expression(element, place), place, depth)

    def of(self, element: Element, place: str, depth: int) -> Value:
        if depth > DEEPEST:
            raise InputError(f"{place} is derived in more than {DEEPEST} steps")
        match element.tag:
            case "FieldRef":
                return self.named(element, place, depth)
            case "NormContinuous":
                slope, shift = line_of(element, place)
                return scaled_by(self.named(element, place, depth), slope, shift)
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

    def named(self, element: Element, place: str, depth: int) -> Value:
        name = self.name_in(element, place)
        if name in self.derived:
            if name not in self._found:
                of = f"the derived field {name[:LONGEST]!r}"
                self._found[name] = self.of_derived(self.derived[name], of, depth + 1)
            return self._found[name]
        if name not in self.columns:
            raise InputError(f"{place} is of the field {name[:LONGEST]!r}, which is none")
        if self.columns[name] is not None:
            raise InputError(f"{place} is of the texts of {name[:LONGEST]!r} as they stand")
        return Line(name)

    def indicator(self, element: Element, place: str) -> Value:
        name, value = self.name_in(element, place), element.get("value")
        texts = self.columns.get(name)
        if texts is None or value is None:
            raise InputError(
                f"{place} is 1 for a value of {name[:LONGEST]!r}, which has no list of its values"
            )
        if value not in texts:
            raise InputError(f"{place} is of {value[:LONGEST]!r}, which {name[:LONGEST]!r} lacks")
        return Steps(name, 0.0, None, {value: 1.0})

    def applied(self, element: Element, place: str, depth: int) -> Value:
        """A scaling with tails, steps, or sums and so on with constants."""
        function = element.get("function") or ""
        parts = [child for child in element.children if child.tag != "Extension"]
        if element.get("mapMissingTo") is not None or element.get("defaultValue") is not None:
            raise InputError(f"{place} maps missing cells to a number, which is not read")
        if function == "if" and (found := scaling_in(element, self.expression)) is not None:
            return Line(self.number(found[0], place), scaling=found[1])
        if function == "if" and (of_date := wave_in(element, self.expression)) is not None:
            return Line(self.number(of_date[0], place), wave=of_date[1])
        cell = self.cell_in(parts, place) if function in ("equal", "isMissing") else None
        if cell is not None:
            return self.comparison(cell, parts, function, place)
        operands = [
            self.constant(part, place)
            if part.tag == "Constant"
            else self.of(part, place, depth + 1)
            for part in parts
        ]
        self._n_expressions += 1
        self._n_cells += sum(len(x.cells) for x in operands if isinstance(x, Steps))
        if self._n_cells > MOST_CELLS * (self._n_expressions + MOST_CELLS):
            raise InputError(f"{place} names too many values for its length: {DAMAGED}")
        return combined(function, operands, place)

    def number(self, name: str, place: str) -> str:
        """The name of a column of numbers."""
        if name in self.derived or name not in self.columns or self.columns[name] is not None:
            raise InputError(f"{place} is of the field {name[:LONGEST]!r}, which is no number")
        return name

    def expression(self, name: str) -> Element | None:
        """That of a derived field, None of another name."""
        if name not in self.derived:
            return None
        return only_expression(self.derived[name], f"the derived field {name[:LONGEST]!r}")

    def cell_in(self, parts: list[Element], place: str) -> str | None:
        """The column whose cell is the first operand; None where that is something else."""
        if not parts or parts[0].tag != "FieldRef":
            return None
        name = self.name_in(parts[0], place)
        return name if name in self.columns and name not in self.derived else None

    def comparison(self, name: str, parts: list[Element], function: str, place: str) -> Value:
        """Whether a cell is missing, or what it is compared with."""
        if function == "isMissing" and len(parts) == 1:
            return Steps(name, False, True)
        if function != "equal" or len(parts) != 2 or parts[1].tag != "Constant":
            raise InputError(f"{place} applies {function!r} to more than a field and a constant")
        value = self.constant(parts[1], place).other
        if isinstance(value, bool) or value is None:
            raise InputError(f"{place} compares a cell with a truth value, which is not read")
        if isinstance(value, str) == (self.columns[name] is None):
            raise InputError(f"{place} compares numbers and texts: {DAMAGED}")
        return Steps(name, False, None, {value: True})

    def constant(self, part: Element, place: str) -> Steps:
        match part.get("dataType"):
            case "string":
                return constant_of(part.text)
            case "boolean":
                return constant_of(part.text.strip() in ("true", "1"))
        return constant_of(number_of(part.text.strip(), f"a Constant of {place}"))


def only_expression(element: Element, place: str) -> Element:
    expressions = [child for child in element.children if child.tag != "Extension"]
    if len(expressions) != 1:
        raise InputError(f"{place} has not one expression: {DAMAGED}")
    return expressions[0]


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
