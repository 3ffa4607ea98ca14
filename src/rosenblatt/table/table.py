"""A table: named columns of cells, from Arrow data or any data frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pyarrow as pa

from rosenblatt.errors import InputError
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.plain_values import is_missing
from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.arrays import arrow_of_array, arrow_of_cells, mixes_times, mixes_zones
from rosenblatt.table.arrow_types import normalised
from rosenblatt.table.cells import Cells
from rosenblatt.table.names import require_distinct, require_texts

__all__ = ["Table", "table_of", "text_of"]


@final
@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length, with distinct names.

    Attributes
    ----------
    columns : tuple of Cells
    n_rows : int
    """

    columns: tuple[Cells, ...]
    n_rows: int

    def __post_init__(self) -> None:
        require_distinct([cells.name for cells in self.columns])

    def __len__(self) -> int:
        return self.n_rows

    @cached_property
    def by_name(self) -> Mapping[str, Cells]:
        return {cells.name: cells for cells in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(cells.name for cells in self.columns)

    def without(self, *names: str) -> Table:
        kept = tuple(cells for cells in self.columns if cells.name not in names)
        return Table(kept, self.n_rows)

    def take(self, rows: IntArray) -> Table:
        """These rows, shape (n,), in this order; they keep their numbers in messages."""
        return Table(tuple(cells.take(rows) for cells in self.columns), len(rows))

    def where(self, kept: BoolArray) -> Table:
        """The rows that are marked, shape (n_rows,); they keep their numbers in messages."""
        if kept.all():
            return self
        return Table(tuple(cells.where(kept) for cells in self.columns), int(kept.sum()))

    @classmethod
    def from_arrow(cls, table: pa.Table) -> Table:
        """An Arrow table; names that are no text are written as text."""
        require_distinct(table.column_names)
        columns = (
            Cells(str(name), normalised(values))
            for name, values in zip(table.column_names, table.columns, strict=True)
        )
        return cls(tuple(columns), table.num_rows)


def table_of(data: Any) -> Table:
    """The table in a pandas or polars frame, an Arrow table, a mapping of columns, or a Table.

    Anything goes that passes Arrow data on by ``__arrow_c_stream__``. A named index of pandas is a
    column; one without a name is none.

    Raises
    ------
    InputError
        If the data are none of these.
    """
    if isinstance(data, Table):
        return data
    if isinstance(data, pa.Table):
        return Table.from_arrow(data)
    if type(data).__module__.partition(".")[0] == "pandas":
        return Table.from_arrow(arrow_of_pandas(data))
    if hasattr(data, "__arrow_c_stream__"):
        try:
            return Table.from_arrow(pa.table(data))
        except pa.ArrowInvalid as error:
            raise InputError(
                f"the data frame has a column that Arrow does not take over ({one_line(error)}):"
                " convert it, such as Int128 to Int64"
            ) from error
    if isinstance(data, Mapping):
        return Table.from_arrow(arrow_of_mapping(data))
    raise InputError(
        "a table is a data frame, an Arrow table or a mapping of columns, not"
        f" {type(data).__name__}"
    )


def arrow_of_mapping(data: Mapping[Any, Any]) -> pa.Table:
    require_texts(map(str, data))
    columns = {str(name): column_of(str(name), data[name]) for name in data}
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        first, *others = lengths.items()
        other = next(one for one in others if one[1] != first[1])
        raise InputError(
            f"column {first[0]!r} has {first[1]:,} cells, and column {other[0]!r} has"
            f" {other[1]:,}: give all columns as many cells"
        )
    return pa.table(columns)


def column_of(name: str, values: Any) -> pa.ChunkedArray:
    if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
        raise InputError(
            f"column {name!r} is a single {type(values).__name__}: give a list or an array of cells"
        )
    if len(shape := getattr(values, "shape", (0,))) != 1:
        raise InputError(
            f"column {name!r} is a {type(values).__name__} of the shape {shape}: give a list or an"
            " array of cells"
        )
    try:
        if isinstance(values, list | tuple | np.ndarray) and mixes_times(values):
            raise InputError(
                f"column {name!r} cannot be read: it has dates or durations beside numbers; give"
                " cells of one type"
            )
        if isinstance(values, list | tuple | np.ndarray) and mixes_zones(values):
            raise InputError(
                f"column {name!r} cannot be read: it has times in a zone beside some in none; give"
                " cells of one type"
            )
        if isinstance(values, np.ndarray):
            values = arrow_of_array(values)
        elif isinstance(values, list | tuple):
            values = arrow_of_cells(values)
        return pa.table({name: values}).column(0)
    except InputError:
        raise
    except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
        raise InputError(
            f"column {name!r} cannot be read: {one_line(error)}; give cells of one type"
        ) from error


def one_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def arrow_of_pandas(frame: Any) -> pa.Table:
    """The columns of a pandas frame, under their names as text.

    Columns of objects may hold anything; those that Arrow refuses are passed on cell by cell.
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [str(name) for name in frame.columns]
    require_distinct(names)
    require_texts(names)
    columns = [arrow_of_series(frame.iloc[:, i]) for i in range(len(names))]
    return pa.table(columns, names=names)


def arrow_of_series(series: Any) -> pa.ChunkedArray | pa.Array:
    kind = str(series.dtype)
    if kind.startswith("period"):
        of_days = series.dtype.freq.rule_code == "B"  # business days, of which pandas warns
        series = series.dt.to_timestamp("D" if of_days else None)
    elif kind.startswith("interval"):
        series = series.astype(str).where(series.notna())
    elif kind == "category" and str(series.cat.categories.dtype).startswith("interval"):
        series = series.cat.rename_categories(str)
    if not (kind == "object" and (mixes_times(series) or mixes_zones(series))):
        try:
            if kind == "object":
                return arrow_of_cells(series.to_numpy())
            return pa.chunked_array(pa.Array.from_pandas(series))
        except (pa.ArrowException, OverflowError, TypeError, UnicodeEncodeError):
            pass
    values = [None if is_missing(value) else value for value in series]
    if any(isinstance(value, list | dict | set | tuple | np.ndarray) for value in values):
        return pa.array([[]] * len(values), pa.list_(pa.null()))  # nested: left out later
    return pa.array([None if value is None else text_of(value) for value in values], pa.string())


def text_of(value: Any) -> str:
    """What a cell prints; halves of characters, which no text may hold, as question marks."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return str(value).encode(errors="replace").decode()
