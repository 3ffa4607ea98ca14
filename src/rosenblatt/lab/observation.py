"""What an experiment yields while it measures, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

from rosenblatt.lab.text import Text

__all__ = ["Axis", "Curve", "Figure", "Observation", "Progress", "Sample", "Table"]


@final
@dataclass(frozen=True)
class Sample:
    """A measurement of the quantity of this key; those of several seeds are averaged."""

    key: str
    value: float


@final
@dataclass(frozen=True)
class Table:
    """Rows of texts and numbers under headings."""

    title: Text
    headings: tuple[Text, ...]
    rows: tuple[tuple[str | float, ...], ...]


@final
@dataclass(frozen=True)
class Axis:
    """What an axis shows, with its unit."""

    label: Text
    log: bool = False


@final
@dataclass(frozen=True)
class Curve:
    """Points of a figure.

    Attributes
    ----------
    name : Text
    x, y : tuples of float
    predicted : bool
        Of theory: drawn as a dashed line; what was measured is drawn as a whole one.
    points : bool
        Drawn as points, not joined.
    low, high : tuples of float
        The ends of 95 % intervals around y, where there are any.
    """

    name: Text
    x: tuple[float, ...]
    y: tuple[float, ...]
    predicted: bool = False
    points: bool = False
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@final
@dataclass(frozen=True)
class Figure:
    title: Text
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]


@final
@dataclass(frozen=True)
class Progress:
    """So many parts of the work are done, of all."""

    done: int
    total: int


Observation: TypeAlias = Sample | Table | Figure | Progress
