"""What the cells of one column decide, and what they leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.table.column_format import ColumnFormat, Notation
from rosenblatt.table.format import ColumnKind

__all__ = ["Candidate"]


@final
@dataclass(frozen=True)
class Candidate:
    """The format of a column, its notation perhaps one of several.

    Attributes
    ----------
    format : ColumnFormat
        With the first of the alternatives as its notation.
    alternatives : tuple of Notation
        Two or more where no cell of the column decides; else empty.
    example : str
        A cell that they read differently.
    has_decimals : bool
        Whether a cell has decimals, which prove the decimal sign of the notation.
    """

    format: ColumnFormat
    alternatives: tuple[Notation, ...] = ()
    example: str = ""
    has_decimals: bool = False

    @classmethod
    def dropped(cls, name: str, reason: str) -> Candidate:
        """A column that is left out."""
        return cls(ColumnFormat(name, ColumnKind.DROP, reason=reason))
