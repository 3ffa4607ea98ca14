"""Encoding of the column to predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table.messages import count, not_a, quote, require_finite, rows_named
from rosenblatt.table.values import BoolArray, factorise, to_numbers, to_truth

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AnyTarget", "ClassTarget", "EncodedTarget", "NumberTarget"]


@final
@dataclass(frozen=True)
class EncodedTarget:
    """Targets of those rows of a table that have a usable one.

    Attributes
    ----------
    y : array (n_usable,)
        Class codes (int64), or numbers as they stand in the table (float64).
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
        Labels in sorted order.
    counts : tuple of int
        How many training rows each class had.
    reason : str
        Why the task is classification.
    """

    kind: ClassVar[str] = "target"

    name: str
    classes: tuple[str, ...] | tuple[int, ...] | tuple[bool, ...]
    counts: tuple[int, ...]
    reason: str

    def __post_init__(self) -> None:
        if len({type(label) for label in self.classes}) != 1:
            raise ValueError("class labels must be of one type")
        if not 2 <= len(set(self.classes)) == len(self.classes) == len(self.counts):
            raise ValueError("classes must be two or more, distinct, and each with its count")
        # The codes of truth values are taken for granted.
        if list(self.classes) != sorted(self.classes):
            raise ValueError("classes must be sorted")

    @property
    def detail(self) -> str:
        return f"{len(self.classes)} classes: {quote([str(label) for label in self.classes])}"

    @property
    def notes(self) -> tuple[str, ...]:
        taken = f"{self.name!r} is taken for {len(self.classes)} classes: {self.reason}"
        single = [str(label) for label, n in zip(self.classes, self.counts, strict=True) if n == 1]
        if not single:
            return (taken,)
        classes = "class" if len(single) == 1 else "classes"
        return (taken, f"{classes} {quote(single)} of {self.name!r} with one row only")

    def encode(self, series: pd.Series) -> EncodedTarget:
        """Codes of the rows whose class is present and known; the others are noted."""
        codes_of_texts, texts = factorise(series)
        if isinstance(self.classes[0], bool):
            truth = to_truth(series)
            codes: IntArray = np.where(truth >= 0, truth, -1).astype(np.int64)
        else:
            index = {str(label): k for k, label in enumerate(self.classes)}
            lookup = np.array([index.get(text, -1) for text in texts] + [-1], dtype=np.int64)
            codes = lookup[codes_of_texts]
        rows = codes >= 0
        missing = codes_of_texts == -1
        notes = missing_note(self.name, missing)
        unknown = ~rows & ~missing
        if unknown.any():
            strangers = [texts[k] for k in np.unique(codes_of_texts[unknown])]
            notes += (
                f"{count(int(unknown.sum()), 'row')} left out: their {self.name!r} "
                f"({quote(strangers)}; {rows_named(series, unknown)}) is no class of the training",
            )
        return EncodedTarget(codes[rows], rows, notes)

    def labels(self, codes: IntArray) -> npt.NDArray[Any]:
        """The labels of class codes of any shape, as an array of str, int64 or bool."""
        dtype: Any = object if isinstance(self.classes[0], str) else None
        return np.array(self.classes, dtype=dtype)[codes]


@final
@dataclass(frozen=True)
class NumberTarget:
    """A number; `mean` and `scale` (the standard deviation) are those of the training rows."""

    kind: ClassVar[str] = "target"

    name: str
    mean: float
    scale: float
    reason: str

    def __post_init__(self) -> None:
        if self.scale <= 0:
            raise ValueError("the scale of a target must be positive")

    @property
    def detail(self) -> str:
        return f"numbers, mean {self.mean:g}, standard deviation {self.scale:g}"

    @property
    def notes(self) -> tuple[str, ...]:
        return (f"{self.name!r} is taken for a number: {self.reason}",)

    def encode(self, series: pd.Series) -> EncodedTarget:
        """The numbers as they stand. Raises InputError for text and infinite values."""
        y, strange = to_numbers(series)
        if strange.any():
            raise not_a(series, strange, "a number")
        require_finite(series, y)
        missing = np.isnan(y)
        return EncodedTarget(y[~missing], ~missing, missing_note(self.name, missing))

    def standardise(self, y: FloatArray) -> FloatArray:
        """(y - mean) / scale: what the network learns."""
        return (y - self.mean) / self.scale

    def restore(self, standardised: FloatArray) -> FloatArray:
        """The inverse of `standardise`."""
        return standardised * self.scale + self.mean


AnyTarget = ClassTarget | NumberTarget


def missing_note(name: str, missing: BoolArray) -> tuple[str, ...]:
    n = int(missing.sum())
    return (f"{count(n, 'row')} left out: {name!r} is missing there",) if n else ()
