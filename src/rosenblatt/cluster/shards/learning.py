"""The encoding of files' columns: that of one machine, from passes over all rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from rosenblatt.cluster.shards.manifest import Manifest
from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.refused import missing_target
from rosenblatt.cluster.shards.scaling import Scaled, scaled
from rosenblatt.cluster.shards.split import RowShares
from rosenblatt.cluster.shards.survey import MOST_TEXTS, ColumnSurvey, Survey, surveyed
from rosenblatt.errors import InputError
from rosenblatt.support.types import IntArray
from rosenblatt.table import (
    Boolean,
    Date,
    Dropped,
    FileReading,
    Number,
    NumberTarget,
    Table,
    TableEncoding,
    TableFormat,
    Task,
    recognise_table,
)
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.columns import AnyColumn
from rosenblatt.table.learning import is_missing_anywhere, learn_column
from rosenblatt.table.names import near_names
from rosenblatt.table.parsing import truth_of_text

__all__ = ["Learnt", "learn_files"]


@final
@dataclass(frozen=True, eq=False)
class Learnt:
    """What was learnt of files.

    Attributes
    ----------
    encoding : TableEncoding
    counts : list of int
        Rows to train on of each row group.
    sizes : tuple of int
        Rows to train on, to validate on, and held out.
    notes : tuple of str
    """

    encoding: TableEncoding
    counts: list[int]
    sizes: tuple[int, int, int]
    notes: tuple[str, ...]


def learn_files(
    manifest: Manifest,
    over: Over,
    *,
    target: str,
    shares: RowShares,
    task: Task = Task.AUTO,
    fmt: TableFormat | None = None,
) -> Learnt:
    """Learn the columns: kinds from all rows, values and categories from those to train on.

    A first pass counts texts, and gathers a sample of numbers with the ends of each row group. The
    following ones find quartiles and moments of numbers and dates.

    Raises
    ------
    InputError
        As `learn_encoding`, and for rows without a target.
    """
    fmt = fmt or TableFormat()
    if target not in manifest.names:
        raise InputError(
            f"the files have no target column {target!r}: {near_names(target, manifest.names)}"
        )
    read = [name for name in manifest.names if name == target or name not in fmt.dropped]
    survey = Survey.of(manifest, shares, target, read)
    total = {name: ColumnSurvey() for name in read}
    counts, sizes = [], [0, 0, 0]
    for group in over(surveyed, survey, range(len(manifest.groups))):
        counts.append(group.sizes[0])
        sizes = [a + b for a, b in zip(sizes, group.sizes, strict=True)]
        for name, column in group.columns.items():
            total[name].add(column, name)
    if not counts or not sum(counts):
        raise InputError("no rows are left to train on: give smaller shares to the other parts")
    encoding, notes = encoding_of(manifest, over, total, target, shares, task, fmt)
    return Learnt(encoding, counts, (sizes[0], sizes[1], sizes[2]), notes)


def encoding_of(
    manifest: Manifest,
    over: Over,
    surveys: dict[str, ColumnSurvey],
    target: str,
    shares: RowShares,
    task: Task,
    fmt: TableFormat,
) -> tuple[TableEncoding, tuple[str, ...]]:
    n = manifest.n_rows
    large = {name for name, of in surveys.items() if of.texts is None and name != target}
    known = {name: of.cells(name, n) for name, of in surveys.items() if name not in large}
    of_known = {name: kind for name, kind in fmt.columns.items() if name in known}
    table = Table(tuple(known.values()), n)
    formats = recognise_table(table, target=target, fmt=replace(fmt, columns=of_known), task=task)
    if not formats.target.encode(known[target]).rows.all():
        raise missing_target(target)
    by_name = {column.name: column for column in formats.columns}
    columns = tuple(
        left_out(name, fmt) if name not in by_name else column_of(by_name[name], surveys[name], n)
        for name in manifest.names
        if name != target
    )
    if all(isinstance(column, Dropped) for column in columns):
        raise InputError(
            f"no column is left to learn {target!r} from: add columns that say something about it"
        )
    series = tuple(column for column in columns if isinstance(column, Number | Date))
    of_target = (formats.target,) if isinstance(formats.target, NumberTarget) else ()
    every = (*series, *of_target)
    found = scaled(over, manifest, shares, every, lambda name: surveys[name].sample(name))
    learnt_target = formats.target
    if isinstance(learnt_target, NumberTarget):
        moments = found[target].moments
        learnt_target = replace(
            learnt_target, mean=moments.mean, scale=moments.std or learnt_target.scale
        )
    encoding = TableEncoding(
        tuple(with_scale(column, found) for column in columns),
        learnt_target,
        FileReading("parquet"),
    )
    return encoding, (*formats.notes, *encoding.notes)


def left_out(name: str, fmt: TableFormat) -> Dropped:
    if name in fmt.dropped:
        return Dropped(name, "as asked for")
    return Dropped(name, f"free text or an identifier: more than {MOST_TEXTS:,} distinct texts")


def column_of(fmt: ColumnFormat, survey: ColumnSurvey, n_rows: int) -> AnyColumn:
    """The column as one machine learns it, but for the scales of numbers and dates."""
    every = survey.cells(fmt.name, n_rows)
    trained = survey.cells(fmt.name, n_rows, trained=True)
    missing = is_missing_anywhere(fmt, every)
    column = learn_column(fmt, trained, CategoryRule(), has_missing=missing)
    if isinstance(column, Boolean):
        codes = [truth_of_text(text, fmt.missing) for text in survey.texts or ()]
        counts: IntArray = trained.distinct.counts
        balance = sum(
            int(n) * (1 if code == 1 else -1)
            for code, n in zip(codes, counts, strict=True)
            if code >= 0
        )
        return replace(column, often_true=balance > 0)
    return column


def with_scale(column: AnyColumn, found: dict[str, Scaled]) -> AnyColumn:
    if isinstance(column, Date):
        of = found[column.name]
        return replace(column, scaling=of.scaling, cycles=of.cycles)
    if isinstance(column, Number):
        return replace(column, scaling=found[column.name].scaling)
    return column
