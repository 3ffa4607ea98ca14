"""What the columns of a training table hold: the target first, whose faults are told early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from rosenblatt.errors import InputError
from rosenblatt.support.cached_property import cached_property
from rosenblatt.table.candidate import Candidate
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import TableFormat
from rosenblatt.table.names import near_names, require_columns
from rosenblatt.table.one_column import candidate_of
from rosenblatt.table.recognition import recognise
from rosenblatt.table.table import Table, table_of
from rosenblatt.table.target import AnyTarget
from rosenblatt.table.task import Task, learn_target

__all__ = ["RecognisedTarget", "TableFormats", "recognise_table", "recognise_target"]


@final
@dataclass(frozen=True)
class TableFormats:
    """The formats of a table's columns and its target, learnt from all rows that have a target.

    Attributes
    ----------
    columns : tuple of ColumnFormat
        In the order of the table, without the target.
    target : ClassTarget or NumberTarget
    """

    columns: tuple[ColumnFormat, ...]
    target: AnyTarget

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(note for column in self.columns for note in column.remarks)


@final
@dataclass(frozen=True, eq=False)
class RecognisedTarget:
    """A table of which the target is learnt, and the other columns only where they decide it.

    Attributes
    ----------
    table : Table
    fmt : TableFormat
    candidate : Candidate
        What the target's cells alone decide.
    target : ClassTarget or NumberTarget
    found : tuple of ColumnFormat, optional
        Of all columns, where they are known already.
    """

    table: Table
    fmt: TableFormat
    candidate: Candidate
    target: AnyTarget
    found: tuple[ColumnFormat, ...] | None = None

    @cached_property
    def formats(self) -> TableFormats:
        """Of all columns, recognised when first asked for; InputError as of `recognise_table`."""
        found = self.found or recognise(self.table, self.fmt, self.candidate)
        for column in found:
            if column.question:
                raise InputError(column.question)
        return TableFormats(tuple(c for c in found if c.name != self.target.name), self.target)


def recognise_table(
    data: Any, *, target: str, fmt: TableFormat | None = None, task: Task = Task.AUTO
) -> TableFormats:
    """What each column of a training table holds and how it is written, from all its rows.

    Parameters
    ----------
    data : Table, data frame, Arrow table or mapping of columns
    target : str
        The column to predict.
    fmt : TableFormat, optional
        What is known about the table.
    task : Task

    Raises
    ------
    InputError
        If the target cannot be learnt, a column holds infinite values, names occur twice, or
        nothing decides how a column is meant: the message names the options that do.
    """
    return recognise_target(table_of(data), target=target, fmt=fmt, task=task).formats


def recognise_target(
    table: Table, *, target: str, fmt: TableFormat | None = None, task: Task = Task.AUTO
) -> RecognisedTarget:
    """As `recognise_table`, the target before all else: what cannot be learnt is told at once."""
    if target not in table.by_name:
        raise InputError(
            f"the table has no target column {target!r}: {near_names(target, table.names)}"
        )
    fmt = fmt or TableFormat()
    require_columns(fmt.columns, table.names)
    cells = table.by_name[target]
    candidate = candidate_of(cells, fmt, is_target=True)
    if len(candidate.alternatives) < 2:
        learnt = learn_target(cells, candidate.format, task)
        return RecognisedTarget(table, fmt, candidate, learnt)
    found = recognise(table, fmt, candidate)
    (own,) = (column for column in found if column.name == target)
    return RecognisedTarget(table, fmt, candidate, learn_target(cells, own, task), found)
