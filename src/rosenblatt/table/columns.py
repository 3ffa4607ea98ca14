"""Encodings of numbers, categories and truth values; dates are in `dates`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, final

import numpy as np

from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.types import BoolArray, FloatArray, IntArray
from rosenblatt.table.cells import Cells, Distinct
from rosenblatt.table.column import Column
from rosenblatt.table.dates import Date
from rosenblatt.table.imputation import fill_scaled, missing_detail, unlike_training
from rosenblatt.table.labels import Labels
from rosenblatt.table.messages import cell_text, count, quote, require_finite, rows_named
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation, is_plain
from rosenblatt.table.other_notation import numbers_in
from rosenblatt.table.parsing import MISSING, STRANGE, missing_of, spread, truth_of
from rosenblatt.table.scaling import Scaling
from rosenblatt.table.serialization import to_plain
from rosenblatt.table.unseen import all_unseen_note, some_unseen_note

__all__ = ["AnyColumn", "Boolean", "Category", "Dropped", "Number"]

LARGEST_MEAN = float(np.finfo(np.float32).max)  # features may be float32


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
    words : tuple of str
        Texts that stood among the numbers and are taken as missing.
    notation : NumberNotation or DurationNotation
        How text is read.
    origin : int
        What is subtracted from whole numbers too large for a float64, before they become one.
    """

    kind: ClassVar[str] = "number"

    name: str
    integral: bool
    scaling: Scaling
    indicator: bool
    words: tuple[str, ...] = ()
    notation: NumberNotation | DurationNotation = PLAIN_NUMBERS
    origin: int = 0

    def __post_init__(self) -> None:
        if not -(2**63) <= self.origin < 2**63:
            raise ValueError("the origin of whole numbers has more than 64 bits")

    @property
    def n_features(self) -> int:
        return 1 + self.indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        unit = unit_of(self.notation)
        name = f"{self.name} ({unit})" if unit and unit not in self.name else self.name
        return (name, f"{self.name} is missing") if self.indicator else (name,)

    @property
    def detail(self) -> str:
        what = "whole numbers" if self.integral else "numbers"
        if written := self.notation.describe():
            what = (
                f"whole numbers, written {written}"
                if self.integral
                else f"numbers, written {written}"
            )
        words = f", taken as missing: {quote(self.words)}" if self.words else ""
        median = f"median {self.scaling.center + self.origin:g}"
        return f"{what}, {median}{missing_detail(self.indicator)}{words}"

    @property
    def scaling_of_values(self) -> Scaling:
        """The scaling of a value from which the origin is not subtracted."""
        return replace(self.scaling, center=self.scaling.center + self.origin)

    @property
    def is_plain(self) -> bool:
        """Whether a file's reader may convert its cells."""
        return not self.origin and is_plain(self.notation)

    @staticmethod
    def of_current_form(data: dict[str, Any]) -> dict[str, Any]:
        """Version 0.1.0 wrote `grouped` and `sign` instead of a notation."""
        older = {name: value for name, value in data.items() if name not in ("grouped", "sign")}
        if "notation" in data or len(older) == len(data):
            return data
        grouped, sign = data.get("grouped", False), data.get("sign", "")
        if type(grouped) is not bool or type(sign) is not str:
            return data
        notation = NumberNotation(grouping="," if grouped else "", unit=sign)
        return {**older, "notation": to_plain(notation)}

    def fill(self, cells: Cells, out: FloatArray) -> tuple[str, ...]:
        x, notes = numbers_in(cells, self.notation, self.words, self.origin)
        require_finite(cells, x)
        return (*notes, *fill_scaled(cells, x, self.scaling, self.indicator, out))


def unit_of(notation: NumberNotation | DurationNotation) -> str:
    return notation.unit if isinstance(notation, NumberNotation) else "s"


