"""Encodings learnt from training cells: scales, means and categories, of formats known before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.finite import present_of
from rosenblatt.support.types import Float64Array
from rosenblatt.table.category_format import CategoryRule, frequent
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.columns import AnyColumn, Boolean, Category, Dropped, Number
from rosenblatt.table.dates import Date, cycles_of
from rosenblatt.table.format import ColumnKind
from rosenblatt.table.messages import require_finite
from rosenblatt.table.missing_words import is_marker
from rosenblatt.table.notation.dates import PLAIN_DATES, DateNotation
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.notation.number_dates import NumberDates
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation, is_plain
from rosenblatt.table.other_notation import numbers_in
from rosenblatt.table.parsing import (
    are_whole,
    days_of,
    is_number_type,
    missing_of,
    numbers_of,
    truth_of,
)
from rosenblatt.table.scaling import Scaling

__all__ = ["EMPTY", "days_to_learn", "is_missing_anywhere", "learn_column", "numbers_to_learn"]

LARGEST_EXACT = 2**53
EMPTY = Scaling(0.0, 1.0, 0.0, 1.0)  # of a column without a present cell among the training rows


def learn_column(
    fmt: ColumnFormat, cells: Cells, rule: CategoryRule, *, has_missing: bool
) -> AnyColumn:
    """The encoding of a column.

    Parameters
    ----------
    fmt : ColumnFormat
        From the whole table.
    cells : Cells
        The training rows.
    rule : CategoryRule
        Which categories have features.
    has_missing : bool
        Whether a cell of the whole table is missing: then a feature marks such cells, whichever
        rows are trained on.

    Raises
    ------
    InputError
        For infinite values.
    """
    if fmt.kind is ColumnKind.DROP:
        return Dropped(fmt.name, fmt.reason)
    if fmt.kind is ColumnKind.TRUTH:
        codes = truth_of(cells, fmt.missing)
        often_true = bool((codes == 1).sum() > (codes == 0).sum())
        return Boolean(fmt.name, has_missing, often_true, fmt.missing)
    if fmt.kind is ColumnKind.DATE:
        return date(fmt, cells, has_missing)
    if fmt.kind is ColumnKind.NUMBER:
        return number(fmt, cells, has_missing)
    return category(fmt, cells, rule, has_missing)


def is_missing_anywhere(fmt: ColumnFormat, cells: Cells) -> bool:
    """Whether a cell of the column is missing, or holds a word that is taken so."""
    if not (cells.is_text or cells.is_declared_category):
        has_nan = pa.types.is_floating(cells.type) and pc.any(pc.is_nan(cells.values)).as_py()
        return bool(cells.values.null_count or has_nan or holds_words(cells, fmt))
    distinct = cells.distinct
    if (distinct.codes < 0).any():
        return True
    if fmt.kind is ColumnKind.CATEGORY:  # where a marker may be a value
        return any(text in fmt.missing for text in distinct.strings)
    return bool(missing_of(distinct, fmt.missing).any())


def holds_words(cells: Cells, fmt: ColumnFormat) -> bool:
    """Whether numbers are stored that are taken as missing, such as -999."""
    if not fmt.missing or not is_number_type(cells.type):
        return False
    return bool(np.isnan(numbers_of(cells, None, fmt.missing)[0]).any())


@final
@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of cells minus `origin`, shape (n,), NaN where missing; how they are written."""

    x: Float64Array
    notation: NumberNotation | DurationNotation
    origin: int


def numbers_to_learn(fmt: ColumnFormat, cells: Cells) -> Numbers:
    """The numbers of training cells; raises InputError for a cell that is none."""
    notation = fmt.notation
    if notation is None or isinstance(notation, DateNotation | NumberDates):
        notation = PLAIN_NUMBERS
    origin = origin_of(cells, notation, fmt.missing)
    return Numbers(numbers_in(cells, notation, fmt.missing, origin)[0], notation, origin)


def number(fmt: ColumnFormat, cells: Cells, indicator: bool) -> Number:
    found = numbers_to_learn(fmt, cells)
    require_finite(cells, found.x)
    present = present_of(found.x)
    integral = are_whole(present)
    scaling = Scaling.learn(present) if len(present) else EMPTY
    return Number(fmt.name, integral, scaling, indicator, fmt.missing, found.notation, found.origin)


def origin_of(
    cells: Cells, notation: NumberNotation | DurationNotation, words: tuple[str, ...]
) -> int:
    """What to subtract from whole numbers that a float64 does not hold exactly: the smallest."""
    values = cells.values
    if cells.is_text and is_plain(notation):
        texts = cells.distinct.texts
        given = ~missing_of(cells.distinct, words)
        whole = PLAIN_NUMBERS.integers(texts.filter(pa.array(given)))
        values = pa.array([] if whole is None else whole, pa.int64())
    if not pa.types.is_integer(values.type) or pa.types.is_uint64(values.type):
        return 0
    ends = pc.min_max(values).as_py()
    if ends["min"] is None or max(abs(ends["min"]), abs(ends["max"])) <= LARGEST_EXACT:
        return 0
    if ends["max"] - ends["min"] > LARGEST_EXACT:  # the difference would not be exact either
        return 0
    return int(ends["min"])


def notation_of_dates(fmt: ColumnFormat) -> DateNotation | NumberDates:
    return fmt.notation if isinstance(fmt.notation, DateNotation | NumberDates) else PLAIN_DATES


def days_to_learn(fmt: ColumnFormat, cells: Cells) -> Float64Array:
    """The days since 1970-01-01 of training cells, shape (n,), NaN where missing."""
    return days_of(cells, notation_of_dates(fmt), fmt.missing)[0]


def date(fmt: ColumnFormat, cells: Cells, indicator: bool) -> Date:
    days = days_to_learn(fmt, cells)
    present = present_of(days)
    scaling = Scaling.learn(present) if len(present) else EMPTY
    cycles = cycles_of(present) if len(present) else ()
    return Date(fmt.name, scaling, cycles, indicator, fmt.missing, notation_of_dates(fmt))


def category(fmt: ColumnFormat, cells: Cells, rule: CategoryRule, indicator: bool) -> Category:
    distinct = cells.distinct
    given = distinct.counts > 0
    # The words of the whole table decide: a marker that is a value there is one here.
    given &= np.array([text not in fmt.missing for text in distinct.strings], dtype=bool)
    places = np.flatnonzero(given)
    # By name: of equally frequent ones the order of the rows must not decide.
    places = np.array(sorted(places, key=distinct.strings.__getitem__), np.int64)
    texts = [distinct.strings[place] for place in places]
    counts = distinct.counts[places]
    coded = rule.codes(len(texts))
    most = len(texts) if coded else rule.most
    own = frequent(counts, int(counts.sum()), most, rule.fewest_rows)
    categories = tuple(sorted(texts[k] for k in own))
    others = tuple(sorted(set(texts) - set(categories)))
    # A marker that is none of the categories means missing anyway.
    words = tuple(word for word in fmt.missing if not is_marker(word))
    return Category(fmt.name, categories, others, indicator, words, coded=coded)
