"""The decimal sign and the sign that groups digits, and what digits mean under them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import final

from rosenblatt.table.notation.number_cells import INFINITY, NumberCell

__all__ = ["COMMON", "Separators"]


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
        signs = Separators(self.decimal) if cell.exponent else self
        found = pattern_of(signs).fullmatch(cell.body)
        return None if found is None else len(found["decimals"] or found["only"] or "")


@cache
def pattern_of(separators: Separators) -> re.Pattern[str]:
    decimal, mark = re.escape(separators.decimal), re.escape(separators.grouping)
    whole = r"\d+"
    if separators.indian:
        whole += rf"|(?!0)\d{{1,2}}(?:{mark}\d{{2}})*{mark}\d{{3}}"
    elif mark:
        whole += rf"|(?!0)\d{{1,3}}(?:{mark}\d{{3}})+"
    return re.compile(rf"(?:{whole})(?:{decimal}(?P<decimals>\d*))?|{decimal}(?P<only>\d+)")


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
