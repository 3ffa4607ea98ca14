"""The encoding of a table, learnt once and applied to any table with the same columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.table.columns import UNCLEAR_DATES, AnyColumn, Category, Dropped, Number
from rosenblatt.table.date_text import DateOrder
from rosenblatt.table.dates import Date
from rosenblatt.table.messages import count, quote
from rosenblatt.table.names import columns_by_name, require_columns
from rosenblatt.table.serialization import from_plain, to_plain
from rosenblatt.table.target import AnyTarget, ClassTarget, EncodedTarget
from rosenblatt.table.task import Task, learn_target
from rosenblatt.table.type_inference import recognise

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ColumnLine", "Encoded", "TableEncoding", "learn_encoding"]


@final
@dataclass(frozen=True)
class Encoded:
    """Features of a table, float32 in C order, shape (n_rows, n_features), and notes."""

    X: npt.NDArray[np.float32]
    notes: tuple[str, ...]


@final
@dataclass(frozen=True)
class ColumnLine:
    """A line of the list of columns and their kinds."""

    name: str
    kind: str
    detail: str
    n_features: int


@final
@dataclass(frozen=True)
class TableEncoding:
    """The encoding of a table's columns, as plain data.

    Attributes
    ----------
    columns : tuple of Number, Category, Boolean, Date or Dropped
        In the order of the training table; the features follow in this order.
    target : ClassTarget or NumberTarget
    """

    columns: tuple[AnyColumn, ...]
    target: AnyTarget

    def __post_init__(self) -> None:
        names = [*(column.name for column in self.columns), self.target.name]
        if len(set(names)) != len(names):
            raise ValueError("column names are not distinct")
        if not self.n_features:
            raise ValueError("no column gives a feature")

    @property
    def n_features(self) -> int:
        return sum(column.n_features for column in self.columns)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(name for column in self.columns for name in column.feature_names)

    @property
    def text_columns(self) -> tuple[str, ...]:
        """Columns whose cells a text file must give as written: `read_table(as_text=…)`."""
        names = [column.name for column in self.columns if isinstance(column, Category)]
        if isinstance(self.target, ClassTarget) and isinstance(self.target.classes[0], str):
            names.append(self.target.name)
        return tuple(names)

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the user on how the columns were interpreted."""
        return (
            self.target.notes
            + dropped_notes(self.columns)
            + words_notes(self.columns)
            + date_notes(self.columns)
        )

    def describe(self) -> tuple[ColumnLine, ...]:
        """The kind of every column, the target last."""
        lines = [
            ColumnLine(column.name, column.kind, column.detail, column.n_features)
            for column in self.columns
        ]
        target = self.target
        return (*lines, ColumnLine(target.name, target.kind, target.detail, 0))

    def encode(self, frame: pd.DataFrame) -> Encoded:
        """Features of a table whose columns stand in any order; the target is not needed.

        Raises InputError if a column is absent or holds what cannot be encoded.
        """
        given = columns_by_name(frame)
        needed = [column for column in self.columns if column.n_features]
        require_columns([column.name for column in needed], given)
        known = {column.name for column in self.columns} | {self.target.name}
        extra = [name for name in given if name not in known]
        notes: list[str] = []
        if extra:
            notes.append(f"{count(len(extra), 'unknown column')} ignored: {quote(extra)}")
        X = np.zeros((len(frame), self.n_features), dtype=np.float32)
        start = 0
        for column in needed:
            stop = start + column.n_features
            notes += column.fill(given[column.name], X[:, start:stop])
            start = stop
        return Encoded(X, tuple(notes))

    def encode_target(self, frame: pd.DataFrame) -> EncodedTarget:
        """Targets of the rows that have one.

        Raises InputError if the column is absent, or holds text where numbers are predicted.
        """
        given = columns_by_name(frame)
        require_columns([self.target.name], given)
        return self.target.encode(given[self.target.name])

    def to_dict(self) -> dict[str, Any]:
        """Plain data: dictionaries, lists, str, bool, int and finite float."""
        data: dict[str, Any] = to_plain(self)
        return data

    @classmethod
    def from_dict(cls, data: Any) -> TableEncoding:
        """The inverse of `to_dict`; raises InputError for anything else."""
        encoding: TableEncoding = from_plain(cls, data, "encoding")
        return encoding


def dropped_notes(columns: tuple[AnyColumn, ...]) -> tuple[str, ...]:
    """One sentence for each reason, however many columns it concerns."""
    by_reason: dict[str, list[Dropped]] = {}
    for column in columns:
        if isinstance(column, Dropped):
            by_reason.setdefault(column.reason.partition(":")[0], []).append(column)
    return tuple(
        f"column {alike[0].name!r} is left out, {alike[0].reason}"
        if len(alike) == 1
        else f"{len(alike):,} columns are left out, {reason}: {quote([c.name for c in alike])}"
        for reason, alike in by_reason.items()
    )


def words_notes(columns: tuple[AnyColumn, ...]) -> tuple[str, ...]:
    return tuple(
        f"column {column.name!r} holds numbers, but for {quote(list(column.words))}: "
        "taken as missing"
        for column in columns
        if isinstance(column, Number) and column.words
    )


def date_notes(columns: tuple[AnyColumn, ...]) -> tuple[str, ...]:
    """Notes on assumed and on ambiguous orders of day and month."""
    notes = []
    for column in columns:
        if isinstance(column, Date) and column.order is not DateOrder.YEAR_FIRST:
            notes.append(f"column {column.name!r} holds dates, read as {column.order.value}")
        elif isinstance(column, Category) and column.unclear_dates:
            notes.append(f"column {column.name!r} {UNCLEAR_DATES}")
    return tuple(notes)


def learn_encoding(
    frame: pd.DataFrame,
    *,
    target: str | AnyTarget,
    task: Task = Task.AUTO,
    max_categories: int = 100,
) -> TableEncoding:
    """Learn the columns of a training table.

    Parameters
    ----------
    frame : DataFrame
        The training rows; those without a target are left out.
    target : str, ClassTarget or NumberTarget
        The column to predict; or the result of `learn_target` on a larger table, which includes
        classes outside these rows.
    task : Task
    max_categories : int
        How many categories of one column get a feature of their own.

    Raises
    ------
    InputError
        If the target cannot be learnt, a column holds infinite values, names occur twice, or no
        column is left to learn from.
    """
    learnt = learn_target(frame, target, task) if isinstance(target, str) else target
    given = columns_by_name(frame)
    require_columns([learnt.name], given)
    present = learnt.encode(given.pop(learnt.name)).rows
    everywhere = bool(present.all())
    columns = tuple(
        # One column at a time: filtering the whole frame would copy it.
        recognise(series if everywhere else series[present], max_categories)
        for series in given.values()
    )
    if all(isinstance(column, Dropped) for column in columns):
        reasons = "; ".join(f"{column.name}: {column.detail}" for column in columns[:3])
        raise InputError(
            f"no column is left to learn {learnt.name!r} from ({reasons or 'it is the only one'}): "
            "add columns that say something about it"
        )
    return TableEncoding(columns, learnt)
