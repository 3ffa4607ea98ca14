"""What a user says about a table: its file, and how its cells are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, final

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief

__all__ = ["ColumnKind", "TableFormat", "is_quotation_mark"]


class ColumnKind(Enum):
    """What the cells of a column are; the value is its name in options and files."""

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"
    TEXT = "text"
    TRUTH = "true/false"
    DROP = "drop"

    @classmethod
    def named(cls, name: str | ColumnKind) -> ColumnKind:
        """The kind of this name; InputError if there is none."""
        if isinstance(name, ColumnKind):
            return name
        kinds = {kind.value: kind for kind in cls}
        if not isinstance(name, str) or name not in kinds:
            known = ", ".join(kinds)
            raise InputError(f"there is no kind of column {brief(name)}: known are {known}")
        return kinds[name]


@final
@dataclass(frozen=True)
class TableFormat:
    """How a table is written, where detection is to be overruled; None and empty mean: detect.

    Attributes
    ----------
    encoding : str, optional
        Character encoding of a text file, such as "cp1252".
    delimiter : str, optional
        Between fields; one character.
    quote : str, optional
        Around fields, one ASCII character; "" for none.
    header : bool, optional
        Whether the first line holds the names of the columns.
    names : tuple of str
        Names of the columns, instead of those in the file.
    skip : int
        Lines to leave out at the start.
    comment : str, optional
        What comment lines begin with.
    decimal, thousands : str, optional
        The signs in numbers, for every column whose cells they fit; `thousands` "" for none.
    missing, keep : tuple of str
        Words that mean a missing cell; words that do not, such as "NA" for Namibia.
    date_order : str, optional
        "day-first", "month-first" or "year-first", where cells leave it open.
    durations : str, optional
        "hours:minutes" or "minutes:seconds", what 12:34 is where cells leave it open.
    columns : mapping of str to ColumnKind or str
        Kinds by the names of columns, such as ``{"zip": "category"}``.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: bool | None = None
    names: tuple[str, ...] = ()
    skip: int = 0
    comment: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    missing: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    date_order: str | None = None
    durations: str | None = None
    columns: Mapping[str, ColumnKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = {name: ColumnKind.named(kind) for name, kind in dict(self.columns).items()}
        object.__setattr__(self, "columns", kinds)
        for name in ("names", "missing", "keep"):
            given = getattr(self, name)
            object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        self._check()

    @property
    def dropped(self) -> tuple[str, ...]:
        """The columns that are left out."""
        return tuple(name for name, kind in self.columns.items() if kind is ColumnKind.DROP)

    def _check(self) -> None:
        if self.quote not in (None, "", "none") and not is_quotation_mark(self.quote):
            raise InputError(
                f"the quotation mark {self.quote!r} cannot be used: it must be one ASCII character,"
                " such as \" or ', or none"
            )
        if self.decimal is not None and self.decimal not in DECIMALS:
            raise InputError(f"a decimal sign {self.decimal!r} is not known: give . or ,")
        if self.thousands is not None and self.thousands not in GROUPINGS:
            known = ", ".join(repr(sign) for sign in GROUPINGS)
            raise InputError(f"{self.thousands!r} cannot group thousands: give one of {known}")
        if self.decimal is not None and self.decimal == self.thousands:
            raise InputError(
                f"{self.decimal!r} cannot be the decimal sign and group thousands: name another one"
            )
        if self.skip < 0:
            raise InputError(f"{self.skip} lines cannot be skipped: give 0 or more")
        if self.date_order is not None and self.date_order not in DATE_ORDERS:
            known = ", ".join(DATE_ORDERS)
            raise InputError(f"a date order {self.date_order!r} is not known: give one of {known}")
        if self.durations is not None and self.durations not in DURATIONS:
            known = " or ".join(DURATIONS)
            raise InputError(f"durations cannot be {self.durations!r}: give {known}")
        for word in sorted({*self.missing} & {*self.keep}):
            raise InputError(f"{word!r} cannot be missing and be kept: name it once")

    def over(self, other: TableFormat) -> TableFormat:
        """These statements, and those of `other` where nothing is said here."""
        defaults = TableFormat()
        said: dict[str, Any] = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if getattr(self, f.name) != getattr(defaults, f.name)
        }
        if "columns" in said:
            said["columns"] = {**other.columns, **self.columns}
        return replace(other, **said)


def is_quotation_mark(text: object) -> bool:
    """Whether the parser of text files takes this as a quotation mark: one byte, no line end."""
    return isinstance(text, str) and len(text) == 1 and text.isascii() and text not in "\0\r\n"


DECIMALS = (".", ",")
GROUPINGS = (",", ".", " ", "'", "_", "")
DATE_ORDERS = ("day-first", "month-first", "year-first")
DURATIONS = ("hours:minutes", "minutes:seconds")
