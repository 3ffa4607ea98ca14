"""Encoding of the column to predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import BoolArray, FloatArray, IntArray
from rosenblatt.table.cells import Cells
from rosenblatt.table.decision import Decision
from rosenblatt.table.labels import Labels
from rosenblatt.table.messages import count, quote, require_finite, rows_named
from rosenblatt.table.missing_words import is_marker
from rosenblatt.table.notation.durations import DurationNotation
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation
from rosenblatt.table.other_notation import numbers_in
from rosenblatt.table.parsing import missing_of, spread, truth_of_text

__all__ = [
    "LOG_STEPS",
    "AnyTarget",
    "ClassTarget",
    "EncodedTarget",
    "NumberTarget",
    "missing_note",
]


LOG_STEPS = 2.0**30


@final
@dataclass(frozen=True)
class EncodedTarget:
    """Targets of those rows of a table that have one.

    Attributes
    ----------
    y : array (n_labelled,)
        Class codes (int64; from the number of classes on for labels that are no class of the
        training), or numbers as they stand in the table (float64).
    rows : bool array (n_rows,)
        Which rows these are: ``X[rows]`` goes with `y`.
    notes : tuple of str
    """

    y: npt.NDArray[Any]
    rows: BoolArray
    notes: tuple[str, ...]


@final
@dataclass(frozen=True)
class ClassTarget:
    """One of at least two classes; the code of a class is its place in `classes`.

    Attributes
    ----------
    classes : tuple of str, of int or of bool
        Labels in sorted order, written as in the table.
    counts : tuple of int
        How many training rows each class had.
    reason : str
        Why the task is classification; empty where that was never in question.
    words : tuple of str
        Texts taken as missing, besides the usual markers that are no label.
    spellings : bool
        Whether the labels are words for true and false, which may be spelt in several ways.
    remarks : tuple of str
        Notes on how the column was read.
    decision : Decision, optional
        How a class follows from probabilities; the most probable one without.
    """

    leaves_out_defaults: ClassVar[bool] = True

    kind: ClassVar[str] = "target"

    name: str
    classes: tuple[str, ...] | tuple[int, ...] | tuple[bool, ...]
    counts: tuple[int, ...]
    reason: str
    words: tuple[str, ...] = ()
    spellings: bool = False
    remarks: tuple[str, ...] = ()
    decision: Decision | None = None

    def __post_init__(self) -> None:
        if len({type(label) for label in self.classes}) != 1:
            raise ValueError("class labels must be of one type")
        if not 2 <= len(set(self.classes)) == len(self.classes) == len(self.counts):
            raise ValueError("classes must be two or more, distinct, and each with its count")
        # The codes of truth values are taken for granted.
        if list(self.classes) != sorted(self.classes):
            raise ValueError("classes must be sorted")
        if self.decision is not None and self.decision.n_classes != len(self.classes):
            raise ValueError("the decision is one of another number of classes")

    @property
    def detail(self) -> str:
        return f"{len(self.classes)} classes: {quote([str(label) for label in self.classes])}"

    def decide(self, probabilities: FloatArray) -> IntArray:
        """The codes of the classes of rows with probabilities of shape (n_rows, n_classes)."""
        if self.decision is not None:
            return self.decision.decide(probabilities)
        return probabilities.argmax(axis=1)

    @property
    def notes(self) -> tuple[str, ...]:
        taken: tuple[str, ...] = ()
        if self.reason:
            taken = (f"{self.name!r} is taken for {len(self.classes)} classes: {self.reason}",)
        single = [str(label) for label, n in zip(self.classes, self.counts, strict=True) if n == 1]
        if not single:
            return (*self.remarks, *taken)
        classes = "class" if len(single) == 1 else "classes"
        one_row = f"{classes} {quote(single)} of {self.name!r} with one row only"
        return (*self.remarks, *taken, one_row)

    def encode(self, cells: Cells) -> EncodedTarget:
        """Codes of the rows that have a label; unknown labels are noted."""
        distinct = cells.distinct
        known = self._codes_of(distinct.strings)
        missing = missing_of(distinct, self.words) & (known < 0)
        rows = ~spread(missing, distinct.codes, True)
        notes = missing_note(self.name, ~rows)
        unknown = (known < 0) & ~missing
        if unknown.any():
            strangers = [distinct.strings[k] for k in np.flatnonzero(unknown)]
            known[unknown] = len(self.classes) + np.arange(len(strangers))
            where = spread(unknown, distinct.codes, False)
            notes += (
                f"{count(int(where.sum()), 'row')} with a {self.name!r} that is no class of the"
                f" training ({quote(strangers)}; {rows_named(cells, where)}): counted as errors",
            )
        codes: IntArray = spread(known, distinct.codes, -1)
        return EncodedTarget(codes[rows], rows, notes)

    def _codes_of(self, texts: list[str]) -> IntArray:
        labels = [str(label) for label in self.classes]
        codes = Labels(labels).codes_of(texts)
        if self.spellings or isinstance(self.classes[0], bool):
            of_truth = {truth_of_text(label): k for k, label in enumerate(labels)}
            for k, text in enumerate(texts):
                if codes[k] < 0 and not is_marker(text):
                    codes[k] = of_truth.get(truth_of_text(text), -1)
        return codes

    def labels(self, codes: IntArray) -> npt.NDArray[Any]:
        """The labels of class codes of any shape, as an array of str, int64 or bool."""
        dtype: Any = object if isinstance(self.classes[0], str) else None
        return np.array(self.classes, dtype=dtype)[codes]


@final
@dataclass(frozen=True)
class NumberTarget:
    """A number; `mean` and `scale` (the standard deviation) are those of the training rows.

    With `log` they are those of its logarithm, which is learnt in its place.

    `notation` is how text is read, `words` are texts taken as missing, `remarks` notes on both.
    Predictions below `low` or above `high`, in the target's units, are taken for these.
    """

    leaves_out_defaults: ClassVar[bool] = True

    kind: ClassVar[str] = "target"

    name: str
    mean: float
    scale: float
    reason: str
    notation: NumberNotation | DurationNotation = PLAIN_NUMBERS
    words: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if self.scale <= 0:
            raise ValueError("the scale of a target must be positive")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the lower limit of a target must not be above its upper limit")

    @property
    def detail(self) -> str:
        written = self.notation.describe()
        what = f"numbers, written {written}" if written else "numbers"
        of = "of the logarithm: " if self.log else ""
        spread = f"{of}mean {self.mean:g}, standard deviation {self.scale:g}"
        ends = (("from", self.low), ("to", self.high))
        limits = [f"{word} {limit:g}" for word, limit in ends if limit is not None]
        return f"{what}, {spread}" + (f", predictions {' '.join(limits)}" if limits else "")

    @property
    def notes(self) -> tuple[str, ...]:
        if not self.reason:
            return self.remarks
        return (*self.remarks, f"{self.name!r} is taken for a number: {self.reason}")

    def encode(self, cells: Cells) -> EncodedTarget:
        """The numbers as they stand. Raises InputError for text and infinite values."""
        y, notes = numbers_in(cells, self.notation, self.words)
        require_finite(cells, y)
        missing = np.isnan(y)
        return EncodedTarget(y[~missing], ~missing, (*notes, *missing_note(self.name, missing)))

    def standardise(self, y: FloatArray) -> FloatArray:
        """(y - mean) / scale, or with `log` (ln y - mean) / scale: what the network learns.

        Beyond the floats it is infinite, as for numbers far from those that the scale is of.
        """
        with np.errstate(over="ignore"):
            return ((np.log(y) if self.log else y) - self.mean) / self.scale

    def restore(self, standardised: FloatArray) -> FloatArray:
        """The inverse of `standardise`, within `low` and `high`; what is NaN stays so."""
        y = self.restore_anywhere(standardised)
        if self.low is not None:
            y = np.maximum(y, self.low)
        return y if self.high is None else np.minimum(y, self.high)

    def restore_anywhere(self, standardised: FloatArray) -> FloatArray:
        """The inverse of `standardise`, whatever `low` and `high`.

        Logarithms are rounded to steps of 2⁻³⁰. Those that differ then do so by far more than the
        error of any library's exponential, so that a larger one never has a smaller result.
        """
        with np.errstate(over="ignore"):
            y: FloatArray = standardised * self.scale + self.mean
            return np.exp(np.floor(y * LOG_STEPS + 0.5) / LOG_STEPS) if self.log else y


AnyTarget = ClassTarget | NumberTarget


def missing_note(name: str, missing: BoolArray) -> tuple[str, ...]:
    """How many rows without a target are left out, if there are any."""
    n = int(missing.sum())
    return (f"{count(n, 'row')} left out: {name!r} is missing there",) if n else ()
