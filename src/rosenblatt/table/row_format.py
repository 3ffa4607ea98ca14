"""What a user says of new rows, put in the place of what the training rows were like."""

from __future__ import annotations

from dataclasses import replace

from rosenblatt.errors import InputError
from rosenblatt.table.columns import AnyColumn, Dropped, Number
from rosenblatt.table.dates import Date
from rosenblatt.table.encoding import TableEncoding
from rosenblatt.table.format import TableFormat
from rosenblatt.table.notation.date_order import DateOrder
from rosenblatt.table.notation.dates import DateNotation
from rosenblatt.table.notation.durations import DurationNotation, TwoParts
from rosenblatt.table.notation.numbers import NumberNotation
from rosenblatt.table.target import AnyTarget, NumberTarget
from rosenblatt.table.text_columns import ORDERS

__all__ = ["for_rows"]

IN_NUMBERS = (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST, DateOrder.YEAR_FIRST)


def for_rows(encoding: TableEncoding, fmt: TableFormat) -> TableEncoding:
    """The encoding for rows of which something is said: signs, order of dates, missing words.

    Raises
    ------
    InputError
        For kinds of columns and words to keep, which training has decided.
    """
    if fmt.columns or fmt.keep:
        raise InputError(
            "what the columns are was decided in training: give --column, --drop, --columns and"
            " --keep to `rosenblatt train`"
        )
    columns = tuple(of_column(column, fmt) for column in encoding.columns)
    return replace(encoding, columns=columns, target=of_target(encoding.target, fmt))


def of_column(column: AnyColumn, fmt: TableFormat) -> AnyColumn:
    if isinstance(column, Dropped):
        return column
    words = (*column.words, *(word for word in fmt.missing if word not in column.words))
    if isinstance(column, Number):
        return replace(column, words=words, notation=signs_of(column.notation, fmt))
    if isinstance(column, Date) and isinstance(column.notation, DateNotation):
        return replace(column, words=words, notation=order_of(column.notation, fmt))
    return replace(column, words=words)


def of_target(target: AnyTarget, fmt: TableFormat) -> AnyTarget:
    words = (*target.words, *(word for word in fmt.missing if word not in target.words))
    if isinstance(target, NumberTarget):
        return replace(target, words=words, notation=signs_of(target.notation, fmt))
    return replace(target, words=words)


def signs_of(
    notation: NumberNotation | DurationNotation, fmt: TableFormat
) -> NumberNotation | DurationNotation:
    """The notation with the signs that are given; one that both would have leaves the other."""
    if isinstance(notation, DurationNotation):
        return notation if fmt.durations is None else DurationNotation(TwoParts(fmt.durations))
    if fmt.decimal is None and fmt.thousands is None:
        return notation
    decimal = fmt.decimal or notation.decimal
    if decimal == fmt.thousands:
        decimal = other(decimal)
    grouping = notation.grouping if fmt.thousands is None else fmt.thousands
    if grouping == decimal:
        grouping = other(decimal)
    return replace(notation, decimal=decimal, grouping=grouping, proven=True, whole=False)


def other(sign: str) -> str:
    return "," if sign == "." else "."


def order_of(notation: DateNotation, fmt: TableFormat) -> DateNotation:
    given = ORDERS.get(fmt.date_order or "")
    if given is None or notation.order not in IN_NUMBERS:
        return notation
    return replace(notation, order=given)
