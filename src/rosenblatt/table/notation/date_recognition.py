"""Whether texts are dates, and in which order: what all cells of a column decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import pyarrow as pa

from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.notation.compact_dates import LEAST_COMPACT, are_near
from rosenblatt.table.notation.date_evidence import possible_orders
from rosenblatt.table.notation.date_layouts import DateLayout
from rosenblatt.table.notation.date_order import DateForm, DateOrder
from rosenblatt.table.notation.date_parts import DateParts, date_parts
from rosenblatt.table.notation.date_words import plausible_dates
from rosenblatt.table.notation.dates import PIVOT, DateNotation
from rosenblatt.table.notation.digit_shapes import digit_shapes

__all__ = ["DateFinding", "recognise_dates"]

SHARE = 0.5  # of the rows, that must be dates
SHARE_IN_SHORT = 0.8  # where 12-05-11 and 1.2.10 are more often something else
FEW = 0.05  # of the dates, whose order is then not asked for: they are strange


@final
@dataclass(frozen=True, eq=False)
class DateFinding:
    """What texts are when they are dates.

    Parameters
    ----------
    notation : DateNotation
        What the cells decide for; the first of `alternatives` if they do not.
    alternatives : tuple[DateNotation, ...]
        All that the cells allow; one if they decide.
    strange : BoolArray
        The texts that are no date in this notation.
    evidence : str
        The text that decides between day and month; "" where nothing had to be decided.
    """

    notation: DateNotation
    alternatives: tuple[DateNotation, ...]
    strange: BoolArray
    evidence: str


def recognise_dates(
    texts: pa.Array, counts: IntArray, given: DateOrder | None = None
) -> DateFinding | None:
    """What distinct texts with their counts are as dates; None if half of the rows are none.

    Parameters
    ----------
    texts : pa.Array
        Distinct texts, trimmed, none missing.
    counts : IntArray
        The rows of each text.
    given : DateOrder, optional
        The order that the user gives: nothing is left to decide.
    """
    shapes = digit_shapes(texts)
    total = int(counts.sum())
    if not total or counts[plausible_dates(shapes)[shapes.codes]].sum() < SHARE * total:
        return None
    parts = date_parts(shapes)
    if not parts.groups:
        return None
    form = heaviest(parts, counts, lambda layout: layout.form)
    of_form = parts.where(lambda layout: layout.form is form)
    if counts[of_form].sum() < SHARE * total or seasons(parts, of_form):
        return None
    zone = heaviest(parts, counts * of_form, lambda layout: layout.zone)
    usable = of_form & parts.where(lambda layout: layout.zone == zone)
    short = usable & parts.where(lambda layout: layout.has_short_year)
    orders, evidence = orders_of(parts, usable, counts, given)
    alternatives = tuple(DateNotation(order, form, zone, bool(short.any())) for order in orders)
    strange = alternatives[0].read(parts)[1]
    finding = DateFinding(
        alternatives[0], alternatives, strange, texts[evidence].as_py() if evidence >= 0 else ""
    )
    dates = counts[~strange].sum()
    if 2 * counts[short].sum() > counts[usable].sum():
        least = SHARE_IN_SHORT * counts[~parts.is_zero].sum()
    else:
        least = SHARE * counts[usable & ~parts.is_zero].sum()
    if not dates or dates < least or not sure_numbers(parts, strange, counts):
        # Dates of another order than the given one are dates, and strange.
        return finding if given is not None and recognise_dates(texts, counts) else None
    return finding


def orders_of(
    parts: DateParts, usable: BoolArray, counts: IntArray, given: DateOrder | None
) -> tuple[tuple[DateOrder, ...], int]:
    """(the orders that are possible, best first; the text that decides or -1)."""
    is_open = usable & parts.where(lambda layout: layout.is_open)
    named = counts[usable & parts.where(lambda layout: layout.month > 0)].sum()
    natural = DateOrder.MONTH_NAMED if 2 * named > counts[usable].sum() else DateOrder.YEAR_FIRST
    if not is_open.any():
        return (natural,), -1
    if given is not None:
        return (given,), -1
    orders, evidence = possible_orders(parts, is_open, counts, PIVOT)
    few = counts[is_open].sum() < FEW * counts[usable].sum()
    if not orders or (len(orders) > 1 and few):
        return (natural,), -1
    return orders, evidence


def heaviest(parts: DateParts, counts: IntArray, value: Callable[[DateLayout], Any]) -> Any:
    """The value that the layouts of most rows have."""
    weights: dict[Any, int] = {}
    for layout, rows in parts.groups:
        weights[value(layout)] = weights.get(value(layout), 0) + int(counts[rows].sum())
    return max(weights, key=lambda one: weights[one])


def seasons(parts: DateParts, of_form: BoolArray) -> bool:
    """Whether 2003-04, 2004-05, … are years with the next one rather than months."""
    of_months = of_form & parts.where(lambda layout: layout.form is DateForm.MONTH)
    year, month = parts.numbers[0][of_months], parts.numbers[1][of_months]
    return len(month) > 1 and bool((month == (year + 1) % 100).all())


def sure_numbers(parts: DateParts, strange: BoolArray, counts: IntArray) -> bool:
    """Whether dates that look like numbers, if there are some, are all dates of our centuries."""
    numbers = parts.where(lambda layout: layout.is_number)
    if 2 * counts[numbers].sum() < counts[~strange | numbers].sum():
        return True  # the others prove that these are dates
    return bool(
        (numbers & ~strange).sum() >= LEAST_COMPACT
        and not (numbers & strange & ~parts.is_zero).any()
        and are_near(parts.numbers[0][numbers & ~strange])
    )
