"""Converts cells of any pandas dtype to numbers, truth values, days and texts.

Every function takes a pandas Series of n cells and returns arrays of length n. Distinct values are
converted once and then spread, so that a million repeated words cost as much as a few.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table.date_text import DateOrder, moment_of

__all__ = [
    "MISSING",
    "MISSING_MARKERS",
    "STRANGE",
    "BoolArray",
    "are_unclear_numbers",
    "common_sign",
    "factorise",
    "holds_nested",
    "is_numeric",
    "is_surely_grouped",
    "to_days",
    "to_numbers",
    "to_truth",
    "without_sign",
]

BoolArray = npt.NDArray[np.bool_]

# Markers of missing values, compared case-insensitively.
MISSING_MARKERS = frozenset(
    ("", "?", "na", "n/a", "#n/a", "#na", "<na>", "nan", "-nan", "nat", "null", "#null!")
) | {"none", "nil", "missing", "#value!", "\\n"}

TRUTH = {"true": 1, "yes": 1, "y": 1, "t": 1, "false": 0, "no": 0, "n": 0, "f": 0}
MISSING, STRANGE = -1, -2  # codes beside 0 and 1

GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
UNCLEAR_NUMBER = re.compile(r"[-+]?\d+[.,][\d.,]*\d")
SURELY_GROUPED = re.compile(r"[-+]?\d{1,3}((,\d{3}){2,}(\.\d*)?|,\d{3}\.\d*)")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SIGNED_SHARE = 0.8  # share of texts that must have a sign before it is believed


def is_numeric(series: pd.Series) -> bool:
    """Whether the cells are stored as numbers (truth values and complex numbers are not)."""
    dtype = series.dtype
    return bool(
        pd.api.types.is_numeric_dtype(dtype)
        and not pd.api.types.is_bool_dtype(dtype)
        and not pd.api.types.is_complex_dtype(dtype)
    )


def holds_nested(series: pd.Series) -> bool:
    """Whether any cell is itself a list, a dictionary or the like."""
    if not pd.api.types.is_object_dtype(series.dtype):
        return isinstance(series.dtype, pd.ArrowDtype) and bool(
            {"list", "struct", "map"} & set(re.findall(r"[a-z]+", str(series.dtype)))
        )
    return any(isinstance(value, list | dict | set | tuple | np.ndarray) for value in series)


def to_numbers(
    series: pd.Series,
    *,
    grouped: bool = False,
    words: frozenset[str] = frozenset(),
    sign: str = "",
) -> tuple[FloatArray, BoolArray]:
    """(float64 values with NaN where missing, which cells are no number).

    `grouped` reads "1,234" as 1234; `words` are further texts, in lower case, that mean "missing";
    `sign` is one that may stand before or after a number, such as % or €. Infinite values
    are kept. Durations are given in seconds.
    """
    if is_numeric(series) or pd.api.types.is_bool_dtype(series.dtype):
        values: FloatArray = series.to_numpy(dtype=np.float64, na_value=np.nan)
        return values, np.zeros(len(series), dtype=np.bool_)
    if pd.api.types.is_timedelta64_dtype(series.dtype):
        values = series.dt.total_seconds().to_numpy(dtype=np.float64)
        return values, np.zeros(len(series), dtype=np.bool_)
    return spread(series, lambda value: number_of(value, grouped, words, sign))


def is_surely_grouped(texts: list[str]) -> bool:
    """Whether commas in these texts must group thousands: one proves it, and none denies it."""
    with_comma = [text for text in texts if "," in text]
    return any(SURELY_GROUPED.fullmatch(text) for text in with_comma) and all(
        GROUPED.fullmatch(text) for text in with_comma
    )


def are_unclear_numbers(texts: list[str]) -> bool:
    """Whether these texts are numbers whose commas may group digits or precede decimals."""
    return all(UNCLEAR_NUMBER.fullmatch(text) or text.isdigit() for text in texts)


def common_sign(texts: list[str]) -> str:
    """The percent or currency sign at an end of nearly all texts, if there is but one; else ""."""
    texts = [text for text in texts if text.lower() not in MISSING_MARKERS]
    signs = Counter(sign for text in texts if (sign := sign_of(text)))
    if len(signs) != 1:
        return ""
    (sign, n) = signs.popitem()
    return sign if n >= SIGNED_SHARE * len(texts) else ""


def sign_of(text: str) -> str:
    for mark in (text[-1:], text.lstrip("+-")[:1]):
        if mark == "%" or (mark and unicodedata.category(mark) == "Sc"):
            return mark
    return ""


def without_sign(text: str, sign: str) -> str:
    """ "-€ 5" and "-5 €" without their sign: "-5"."""
    if text.endswith(sign):
        return text.removesuffix(sign).rstrip()
    amount = text.lstrip("+-")
    if amount.startswith(sign):
        return text[: len(text) - len(amount)] + amount.removeprefix(sign).lstrip()
    return text


def to_days(
    series: pd.Series, order: DateOrder = DateOrder.YEAR_FIRST
) -> tuple[FloatArray, BoolArray]:
    """(days since 1970-01-01 UTC with NaN where missing, which cells are no date).

    A time without a zone is taken as UTC. Text must be a date of this order, perhaps with a time.
    """
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        if series.dt.tz is not None:
            series = series.dt.tz_convert("UTC").dt.tz_localize(None)
        stamps = series.to_numpy(dtype="datetime64[us]")
        days = stamps.astype(np.int64) / 86_400e6
        days[np.isnat(stamps)] = np.nan
        return days, np.zeros(len(series), dtype=np.bool_)
    if is_numeric(series):
        return np.full(len(series), np.nan), series.notna().to_numpy(dtype=np.bool_)
    return spread(series, lambda value: days_of(value, order))


def to_truth(series: pd.Series) -> IntArray:
    """1 for true, 0 for false, -1 where missing, -2 for anything else. The case does not matter."""
    values, strange = spread(series, truth_of)
    codes = np.where(np.isnan(values), MISSING, values).astype(np.int8)
    codes[strange] = STRANGE
    return codes


def factorise(series: pd.Series) -> tuple[IntArray, list[str]]:
    """(code of each cell's text, -1 where missing or blank; the distinct texts).

    A number is written as briefly as it can be ("3", not "3.0"), so that a code column reads the
    same whether or not a missing value turned it into floats.
    """
    codes, distinct = pd.factorize(series)
    index: dict[str, int] = {}
    renumber = np.full(len(distinct) + 1, -1, dtype=np.intp)  # the last entry serves code -1
    for i, value in enumerate(distinct):
        text = text_of(value)
        if text:
            renumber[i] = index.setdefault(text, len(index))
    return renumber[codes], list(index)


def spread(
    series: pd.Series, convert: Callable[[Any], float | None]
) -> tuple[FloatArray, BoolArray]:
    """Convert each distinct value; NaN means missing and None that it cannot be converted."""
    codes, distinct = pd.factorize(series)
    values = np.full(len(distinct) + 1, np.nan)  # the last entry serves code -1, a missing cell
    strange = np.zeros(len(distinct) + 1, dtype=np.bool_)
    for i, value in enumerate(distinct):
        converted = convert(value)
        if converted is None:
            strange[i] = True
        else:
            values[i] = converted
    return values[codes], strange[codes]


def number_of(value: Any, grouped: bool, words: frozenset[str], sign: str) -> float | None:
    if words and text_of(value).lower() in words:
        return math.nan
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in MISSING_MARKERS:
            return math.nan
        if sign:
            text = without_sign(text, sign)
        if grouped and GROUPED.fullmatch(text):
            text = text.replace(",", "")
        return float_of(text) if "_" not in text else None
    if isinstance(value, timedelta):
        return value.total_seconds()
    return None if isinstance(value, complex | date) else float_of(value)


def float_of(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def days_of(value: Any, order: DateOrder) -> float | None:
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in MISSING_MARKERS:
            return math.nan
        value = moment_of(text, order)
    if not isinstance(value, date):
        return None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    moment = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    days: float = (moment - EPOCH) / DAY
    return days


def truth_of(value: Any) -> float | None:
    if isinstance(value, str):
        word = value.strip().lower()
        return math.nan if word in MISSING_MARKERS else TRUTH.get(word)
    number = float_of(value)
    return number if number in (0, 1) else None


def text_of(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bytes):
        return value.decode(errors="replace").strip()
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)