@final
@dataclass(frozen=True)
class Category(Column):
    """One of several texts: one feature each for the frequent ones, one for all others together,
    and means of the target. Or a code alone, for a network that embeds categories.

    Attributes
    ----------
    categories : tuple of str
        The categories with a feature of their own.
    others : tuple of str
        Further categories, rare or beyond the cap: if there are any, they and those never seen
        share one feature, "another". Otherwise an unseen one has all features 0.
    indicator : bool
        Whether cells were missing in training: then "missing" is a category of its own.
    words : tuple of str
        Texts taken as missing, besides the usual markers that are no category.
    means : tuple of tuple of float
        For each of the categories and the others, then with an indicator for missing cells, the
        standardised means of the target over the rows that have it: see `target_means`. An unseen
        category has 0, as the mean over all rows.
    mean_of : tuple of str
        What is averaged, such as a class whose share it is: one feature each.
    coded : bool
        Whether its one feature is a code: 1 … n for `categories`, and 0 for the others, those never
        seen and missing cells.
    """

    kind: ClassVar[str] = "category"

    name: str
    categories: tuple[str, ...]
    others: tuple[str, ...]
    indicator: bool
    words: tuple[str, ...] = ()
    means: tuple[tuple[float, ...], ...] = ()
    mean_of: tuple[str, ...] = ()
    coded: bool = False

    def __post_init__(self) -> None:
        known = self.known
        if self.coded and self.mean_of:
            raise ValueError(f"column {quote([self.name])} has a code, and no means beside it")
        if len(set(known)) != len(known):
            raise ValueError(f"the categories of column {quote([self.name])} are not distinct")
        expected = len(known) + self.indicator if self.mean_of else 0
        widths = {len(of_one) for of_one in self.means}
        if len(self.means) != expected or widths - {len(self.mean_of)}:
            raise ValueError(f"the means of column {quote([self.name])} do not fit its categories")
        if any(abs(mean) > LARGEST_MEAN for of_one in self.means for mean in of_one):
            raise ValueError(f"the means of column {quote([self.name])} are too large")

    @property
    def known(self) -> tuple[str, ...]:
        return self.categories + self.others

    @property
    def n_features(self) -> int:
        return self.n_indicators + len(self.mean_of)

    @property
    def n_indicators(self) -> int:
        """Features that are 0 or 1, or the code; those of the means follow."""
        if self.coded:
            return 1
        return len(self.categories) + bool(self.others) + self.indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        if self.coded:
            return (f"{self.name}: code",)
        own = tuple(f"{self.name} = {category}" for category in self.categories)
        other = (f"{self.name} is another",) if self.others else ()
        missing = (f"{self.name} is missing",) if self.indicator else ()
        means = tuple(f"{self.name}: mean of {what}" for what in self.mean_of)
        return own + other + missing + means

    @property
    def detail(self) -> str:
        n = len(self.known)
        pooled = f", {len(self.others):,} pooled as rare" if self.others else ""
        known = count(n, "category", "categories")
        words = f", taken as missing: {quote(self.words)}" if self.words else ""
        return f"{known}{pooled}{missing_detail(self.indicator)}{words}"

    @staticmethod
    def of_current_form(data: dict[str, Any]) -> dict[str, Any]:
        """Version 0.1.0 took dates of an unclear order for categories, and said so."""
        return {name: value for name, value in data.items() if name != "unclear_dates"}

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.known, as_codes=True)

    def places(self, cells: Cells) -> IntArray:
        """Of each cell the number of its category among those known; behind them for a missing one,
        -1 for one never seen. Shape (n,)."""
        distinct = cells.distinct
        known, missing = self._known_and_missing(distinct)
        n = len(self.known)
        return spread(np.where(missing, n, known), distinct.codes, n)

    def _known_and_missing(self, distinct: Distinct) -> tuple[IntArray, BoolArray]:
        known = self._labels.codes_of(distinct.strings)
        return known, missing_of(distinct, self.words) & (known < 0)

    def fill(self, cells: Cells, out: FloatArray) -> tuple[str, ...]:
        distinct = cells.distinct
        known, missing = self._known_and_missing(distinct)
        is_own = (known >= 0) & (known < len(self.categories))
        if self.coded:
            out[:, 0] = spread(np.where(is_own, known + 1, 0), distinct.codes, 0)
        else:
            # -1 means "no feature at all".
            other = len(self.categories) if self.others else -1
            feature = np.where(is_own, known, other)
            last = self.n_indicators - 1 if self.indicator else -1
            feature_of_row = spread(np.where(missing, last, feature), distinct.codes, last)
            rows = np.flatnonzero(feature_of_row >= 0)
            out[rows, feature_of_row[rows]] = 1
        if self.mean_of:
            out[:, self.n_indicators :] = self.means_at(self.places(cells))

        notes = []
        missing_rows = spread(missing, distinct.codes, True)
        if missing_rows.any() and not self.indicator:
            notes.append(unlike_training(cells, missing_rows, "taken as none of its categories"))
        unseen = (known < 0) & ~missing
        if unseen.any():
            strangers = [distinct.strings[k] for k in np.flatnonzero(unseen)]
            unseen_rows = spread(unseen, distinct.codes, False)
            notes.append(
                self.note_if_all_unseen(cells)
                or some_unseen_note(cells, unseen_rows, strangers, self._unseen_are)
            )
        return tuple(notes)

    @property
    def _unseen_are(self) -> str:
        return "another, like the rare ones" if self.others else "none of its categories"

    def note_if_all_unseen(self, cells: Cells) -> str:
        """What to say where cells have categories and none of them is known; otherwise "".

        One row with a new category is nothing odd.
        """
        if len(cells) < 2:
            return ""
        strings = cells.distinct.strings
        if any(map(self._labels.knows, strings)):  # as good as always the first one
            return ""
        _, missing = self._known_and_missing(cells.distinct)
        strangers = [text for text, absent in zip(strings, missing, strict=True) if not absent]
        if not strangers:
            return ""
        return all_unseen_note(cells, strangers, self.known, self._unseen_are)

    def means_at(self, places: IntArray) -> FloatArray:
        """The means of cells whose `places` these are, shape (n, n_means)."""
        # The row behind those of the table, which -1 and a missing cell without means take, is 0.
        table = np.zeros((len(self.means) + 1, len(self.mean_of)))
        table[:-1] = self.means
        return table[np.where(places < len(self.means), places, -1)]


