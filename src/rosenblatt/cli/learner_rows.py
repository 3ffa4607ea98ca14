"""Prepares a table for the learner: target, weights, groups, encoded columns in folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.cli.labelled_rows import check_weights_left, label_rows, weights_of
from rosenblatt.cli.learner_options import LearnerOptions
from rosenblatt.cli.split import split_by_groups, split_rows
from rosenblatt.cli.tasks import EncodedRows, TaskKind, kind_of
from rosenblatt.errors import InputError
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array, IntArray
from rosenblatt.table import (
    ClassTarget,
    ColumnKind,
    TableEncoding,
    TableFile,
    TableFormat,
    Task,
)
from rosenblatt.table.cells import Cells
from rosenblatt.table.target import AnyTarget, missing_note
from rosenblatt.tabular.decision_text import parsed
from rosenblatt.tabular.decisions import COSTS_AND_WEIGHTS, CostMatrix, aim_of
from rosenblatt.tabular.encoded_table import EncodedTable, Labelled, check_rows, encode_labelled
from rosenblatt.tabular.shape import shape_for
from rosenblatt.tabular.splits import (
    membership_of,
    newest_rows,
    require_no_shared_group,
    times_in,
)

__all__ = ["LearnerRows", "prepare_rows"]


@final
@dataclass(frozen=True, eq=False)
class LearnerRows:
    """Rows in folds, and those held out.

    Attributes
    ----------
    table : EncodedTable
        Its rows are distinct, and their weights are those of rows and classes together.
    weights : array (n,), optional
        Of the rows given alone, by which scores are weighted.
    places : int array (n,)
        Where the rows given stand in the file.
    n_rows : int
        Of the file.
    held_out : EncodedRows, optional
    weight_column : str, optional
    notes : tuple of str
    said : mapping of str to ColumnKind
        The kinds of columns that were asked for.
    """

    table: EncodedTable
    weights: Float64Array | None
    places: IntArray
    n_rows: int
    held_out: EncodedRows | None
    weight_column: str | None
    notes: tuple[str, ...]
    said: Mapping[str, ColumnKind]

    @property
    def encoding(self) -> TableEncoding:
        return self.table.encoding

    @property
    def kind(self) -> TaskKind:
        return kind_of(self.encoding.target)


def prepare_rows(
    file: TableFile,
    options: LearnerOptions,
    *,
    target: str | None = None,
    weight_column: str | None = None,
    group_column: str | None = None,
    fmt: TableFormat | None = None,
) -> LearnerRows:
    """Encode the rows that have a target and a weight, and divide them into folds.

    Raises InputError as `recognise_table` and `learn_encoding` do, for weights that are none, and
    for class weights of numbers.
    """
    labelled = label_rows(
        file.table,
        Task(options.task),
        fmt,
        target=target,
        weight_column=weight_column,
        group_column=group_column,
        fold_column=options.fold_column,
    )
    rows, y, weights, learnt = labelled.rows, labelled.y, labelled.weights, labelled.target
    if options.loss is not None and isinstance(learnt, ClassTarget):
        raise InputError(
            f"--loss is for numbers, and {learnt.name!r} is taken for classes: leave it out, or say"
            " --task regression"
        )
    if options.decision is not None:
        check_decision(options, learnt)
    notes = [*labelled.notes]
    times = times_of(file, options, learnt, fmt, group_column)
    if times is not None:
        timeless = np.isnan(times[rows])
        notes += missing_note(str(options.time_column), timeless)
        rows, y = rows[~timeless], y[~timeless]
        times = times[rows]
    names = None if labelled.groups is None else group_names(labelled.groups)[rows]
    held_out = held_out_of(learnt, y, names, times, options)
    kept = np.setdiff1d(np.arange(len(rows)), held_out)
    if weights is not None:
        check_weights_left(weights[rows[kept]], weight_column)
        kept = kept[weights[rows[kept]] > 0]
    if len(kept) < 2:
        raise InputError(
            f"{len(kept)} row is left to learn {learnt.name!r} from: give 2 or more that have a"
            " target"
        )
    of_rows = weights_of(weights, rows[kept])
    groups = None if names is None else names[kept]
    data = Labelled(
        labelled.table,
        rows[kept],
        y[kept],
        of_rows,
        groups,
        group_column or "",
        None if times is None else times[kept],
        None if labelled.folds is None else membership_in(labelled.folds, rows[kept], groups),
    )
    check_rows(data, learnt)
    encoded = encode_labelled(
        data,
        labelled.formats,
        options.chosen,
        random_state=options.seed,
        class_weight=options.class_weight,
        reading=file.reading,
        categories=None if options.family is None else options.family.rule,
        shape=shape_for(
            options.directions,
            options.extrapolation,
            labelled.formats,
            published=options.family is not None,
        ),
    )
    tested = None
    if len(held_out):
        (X,) = encoded.encoding.encode_parts(labelled.table, [rows[held_out]])
        tested = EncodedRows(X, y[held_out], weights_of(weights, rows[held_out]))
    if names is not None:
        n_groups = len(np.unique(names[kept]))
        notes.append(
            f"rows with the same {group_column!r} are not divided: {count(n_groups, 'group')}"
            " to train on"
        )
    columns = {column.name for column in encoded.encoding.columns}
    return LearnerRows(
        encoded,
        of_rows,
        data.rows,
        len(labelled.table),
        tested if tested is not None and tested.has_weight else None,
        weight_column,
        (*notes, *labelled.formats.notes, *encoded.encoding.notes),
        {name: kind for name, kind in (fmt.columns if fmt else {}).items() if name in columns},
    )


def held_out_of(
    target: AnyTarget,
    y: npt.NDArray[Any],
    groups: npt.NDArray[Any] | None,
    times: Float64Array | None,
    options: LearnerOptions,
) -> IntArray:
    """The places of the rows that are held out: stratified by class, whole groups, or the newest
    ones."""
    if times is not None:
        return newest_rows(times, options.test_fraction)
    if groups is not None:
        return split_by_groups(groups, options.test_fraction, options.seed)
    strata = y if isinstance(target, ClassTarget) else np.zeros(len(y))
    return split_rows(strata, 0.0, options.test_fraction, options.seed).held_out


def times_of(
    file: TableFile,
    options: LearnerOptions,
    target: AnyTarget,
    fmt: TableFormat | None,
    group_column: str | None,
) -> Float64Array | None:
    """Of all rows, where they are divided by time."""
    column = options.time_column
    if column is None:
        return None
    if group_column is not None:
        raise InputError(
            "--split and --groups both say which rows are outside of a network: give one of them"
        )
    if column == target.name:
        raise InputError(f"the target {column!r} cannot be the time: name another column")
    return times_in(file.table, column, fmt)


def group_names(cells: Cells) -> npt.NDArray[Any]:
    """The group of each row by name; a row without one is a group of its own."""
    distinct = cells.distinct
    names = np.array([*distinct.strings, ""], dtype=object)[distinct.codes]
    alone = np.flatnonzero(distinct.codes < 0)
    names[alone] = [f"\0{row}" for row in alone]
    return names.astype(str)


def membership_in(
    cells: Cells, rows: IntArray, groups: npt.NDArray[Any] | None
) -> npt.NDArray[np.int8]:
    """Of these rows in the folds that a column names, as `splits.membership_of` has it."""
    distinct = cells.distinct
    folds = np.array([*distinct.strings, None], dtype=object)[distinct.codes[rows]]
    membership = membership_of(folds, len(rows), rows, groups)
    if groups is not None:
        require_no_shared_group(groups, membership)
    return membership


def check_decision(options: LearnerOptions, target: AnyTarget) -> None:
    """InputError for a decision that does not fit the target."""
    if not isinstance(target, ClassTarget):
        raise InputError(
            f"--decision is for classes, and {target.name!r} is taken for a number: leave it out,"
            " or say --task classification"
        )
    aim = aim_of(parsed(str(options.decision)))
    aim.check(target.classes)
    if isinstance(aim, CostMatrix) and options.class_weight is not None:
        raise InputError(COSTS_AND_WEIGHTS)
