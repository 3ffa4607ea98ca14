"""How the cells of a column are written: numbers, dates and durations, from their texts alone."""

from rosenblatt.table.notation.number_finding import NumberFinding, recognise_numbers
from rosenblatt.table.notation.number_readings import readings
from rosenblatt.table.notation.numbers import NumberNotation

__all__ = ["NumberFinding", "NumberNotation", "readings", "recognise_numbers"]
