"""The decimal sign and the sign that groups digits, and what digits mean under them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import final

from rosenblatt.support.cached_property import cached_property
from rosenblatt.table.notation.number_cells import INFINITY, NumberCell

__all__ = ["COMMON", "Separators", "points_of"]


@final
@dataclass(frozen=True)
class Separators:
    """The signs within the digits of a number.

    Attributes
    ----------
    decimal : str
    grouping : str
        "" for none.
    indian : bool
        Whether groups are of two digits but for the last, as in 1,00,000.
    """

    decimal: str
    grouping: str = ""
    indian: bool = False

    def n_decimals(self, cell: NumberCell) -> int | None:
        """How many digits of a cell follow the decimal sign; None if it is not written so.

        A mantissa, which an exponent follows, is never grouped.
        """
        if cell.body == INFINITY:
            return 0
        found = (self._mantissa if cell.exponent else self._pattern).fullmatch(cell.body)
        return None if found is None else len(found["decimals"] or found["only"] or "")

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        mark = re.escape(self.grouping)
        whole = r"\d+"
        if self.indian:
            whole += rf"|(?!0)\d{{1,2}}(?:{mark}\d{{2}})*{mark}\d{{3}}"
        elif mark:
            whole += rf"|(?!0)\d{{1,3}}(?:{mark}\d{{3}})+"
        return number_pattern(whole, self.decimal)

    @cached_property
    def _mantissa(self) -> re.Pattern[str]:
        return number_pattern(r"\d+", self.decimal)


def number_pattern(whole: str, decimal: str) -> re.Pattern[str]:
    mark = re.escape(decimal)
    return re.compile(rf"(?:{whole})(?:{mark}(?P<decimals>\d*))?|{mark}(?P<only>\d+)")


# From the most usual on: of those that read all cells alike the first is taken.
COMMON = (
    Separators("."),
    Separators(".", ","),
    Separators(","),
    Separators(",", "."),
    Separators(".", " "),
    Separators(",", " "),
    Separators(".", "'"),
    Separators(",", "'"),
    Separators(".", "_"),
    Separators(",", "_"),
    Separators(".", ",", indian=True),
    Separators("٫", "٬"),
    Separators(".", "٬"),
)


def points_of(cell: NumberCell) -> set[int]:
    """How many digits may follow the decimal sign, by the common signs."""
    return {n for s in COMMON if (n := s.n_decimals(cell)) is not None}
