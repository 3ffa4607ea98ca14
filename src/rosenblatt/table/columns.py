"""Encodings of numbers, categories and truth values; dates are in `dates`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from rosenblatt.support.types import FloatArray
from rosenblatt.table.column import Column
from rosenblatt.table.dates import Date
from rosenblatt.table.messages import count, not_a, quote, require_finite, rows_named
from rosenblatt.table.missing import fill_scaled, missing_detail, unlike_training
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.values import MISSING, STRANGE, factorise, to_numbers, to_truth

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["UNCLEAR_DATES", "AnyColumn", "Boolean", "Category", "Dropped", "Number"]

UNCLEAR_DATES = "looks like dates of an unclear order; write 2021-03-18"


@final
@dataclass(frozen=True)
class Number(Column):
    """A number: scaled, missing ones imputed by the median and marked by an indicator.

    Attributes
    ----------
    integral : bool
        Whether all training values were whole.
    indicator : bool
        Whether values were missing in training: then a second feature is 1 where one is missing.
    grouped : bool
        Whether "1,234" means 1234.
    words : tuple of str
        Texts, in lower case, that stood among the numbers and were taken as missing.
    sign : str
        The percent or currency sign that may stand beside a number, or "".
    """

    kind: ClassVar[str] = "number"

    name: str
    integral: bool
    scaling: Scaling
    indicator: bool
    grouped: bool = False
    words: tuple[str, ...] = ()
    sign: str = ""

    @property
    def n_features(self) -> int:
        return 1 + self.indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        return (self.name, f"{self.name} is missing") if self.indicator else (self.name,)

    @property
    def detail(self) -> str:
        what = "whole numbers" if self.integral else "numbers"
        what += f" with {self.sign}" if self.sign else ""
        words = f", {quote(list(self.words))} taken as missing" if self.words else ""
        median = f"median {self.scaling.center:g}"
        return f"{what}, {median}{missing_detail(self.indicator)}{words}"

    def fill(self, series: pd.Series, out: FloatArray) -> tuple[str, ...]:
        x, strange = to_numbers(
            series, grouped=self.grouped, words=frozenset(self.words), sign=self.sign
        )
        if strange.any():
            raise not_a(series, strange, "a number")
        require_finite(series, x)
        return fill_scaled(series, x, self.scaling, self.indicator, out)


@final
@dataclass(frozen=True)
class Category(Column):
    """One of several texts: one feature each for the frequent ones, one for all others together.

    Attributes
    ----------
    categories : tuple of str
        The categories with a feature of their own.
    others : tuple of str
        Further categories, rare or beyond the cap: if there are any, they and those never seen
        share one feature, "another". Otherwise an unseen one has all features 0.
    indicator : bool
        Whether cells were missing in training: then "missing" is a category of its own.
    unclear_dates : bool
        Whether the texts are dates that may have the day or the month first.
    """

    kind: ClassVar[str] = "category"

    name: str
    categories: tuple[str, ...]
    others: tuple[str, ...]
    indicator: bool
    unclear_dates: bool = False

    def __post_init__(self) -> None:
        known = self.categories + self.others
        if len(set(known)) != len(known):
            raise ValueError(f"the categories of column {quote([self.name])} are not distinct")

    @property
    def n_features(self) -> int:
        return len(self.categories) + bool(self.others) + self.indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        own = tuple(f"{self.name} = {category}" for category in self.categories)
        other = (f"{self.name} is another",) if self.others else ()
        return own + other + ((f"{self.name} is missing",) if self.indicator else ())

    @property
    def detail(self) -> str:
        n = len(self.categories) + len(self.others)
        pooled = f", {len(self.others):,} of them pooled as rare" if self.others else ""
        dates = f", {UNCLEAR_DATES}" if self.unclear_dates else ""
        known = count(n, "category", "categories")
        return f"{known}{pooled}{missing_detail(self.indicator)}{dates}"

    def fill(self, series: pd.Series, out: FloatArray) -> tuple[str, ...]:
        codes, texts = factorise(series)
        own = {category: k for k, category in enumerate(self.categories)}
        # An entry a text and a last one for code -1; -1 again means "no feature at all".
        other = len(own) if self.others else -1
        feature = np.array([own.get(text, other) for text in texts] + [-1], dtype=np.intp)
        if self.indicator:
            feature[-1] = out.shape[1] - 1
        feature_of_row = feature[codes]
        rows = np.flatnonzero(feature_of_row >= 0)
        out[rows, feature_of_row[rows]] = 1

        notes = []
        missing = codes == -1
        if missing.any() and not self.indicator:
            notes.append(unlike_training(series, missing, "taken as none of its categories"))
        known = own.keys() | set(self.others)
        strangers = [text for text in texts if text not in known]
        if strangers:
            unseen = np.array([text not in known for text in texts] + [False])[codes]
            taken = "another, like the rare ones" if self.others else "none of its categories"
            notes.append(
                f"column {self.name!r} has {count(int(unseen.sum()), 'cell')} of "
                f"{count(len(strangers), 'category', 'categories')} unseen in training "
                f"({quote(strangers)}; {rows_named(series, unseen)}): taken as {taken}"
            )
        return tuple(notes)


@final
@dataclass(frozen=True)
class Boolean(Column):
    """True or false, yes or no: 1 or 0; a missing one is 0 beside its indicator."""

    kind: ClassVar[str] = "true/false"

    name: str
    indicator: bool
    often_true: bool

    @property
    def n_features(self) -> int:
        return 1 + self.indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        return (self.name, f"{self.name} is missing") if self.indicator else (self.name,)

    @property
    def detail(self) -> str:
        return f"true or false, mostly {self.often_true}".lower() + missing_detail(self.indicator)

    def fill(self, series: pd.Series, out: FloatArray) -> tuple[str, ...]:
        codes = to_truth(series)
        strange = codes == STRANGE
        notes = []
        if strange.any():
            example = str(series.iloc[int(np.flatnonzero(strange)[0])])
            notes.append(
                f"column {self.name!r} has {count(int(strange.sum()), 'cell')} neither true nor "
                f"false ({quote([example])}; {rows_named(series, strange)}): taken as missing"
            )
        missing = (codes == MISSING) | strange
        out[:, 0] = np.where(missing, self.often_true and not self.indicator, codes)
        if self.indicator:
            out[:, 1] = missing
        elif missing.any():
            notes.append(unlike_training(series, missing, "the more frequent value was taken"))
        return tuple(notes)


@final
@dataclass(frozen=True)
class Dropped(Column):
    """A column that is not encoded, and why."""

    kind: ClassVar[str] = "left out"

    name: str
    reason: str

    @property
    def n_features(self) -> int:
        return 0

    @property
    def feature_names(self) -> tuple[str, ...]:
        return ()

    @property
    def detail(self) -> str:
        return self.reason

    def fill(self, series: pd.Series, out: FloatArray) -> tuple[str, ...]:
        return ()


AnyColumn = Number | Category | Boolean | Date | Dropped