@final
@dataclass(frozen=True)
class Boolean(Column):
    """True or false, yes or no: 1 or 0; a missing one is 0 beside its indicator."""

    kind: ClassVar[str] = "true/false"

    name: str
    indicator: bool
    often_true: bool
    words: tuple[str, ...] = ()

    @property
    def n_features(self) -> int:
        return 1 + self.indicator

    @property
    def feature_names(self) -> tuple[str, ...]:
        return (self.name, f"{self.name} is missing") if self.indicator else (self.name,)

    @property
    def detail(self) -> str:
        return f"true or false, mostly {self.often_true}".lower() + missing_detail(self.indicator)

    def fill(self, cells: Cells, out: FloatArray) -> tuple[str, ...]:
        codes = truth_of(cells, self.words)
        strange = codes == STRANGE
        notes = []
        if strange.any():
            example = cell_text(cells, int(np.flatnonzero(strange)[0]))
            notes.append(
                f"column {self.name!r} has {count(int(strange.sum()), 'cell')} neither true nor "
                f"false ({quote([example])}; {rows_named(cells, strange)}): taken as missing"
            )
        missing = (codes == MISSING) | strange
        out[:, 0] = np.where(missing, self.often_true and not self.indicator, codes)
        if self.indicator:
            out[:, 1] = missing
        elif missing.any():
            notes.append(unlike_training(cells, missing, "the more frequent value was taken"))
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

    def fill(self, cells: Cells, out: FloatArray) -> tuple[str, ...]:
        return ()


AnyColumn = Number | Category | Boolean | Date | Dropped
