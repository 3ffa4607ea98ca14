"""How the numbers of a column are written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.types import BoolArray, Float64Array
from rosenblatt.table.notation.multipliers import LETTERS, power_of
from rosenblatt.table.notation.number_cells import NumberCell, SignStyle, cell_of
from rosenblatt.table.notation.number_conversion import floats, plain_texts
from rosenblatt.table.notation.separators import Separators, points_of
from rosenblatt.table.notation.shapes import Shapes
from rosenblatt.table.notation.units import canonical_unit, goes_without_saying

__all__ = ["PLAIN_NUMBERS", "NumberNotation", "is_plain"]

DECIMALS, GROUPINGS = (".", ",", "٫"), ("", ",", ".", " ", "'", "_", "٬")
SHARES = ("%", "‰", "‱")
DOLLARS_AND_EUROS = ("$", "US$", "€", "£", "USD", "EUR", "GBP")


@final
@dataclass(frozen=True)
class NumberNotation:
    """How the numbers of a column are written.

    Attributes
    ----------
    decimal : str
        ".", "," or "٫".
    grouping : str
        Between groups of digits: ",", ".", " " (any blank), "'" (any apostrophe), "_", "٬", or ""
        for none.
    unit : str
        The unit, percent or currency sign beside the numbers, or "". 12.5% is 12.5.
    indian : bool
        Whether groups are of two digits but for the last, as in 1,00,000.
    multipliers : bool
        Whether 12.5K is 12500 and "2 Mio" is two million.
    spaced_letters : bool
        Whether K, M and B are multipliers after a blank as well.
    trailing_minus : bool
        Whether "5-" is -5.
    bounds : bool
        Whether "<0.5" and "~0.5" are read as 0.5.
    proven : bool
        Whether the column's cells show which sign is the decimal one. Otherwise a number that
        other signs would read differently, such as 1.234, is none.
    whole : bool
        Whether no cell of a column with groups has decimals. Then 1,234 is none beside 1.234.567:
        it may be grouped by another sign.
    """

    leaves_out_defaults: ClassVar[bool] = True

    decimal: str = "."
    grouping: str = ""
    unit: str = ""
    indian: bool = False
    multipliers: bool = False
    spaced_letters: bool = False
    trailing_minus: bool = False
    bounds: bool = False
    proven: bool = True
    whole: bool = False

    def __post_init__(self) -> None:
        if self.decimal not in DECIMALS or self.grouping not in GROUPINGS:
            raise ValueError(f"{self.decimal!r} and {self.grouping!r} are no signs of numbers")
        if self.decimal == self.grouping:
            raise ValueError("the decimal sign cannot group digits as well")

    @cached_property
    def separators(self) -> Separators:
        return Separators(self.decimal, self.grouping, self.indian)

    def n_decimals(self, cell: NumberCell) -> int | None:
        """How many digits of a cell follow the decimal sign; None if it is not written so."""
        if not self.fits_around(cell):
            return None
        n = self.separators.n_decimals(cell)
        is_doubtful = not self.proven or (self.whole and n)
        return None if is_doubtful and len(points_of(cell)) > 1 else n

    def fits_around(self, cell: NumberCell) -> bool:
        """Whether what stands around the digits of a cell is written so."""
        if cell.bounded and not self.bounds:
            return False
        if cell.style is SignStyle.TRAILING and not self.trailing_minus:
            return False
        if cell.multiplier and not self.is_unit(cell) and not self.multiplies(cell):
            return False
        if cell.unit:
            return canonical_unit(cell.unit) == canonical_unit(self.unit)
        return (
            not self.unit
            or cell.body == "0"
            or self.is_unit(cell)
            or goes_without_saying(self.unit)
        )

    def is_unit(self, cell: NumberCell) -> bool:
        """Whether a letter that may multiply is the unit, as in 300 K."""
        return bool(self.unit) and not cell.unit and cell.multiplier == self.unit

    def multiplies(self, cell: NumberCell) -> bool:
        """Whether a cell's multiplier is one: "5 M" is a milliard in Indonesian."""
        surely = not cell.spaced or cell.multiplier not in LETTERS or cell.unit in DOLLARS_AND_EUROS
        return self.multipliers and (surely or self.spaced_letters)

    def power(self, cell: NumberCell) -> int:
        """The power of ten that a cell's multiplier stands for."""
        return power_of(cell.multiplier) if self.multipliers else 0

    def parse(self, texts: pa.Array | pa.ChunkedArray) -> tuple[Float64Array, BoolArray]:
        """(values, NaN where there is none; which texts are no number so written).

        Infinite values are numbers. A null is none, and not counted among the strange.
        """
        shapes = Shapes.of(texts)
        values = np.full(len(shapes.codes), np.nan)
        strange: BoolArray = shapes.codes >= 0
        for shape, text in enumerate(shapes.texts):
            cell = cell_of(text)
            n = None if cell is None else self.n_decimals(cell)
            if cell is not None and n is not None:
                for members, block in floats(shapes, shape, cell, n, self.power(cell)):
                    values[members] = block
                    strange[members] = False
        return values, strange

    def integers(self, texts: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.int64] | None:
        """The values to the last digit; None unless all are whole numbers of at most 64 bits."""
        shapes = Shapes.of(texts)
        values = np.zeros(len(shapes.codes), dtype=np.int64)
        for shape, text in enumerate(shapes.texts):
            cell = cell_of(text)
            if cell is None or cell.exponent or self.power(cell) or self.n_decimals(cell) != 0:
                return None
            try:
                for members, block in plain_texts(shapes, shape, cell, 0):
                    values[members] = block.cast(pa.int64()).to_numpy()
            except pa.ArrowInvalid:  # of more than 64 bits, or infinite
                return None
        return values

    def describe(self) -> str:
        """A number written so, "1.234,5 €"; "" for plain ones as in 1234.5."""
        if self.decimal == "." and not self.grouping and not self.unit and not self.multipliers:
            return ""
        whole = f"1{self.grouping}23{self.grouping}456" if self.indian else f"1{self.grouping}234"
        number = f"{whole}{self.decimal}5{'K' if self.multipliers else ''}"
        return f"{number}{'' if self.unit in SHARES else ' '}{self.unit}".strip()


PLAIN_NUMBERS = NumberNotation()


def is_plain(notation: object) -> bool:
    """Whether it is the notation of numbers as programs write them, 1234.5 or 1234."""
    return isinstance(notation, NumberNotation) and replace(notation, proven=True) == PLAIN_NUMBERS
