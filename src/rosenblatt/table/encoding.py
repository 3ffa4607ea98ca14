"""The encoding of a table, learnt once and applied to any table with the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rosenblatt.errors import InputError
from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.column_groups import groups_of, in_parallel
from rosenblatt.table.columns import AnyColumn, Boolean, Category, Dropped, Number
from rosenblatt.table.dates import Date
from rosenblatt.table.files.file_reading import FileReading
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.learning import is_missing_anywhere, learn_column
from rosenblatt.table.messages import count, quote
from rosenblatt.table.names import require_columns
from rosenblatt.table.notation.numbers import is_plain
from rosenblatt.table.serialization import from_plain, to_plain
from rosenblatt.table.table import Table, table_of
from rosenblatt.table.table_formats import TableFormats, recognise_table
from rosenblatt.table.target import AnyTarget, ClassTarget, EncodedTarget
from rosenblatt.table.task import Task

__all__ = [
    "ColumnLine",
    "Encoded",
    "TableEncoding",
    "learn_encoding",
]


@final
@dataclass(frozen=True)
class Encoded:
    """Features of a table, in C order, shape (n_rows, n_features), and notes."""

    X: FloatArray
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
    reading : FileReading or None
        How the training file was read; None where there was no file.
    """

    columns: tuple[AnyColumn, ...]
    target: AnyTarget
    reading: FileReading | None = None

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
        names = [
            column.name
            for column in self.columns
            if isinstance(column, Category | Date)
            or (isinstance(column, Number) and not column.is_plain)
        ]
        if isinstance(self.target, ClassTarget) or not is_plain(self.target.notation):
            names.append(self.target.name)
        return tuple(names)

    @property
    def hint(self) -> FileReading | None:
        """How the training file was read, for a file of new rows."""
        if self.reading is None:
            return None
        names = (*(column.name for column in self.columns), self.target.name)
        return replace(self.reading, names=names)

    @property
    def kinds(self) -> tuple[tuple[str, ColumnKind, str], ...]:
        """(name, kind, remark) of every column, the target last."""
        of_target = isinstance(self.target, ClassTarget)
        target = ColumnKind.CATEGORY if of_target else ColumnKind.NUMBER
        features = ((c.name, KINDS[type(c)], c.detail) for c in self.columns)
        return (*features, (self.target.name, target, "the target"))

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the user on how the columns were interpreted."""
        return self.target.notes + dropped_notes(self.columns)

    def describe(self) -> tuple[ColumnLine, ...]:
        """The kind of every column, the target last."""
        lines = [
            ColumnLine(column.name, column.kind, column.detail, column.n_features)
            for column in self.columns
        ]
        target = self.target
        return (*lines, ColumnLine(target.name, target.kind, target.detail, 0))

    def encode(self, data: Any, dtype: npt.DTypeLike = np.float32) -> Encoded:
        """Features of a table whose columns stand in any order; the target is not needed.

        Parameters
        ----------
        data : Table, data frame, Arrow table or mapping of columns
        dtype : float type
            Of the features: the parameters' where predictions are to have all digits.

        Raises
        ------
        InputError
            If a column is absent or holds what cannot be encoded.
        """
        table = table_of(data)
        needed = [column for column in self.columns if column.n_features]
        require_columns([column.name for column in needed], table.names)
        for column in needed:
            require_cells(table.by_name[column.name])
        known = {column.name for column in self.columns} | {self.target.name}
        extra = [name for name in table.names if name not in known]
        notes: list[str] = []
        if extra:
            notes.append(f"{count(len(extra), 'unknown column')} ignored: {quote(extra)}")
        X: FloatArray = np.empty((len(table), self.n_features), dtype=dtype)
        for group in groups_of(self.columns):
            notes += group.write(table, X)
        return Encoded(X, tuple(notes))

    def all_unseen(self, data: Any) -> tuple[str, ...]:
        """A note on each column of categories of which the cells of a table have none.

        Parameters
        ----------
        data : Table, data frame, Arrow table or mapping of columns
            With all columns.
        """
        table = table_of(data)
        notes = (
            column.note_if_all_unseen(table.by_name[column.name])
            for column in self.columns
            if isinstance(column, Category)
        )
        return tuple(filter(None, notes))

    def encode_parts(self, table: Table, parts: Sequence[IntArray]) -> list[FloatArray]:
        """Features of some rows, float32 arrays of shape (n_rows_of_part, n_features).

        Parameters
        ----------
        table : Table
            The training table, with all columns.
        parts : sequence of int arrays
            The rows of each part.
        """
        encoded = [np.empty((len(rows), self.n_features), dtype=np.float32) for rows in parts]
        for group in groups_of(self.columns):
            # The features of the whole table would be held beside those of the parts.
            features, _ = group.filled(table)
            for X, rows in zip(encoded, parts, strict=True):
                X[:, group.start : group.stop] = features[rows]
        return encoded

    def encode_target(self, data: Any) -> EncodedTarget:
        """Targets of the rows that have one; see `EncodedTarget`.

        Raises InputError if the column is absent, or holds text where numbers are predicted.
        """
        table = table_of(data)
        require_columns([self.target.name], table.names)
        return self.target.encode(table.by_name[self.target.name])

    def to_dict(self) -> dict[str, Any]:
        """Plain data: dictionaries, lists, str, bool, int and finite float."""
        data: dict[str, Any] = to_plain(self)
        return data

    @classmethod
    def from_dict(cls, data: Any) -> TableEncoding:
        """The inverse of `to_dict`; raises InputError for anything else."""
        encoding: TableEncoding = from_plain(cls, data, "encoding")
        return encoding


def in_short(reading: FileReading) -> FileReading:
    """What a model keeps: the columns have their names, and a few lines left out are examples."""
    return replace(
        reading, names=(), skipped=reading.skipped[:KEPT], left_out=reading.left_out[:KEPT]
    )


def require_cells(cells: Cells) -> None:
    """InputError for a column of lists, where one of single values was learnt."""
    if pa.types.is_nested(cells.type) and cells.values.null_count < len(cells):
        raise InputError(
            f"column {cells.name!r} holds lists or records, and single values in training: give"
            " one value for each row"
        )


KEPT = 20  # numbers of lines
KINDS: dict[type[AnyColumn], ColumnKind] = {
    Number: ColumnKind.NUMBER,
    Category: ColumnKind.CATEGORY,
    Boolean: ColumnKind.TRUTH,
    Date: ColumnKind.DATE,
    Dropped: ColumnKind.DROP,
}


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


def learn_encoding(
    data: Any,
    *,
    target: str | TableFormats,
    task: Task = Task.AUTO,
    max_categories: int | CategoryRule = 100,
    fmt: TableFormat | None = None,
    rows: IntArray | None = None,
    reading: FileReading | None = None,
) -> TableEncoding:
    """Learn the columns of a training table.

    Parameters
    ----------
    data : Table, data frame, Arrow table or mapping of columns
        Rows without a target are left out.
    target : str or TableFormats
        The column to predict; or the result of `recognise_table` on a table that these are rows of.
    task : Task
    max_categories : int or CategoryRule
        How many categories of one column get a feature of their own; or more of a rule than that.
    fmt : TableFormat, optional
        What is known about the table.
    rows : int array (n,), optional
        The rows to learn values, means and categories from; all that have a target if not given.
    reading : FileReading, optional
        How the table's file was read.

    Raises
    ------
    InputError
        As `recognise_table`, or if no column is left to learn from.
    """
    table = table_of(data)
    known = (
        recognise_table(table, target=target, fmt=fmt, task=task)
        if isinstance(target, str)
        else target
    )
    name = known.target.name
    if rows is None:
        rows = np.flatnonzero(known.target.encode(table.by_name[name]).rows)
    rule = CategoryRule(max_categories) if isinstance(max_categories, int) else max_categories
    everywhere = np.array_equal(rows, np.arange(len(table)))

    def learnt(column: ColumnFormat) -> AnyColumn:
        cells = table.by_name[column.name]
        # Taking the rows of the whole table would copy it.
        trained_on = cells if everywhere else cells.take(rows)
        missing = is_missing_anywhere(column, cells)
        return learn_column(column, trained_on, rule, has_missing=missing)

    columns = tuple(in_parallel(learnt, known.columns, len(rows)))
    if all(isinstance(column, Dropped) for column in columns):
        reasons = "; ".join(f"{column.name}: {column.detail}" for column in columns[:3])
        if name.startswith("\0"):  # of an encoder, which has no target
            raise InputError(
                f"no column is left to learn from ({reasons}): add columns that differ"
            )
        raise InputError(
            f"no column is left to learn {name!r} from ({reasons or 'it is the only one'}): "
            "add columns that say something about it"
        )
    return TableEncoding(columns, known.target, None if reading is None else in_short(reading))
