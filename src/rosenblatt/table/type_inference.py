"""Infers the kind of each column: number, category, truth value, date, or none.

The storage type decides for numbers, dates, truth values and declared categories; text is examined
cell by cell. Thresholds are the constants below.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table.columns import UNCLEAR_DATES, AnyColumn, Boolean, Category, Dropped, Number
from rosenblatt.table.date_text import DateOrder
from rosenblatt.table.dates import Cycle, Date, date_orders
from rosenblatt.table.messages import quote, require_finite
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.values import (
    MISSING,
    STRANGE,
    are_unclear_numbers,
    common_sign,
    factorise,
    holds_nested,
    is_numeric,
    is_surely_grouped,
    to_days,
    to_numbers,
    to_truth,
    without_sign,
)

__all__ = ["recognise"]

NEARLY_DISTINCT = 0.9  # share of distinct texts from which they are an identifier
FEW_TEXTS = 10  # this many distinct texts are never an identifier
LONG_TEXT = 50  # mean length from which mostly distinct texts are prose
MOSTLY_DISTINCT = 0.5
WORD = re.compile(r"[^\W\d_]{2,}")
PROSE_WORDS = 3  # mean number of words from which distinct texts are prose, however short
# A text column is numeric in spite of a few words if these are few and the numbers many.
MAX_WORDS, MIN_NUMBERS, NUMERIC_SHARE = 3, 20, 0.8
# A category needs this many rows for a feature of its own: 0.5 %, but at least 2 and at most 10.
RARE_SHARE, RARE_MIN, RARE_MAX = 0.005, 2, 10
# Words of a name that make distinct whole numbers an identifier, and those that do so only if the
# numbers are also dense, as a running count is.
ID_WORDS = frozenset(("id", "ids", "uid", "uuid", "guid", "pk", "rowid"))
COUNTER_WORDS = frozenset(
    ("index", "idx", "row", "rows", "rownum", "rownames", "unnamed", "no", "nr", "number", "n")
)


def recognise(series: pd.Series, max_categories: int) -> AnyColumn:
    """The kind of the column, with its encoding.

    Raises
    ------
    InputError
        For infinite values.
    """
    name = str(series.name)
    if holds_nested(series):
        return Dropped(name, "its cells hold lists or records, not single values")
    if pd.api.types.is_complex_dtype(series.dtype):
        return Dropped(name, "complex numbers")
    if series.isna().all():
        return Dropped(name, "all cells are missing")
    if is_numeric(series) or pd.api.types.is_timedelta64_dtype(series.dtype):
        return number(series, to_numbers(series)[0])
    declared_category = isinstance(series.dtype, pd.CategoricalDtype)
    found: AnyColumn | None = truth(series)
    orders: tuple[DateOrder, ...] = ()
    if found is None and not declared_category:
        orders = date_orders(series)
        found = dates(series, *orders) if len(orders) == 1 else number_in_text(series)
    return found or category(series, max_categories, unclear_dates=len(orders) > 1)


def number(
    series: pd.Series,
    x: FloatArray,
    grouped: bool = False,
    words: tuple[str, ...] = (),
    sign: str = "",
) -> AnyColumn:
    """A number, unless it never varies or only counts the rows."""
    name = str(series.name)
    require_finite(series, x)
    missing = np.isnan(x)
    indicator = bool(missing.any())
    present = x[~missing] if indicator else x
    if not len(present):
        return Dropped(name, "all cells are missing")
    if not indicator and present.min() == present.max():
        return Dropped(name, f"constant: every cell is {present[0]:g}")
    integral = bool((present == np.floor(present)).all())
    if integral and not indicator and is_identifier(name, present):
        return Dropped(name, "an identifier: distinct whole numbers, named like one")
    return Number(name, integral, Scaling.learn(present), indicator, grouped, words, sign)


def is_identifier(name: str, x: FloatArray) -> bool:
    """Whether distinct whole numbers identify rows: the name must say so, too."""
    # "customerID", "customer_id" and "Customer Id" all have the word "id".
    words = set(re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower().replace("_", " ").split())
    words = {word for part in words for word in re.split(r"\W+", part)}
    if not words & (ID_WORDS | COUNTER_WORDS) or len(np.unique(x)) < len(x):
        return False
    dense = float(x.max() - x.min()) < 2 * len(x)
    return bool(words & ID_WORDS) or dense


def truth(series: pd.Series) -> Boolean | None:
    """A truth value, if every present cell is one and both occur."""
    codes = to_truth(series)
    if (codes == STRANGE).any() or not ((codes == 0).any() and (codes == 1).any()):
        return None
    often_true = bool((codes == 1).sum() > (codes == 0).sum())
    return Boolean(str(series.name), bool((codes == MISSING).any()), often_true)


def dates(series: pd.Series, order: DateOrder) -> AnyColumn:
    """A date, for cells that all are one of this order; constant ones are dropped."""
    days, _ = to_days(series, order)
    missing = np.isnan(days)
    present = days[~missing]
    indicator = bool(missing.any())
    if not indicator and present.min() == present.max():
        return Dropped(str(series.name), "constant: every cell is the same date")
    return Date(str(series.name), Scaling.learn(present), cycles_of(present), indicator, order)


def cycles_of(days: FloatArray) -> tuple[Cycle, ...]:
    """The cycles in which these days vary: the month, the day of the week, the time of day."""
    whole = np.floor(days)
    months = whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    varied = {Cycle.YEAR: months, Cycle.WEEK: whole % 7, Cycle.DAY: days - whole}
    return tuple(cycle for cycle, values in varied.items() if values.min() < values.max())


def number_in_text(series: pd.Series) -> AnyColumn | None:
    """A number, if the texts are numbers but for a common sign and a few words ("unknown")."""
    codes, texts = factorise(series)
    sign = common_sign(texts)
    grouped = is_surely_grouped([without_sign(text, sign) for text in texts] if sign else texts)
    x, strange = to_numbers(series, grouped=grouped, sign=sign)
    words = sorted({texts[code].lower() for code in np.unique(codes[strange])})
    if words:
        numbers = x[~np.isnan(x)]
        tolerable = (
            len(words) <= MAX_WORDS
            and len(numbers) >= NUMERIC_SHARE * (len(numbers) + strange.sum())
            and len(np.unique(numbers)) >= MIN_NUMBERS
        )
        if not tolerable:
            return None
    return number(series, x, grouped, tuple(words), sign)


def category(series: pd.Series, max_categories: int, unclear_dates: bool) -> AnyColumn:
    """A category, unless its texts are nearly all different or never differ."""
    name = str(series.name)
    codes, texts = factorise(series)
    missing = codes == -1
    indicator = bool(missing.any())
    n_present = int((~missing).sum())
    if not texts:
        return Dropped(name, "all cells are missing")
    if len(texts) == 1 and not indicator:
        return Dropped(name, f"constant: every cell is {quote(texts)}")
    if len(texts) > FEW_TEXTS:
        length = float(np.array([len(text) for text in texts])[codes[~missing]].mean())
        of_all = f"{len(texts):,} of {n_present:,} texts are distinct"
        nearly_distinct = len(texts) >= NEARLY_DISTINCT * n_present
        long = length >= LONG_TEXT and len(texts) > MOSTLY_DISTINCT * n_present
        if long or (nearly_distinct and are_prose(texts)):
            return Dropped(name, f"free text: {of_all}, {length:.0f} characters on average")
        if nearly_distinct:
            if unclear_dates:
                return Dropped(name, UNCLEAR_DATES)
            if are_unclear_numbers(texts):
                shown = quote(texts[:1])
                return Dropped(
                    name, f"numbers in an unclear notation such as {shown}: write 1234.5"
                )
            return Dropped(name, f"an identifier: {of_all}")
    own = frequent(codes[~missing], len(texts), max_categories)
    if not len(own):
        rare = f"{len(texts):,} categories, all of them rare"
        return Dropped(name, UNCLEAR_DATES if unclear_dates else rare)
    categories = tuple(sorted(texts[k] for k in own))
    others = tuple(sorted(set(texts) - set(categories)))
    return Category(name, categories, others, indicator, unclear_dates)


def are_prose(texts: list[str]) -> bool:
    """Whether the texts are made of words rather than of codes."""
    return sum(len(WORD.findall(text)) for text in texts) >= PROSE_WORDS * len(texts)


def frequent(codes: IntArray, n_texts: int, max_categories: int) -> IntArray:
    """The codes with enough rows for a feature of their own, the most frequent ones first."""
    counts = np.bincount(codes, minlength=n_texts)
    enough = int(np.clip(RARE_SHARE * len(codes), RARE_MIN, RARE_MAX))
    by_count = np.argsort(-counts, kind="stable")[:max_categories]
    own: IntArray = by_count[counts[by_count] >= enough]
    return own
