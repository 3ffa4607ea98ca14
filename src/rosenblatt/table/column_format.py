"""What the cells of a column are, and how they are written: decided once, from all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.table.format import ColumnKind
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.notation.number_dates import NumberDates
from rosenblatt.table.notation.numbers import NumberNotation

__all__ = ["ColumnFormat", "Notation"]

Notation = NumberNotation | DateNotation | NumberDates | DurationNotation


@final
@dataclass(frozen=True)
class ColumnFormat:
    """The format of a column, as plain data.

    Attributes
    ----------
    name : str
    kind : ColumnKind
    notation : NumberNotation, DateNotation, DurationNotation or None
        How numbers and dates are written in text; of a kind that has none, None.
    missing : tuple of str
        Words, as written, that are taken as missing.
    reason : str
        Why a column is dropped.
    notes : tuple of str
        What was decided that the user may want to correct, with the option that corrects it.
    evidence : str
        A note on the cell that decides how all are read; "" where nothing had to be decided.
    question : str
        What no cell decides, with the options that do; such a column cannot be learnt.
    """

    name: str
    kind: ColumnKind
    notation: Notation | None = None
    missing: tuple[str, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    evidence: str = ""
    question: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes, the one on the evidence among them."""
        return (*self.notes, *((self.evidence,) if self.evidence else ()))
