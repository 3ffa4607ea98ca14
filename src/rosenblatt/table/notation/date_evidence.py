"""Which orders of day, month and year the cells of a column allow, and the cell that decides."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.notation.date_order import DateOrder
from rosenblatt.table.notation.date_parts import DateParts

__all__ = ["possible_orders"]

ORDERS = (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST)
TOLERATED = 10  # cells for an order, for each cell against it that counts as a mistake
MANY_DAYS = 16
FEWER = 4  # times as few years
SOME_MONTHS = 3


def possible_orders(
    parts: DateParts, rows: BoolArray, counts: IntArray, pivot: int
) -> tuple[tuple[DateOrder, ...], int]:
    """(the orders that the dates in numbers allow, best first; the text that decides or -1).

    `rows` are the texts whose order is open. An order is out of the question if some date is one
    only in another order, as 31/12/2023 is, but for a few mistakes.
    """
    fits = {order: parts.moments(order, pivot)[1] & rows for order in ORDERS}
    weights = {order: int(counts[fits[order]].sum()) for order in ORDERS}
    best = max(ORDERS, key=lambda order: weights[order])
    if not weights[best]:
        return (), -1
    out = {
        order
        for order in ORDERS
        if int(counts[fits[best] & ~fits[order]].sum())
        > TOLERATED * int(counts[fits[order] & ~fits[best]].sum())
    }
    left = sorted(set(ORDERS) - out, key=lambda order: (-weights[order], ORDERS.index(order)))
    if len(left) > 1:
        against = unusual(parts, rows, left)
        left = [order for order in left if order not in against]
    proof = fits[left[0]].copy()
    for order in {DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST} - {left[0]}:
        proof &= ~fits[order]
    return tuple(left), int(np.argmax(proof)) if len(left) == 1 and proof.any() else -1


def unusual(parts: DateParts, rows: BoolArray, orders: list[DateOrder]) -> set[DateOrder]:
    """The orders that the shape of the dates speaks against, where no date decides.

    With points the day comes first. Where a year of two digits can stand at either end, it does
    where the values are few: the days of dates from several months take most values up to 31.
    """
    against = set()
    pointed = parts.where(lambda layout: layout.by == ".")[rows].all()
    if pointed and DateOrder.DAY_FIRST in orders:
        against.add(DateOrder.MONTH_FIRST)
    if DateOrder.YEAR_FIRST in orders:
        n_first, n_middle, n_last = (len(np.unique(part[rows])) for part in parts.numbers)
        has_months = n_middle >= SOME_MONTHS
        if has_months and n_last >= max(MANY_DAYS, FEWER * n_first):
            against |= {DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST}
        days_lead = has_months and n_first >= max(MANY_DAYS, FEWER * n_last)
        if days_lead or (pointed and n_first >= n_last):
            against.add(DateOrder.YEAR_FIRST)
    return against
