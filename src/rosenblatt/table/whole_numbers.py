"""Whole numbers that are none to learn from as such: identifiers, and dates such as 20230318."""

from __future__ import annotations

import re

import numpy as np

from rosenblatt.support.finite import present_of
from rosenblatt.support.listing import option
from rosenblatt.support.types import Float64Array
from rosenblatt.table.blocks import blocks_of
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import ColumnKind
from rosenblatt.table.messages import quote
from rosenblatt.table.notation.number_dates import (
    NumberDateForm,
    NumberDates,
    may_be_near_date,
    number_dates_of,
)

__all__ = ["whole_numbers_format"]

# Words of a name that make distinct whole numbers an identifier, and those that do so only if the
# numbers are also dense, as a running count is.
ID_WORDS = frozenset(("id", "ids", "uid", "uuid", "guid", "pk", "rowid"))
COUNTER_WORDS = frozenset(
    ("index", "idx", "row", "rows", "rownum", "rownames", "unnamed", "no", "nr", "number", "n")
)

# Dates are dates in spite of this many other numbers, in this share of the rows.
MAX_ODD, ODD_SHARE, MIN_ROWS = 3, 0.05, 10


def whole_numbers_format(
    name: str, x: Float64Array, words: tuple[str, ...], *, is_target: bool, may_be_dates: bool
) -> ColumnFormat | None:
    """The format of a column whose whole numbers are identifiers or dates; None for others.

    Parameters
    ----------
    name : str
    x : array (n_rows,)
        Whole numbers, NaN where missing.
    words : tuple of str
        That are taken as missing.
    is_target : bool
        Then they are no identifier.
    may_be_dates : bool
    """
    present = present_of(x)
    if not is_target and len(present) == len(x) and is_identifier(name, present):
        reason = "an identifier: distinct whole numbers, named like one"
        return ColumnFormat(name, ColumnKind.DROP, reason=reason)
    if not (may_be_dates and may_be_near_dates(present)):
        return None
    odd = few_odd_values(present)
    dates = number_dates_of(present[~np.isin(present, odd)])
    if dates is None:
        return None
    example = present[~np.isnan(dates.of_numbers(present)[0])][0]
    notes = [
        f"column {name!r} holds dates written like {example:.0f}: if these are numbers,"
        f" say {option('--column', f'{name}=number')}"
    ]
    strangers = tuple(f"{value:.0f}" for value in odd)
    if strangers:
        notes.append(f"column {name!r} holds dates, but for {quote(strangers)}: taken as missing")
    return ColumnFormat(name, ColumnKind.DATE, dates, (*words, *strangers), notes=tuple(notes))


def may_be_near_dates(present: Float64Array) -> bool:
    """Whether few enough numbers are out of the range of dates: the first rows show most others."""
    most = max(1.0, ODD_SHARE * len(present))
    n_outside = 0
    for rows in blocks_of(len(present)):
        n_outside += int((~may_be_near_date(present[rows])).sum())
        if n_outside > most:
            return False
    return True


def few_odd_values(present: Float64Array) -> Float64Array:
    """Values that are no dates such as 20230318, if they are few enough among dates."""
    _, strange = NumberDates(NumberDateForm.COMPACT).of_numbers(present)
    odd = np.unique(present[strange])
    few = len(odd) <= MAX_ODD and strange.sum() <= max(1.0, ODD_SHARE * len(present))
    return odd if few and len(present) >= MIN_ROWS else odd[:0]


def is_identifier(name: str, x: Float64Array) -> bool:
    """Whether distinct whole numbers identify rows: the name must say so, too."""
    # "customerID", "customer_id" and "Customer Id" all have the word "id".
    words = set(re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower().replace("_", " ").split())
    words = {word for part in words for word in re.split(r"\W+", part)}
    if not words & (ID_WORDS | COUNTER_WORDS) or len(np.unique(x)) < len(x):
        return False
    dense = float(x.max() - x.min()) < 2 * len(x)
    return bool(words & ID_WORDS) or dense
