"""Labelled rows of a table, encoded and divided into folds.

The same rows, formats, preset and random state are encoded alike for estimators and command line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

from rosenblatt.errors import InputError
from rosenblatt.support.types import Float64Array, IntArray
from rosenblatt.table import (
    ClassTarget,
    FileReading,
    NumberTarget,
    Table,
    TableEncoding,
    TableFormats,
)
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.table.row_keys import row_keys
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.class_weights import class_weights
from rosenblatt.tabular.distinct_rows import DistinctRows, distinct_rows
from rosenblatt.tabular.encoding import encode_training
from rosenblatt.tabular.folds import divided, grouped, require_two_groups
from rosenblatt.tabular.preset import Preset
from rosenblatt.tabular.rows import Division, TrainingRows, divisions_into
from rosenblatt.tabular.shape import ORDINARY, Shape
from rosenblatt.tabular.splits import divisions_of, forward_divisions, time_blocks

MOST_PROBABILITIES = 180_000_000  # of all rows and classes: 0.7 GB
NARROWEST = 1e-15  # of the range of a target: its standard deviation
FARTHEST = 1e37  # standard deviations, which float32 holds

__all__ = ["EncodedTable", "Labelled", "check_rows", "encode_labelled"]


@final
@dataclass(frozen=True, eq=False)
class Labelled:
    """Rows of features that have a target.

    Attributes
    ----------
    table : Table
        The features of all rows.
    rows : int array (n,)
        Those that have a target, and a weight above 0.
    y : array (n,)
        Class codes, or numbers, of those rows.
    weights : array (n,), optional
    groups : array (n,), optional
        Rows of one group are in one fold.
    group_name : str
        What messages call the groups.
    times : array (n,), optional
        Networks are compared by rows that are later than those that they learn from.
    membership : array (n, n_divisions), optional
        Of divisions that are given: as `splits.membership_of` has it.
    """

    table: Table
    rows: IntArray
    y: npt.NDArray[Any]
    weights: Float64Array | None
    groups: npt.NDArray[Any] | None = None
    group_name: str = "groups"
    times: Float64Array | None = None
    membership: npt.NDArray[np.int8] | None = None

    def of(self, distinct: DistinctRows) -> Labelled:
        """These of the rows."""
        chosen = distinct.chosen
        return replace(
            self,
            rows=self.rows[chosen],
            y=self.y[chosen],
            weights=distinct.weights,
            groups=None if self.groups is None else self.groups[chosen],
            times=None if self.times is None else self.times[chosen],
            membership=None if self.membership is None else self.membership[chosen],
        )


@final
@dataclass(frozen=True, eq=False)
class EncodedTable:
    """Rows that networks can learn from; the table itself is needed no more.

    Attributes
    ----------
    encoding : TableEncoding
    rows : TrainingRows
        Those that are trained on, and behind them rows given for validation.
    distinct : DistinctRows
        The former among the labelled rows.
    units : int array (n_rows,)
        Rows of one unit, such as a group's or the parts of a heavy row, are dependent.
    divisions : tuple of Division
        One for each network.
    seed : int
        Of the networks.
    scored : TrainingRows
        The rows without weights of classes, as scores count them.
    shape : Shape
        What is promised of them.
    """

    encoding: TableEncoding
    rows: TrainingRows
    distinct: DistinctRows
    units: IntArray
    divisions: tuple[Division, ...]
    seed: int
    scored: TrainingRows
    shape: Shape = ORDINARY


def scaled_to(target: NumberTarget, y: Float64Array, weights: Float64Array | None) -> NumberTarget:
    """The target with mean and scale of these numbers, and predictions within their range.

    Where nearly all weight is on one of them, the others would be infinitely far in units of the
    standard deviation.
    """
    mean = float(np.average(y, weights=weights))
    scale = float(np.sqrt(np.average((y - mean) ** 2, weights=weights)))
    low, high = float(y.min()), float(y.max())
    scale = max(scale, NARROWEST * (high - low)) or 1.0
    return replace(target, mean=mean, scale=scale, low=low, high=high)


def encode_labelled(
    data: Labelled,
    formats: TableFormats,
    preset: Preset,
    *,
    random_state: Any = None,
    class_weight: Any = None,
    validation: Labelled | None = None,
    reading: FileReading | None = None,
    categories: CategoryRule | None = None,
    shape: Shape = ORDINARY,
) -> EncodedTable:
    """Learn the columns, encode the distinct rows and divide them into folds.

    Parameters
    ----------
    data : Labelled
        As `check_rows` has passed them.
    formats : TableFormats
        Of the features, and the target; the scale of a number is that of the rows.
    preset : Preset
    random_state : int, RandomState instance or None
    class_weight : 'balanced' or dict of class to weight, optional
        Which networks are trained and compared by.
    validation : Labelled, optional
        Rows by which epochs are compared, in place of folds.
    reading : FileReading, optional
        How the table's file was read.
    categories : CategoryRule, optional
        How categories are encoded, without means of the target; None for the learner's encoding.
    shape : Shape
        What is promised of the networks.

    Raises
    ------
    InputError
        If no column is left to learn from.
    """
    rng = np.random.default_rng(check_random_state(random_state).randint(2**31))
    given = data.weights
    weights = class_weights(class_weight, formats.target, data.y, given)
    distinct = distinct_rows(keys_of(data, formats), weights)
    data = data.of(distinct)
    if isinstance(formats.target, NumberTarget):
        target = scaled_to(formats.target, data.y, data.weights)
        if shape.is_linear_beyond:
            target = replace(target, low=None, high=None)
        formats = replace(formats, target=target)
    ordered = data.times is not None
    folds = folds_of(data, distinct, preset, rng) if data.times is None else time_blocks(data.times)
    encoded = encode_training(
        data.table,
        formats,
        data.rows,
        data.y,
        folds,
        data.weights,
        categories or CategoryRule(),
        means=categories is None,
        ordered=ordered,
        reading=reading,
        shape=shape,
    )
    rows = TrainingRows(encoded.X, data.y, data.weights, encoded.means)
    units = units_of(data, distinct)
    divisions: list[Division]
    if data.membership is not None:
        divisions = [*divisions_of(data.membership, preset.n_members)]
    elif ordered:
        divisions = [*forward_divisions(folds, preset.n_members)]
    elif validation is None:
        divisions = list(divisions_into(folds))
        wanted = preset.n_networks or preset.n_repeats * len(divisions)
        while len(divisions) < wanted:
            divisions += divisions_into(folds_of(data, distinct, preset, rng))
    else:
        rows, division = beside(rows, encoded.encoding, validation)
        divisions = [division] * preset.n_members
        units = np.append(units, int(units.max()) + 1 + np.arange(len(rows) - len(units)))
    return EncodedTable(
        encoded.encoding,
        rows,
        distinct,
        units,
        tuple(divisions[: preset.n_members]),
        int(rng.integers(2**31)),
        rows if class_weight is None else without_classes(rows, distinct, given),
        shape,
    )


def without_classes(
    rows: TrainingRows, distinct: DistinctRows, given: Float64Array | None
) -> TrainingRows:
    """Rows with the weights that were given, those for validation at the end with 1."""
    weights = distinct.shared(given)
    if weights is not None:
        weights = np.concatenate([weights, np.ones(len(rows) - len(weights))])
    return replace(rows, weights=weights)


def check_rows(data: Labelled, target: AnyTarget) -> None:
    """What numbers of rows decide, for before the columns are recognised, which takes longer.

    Raises
    ------
    InputError
        If all rows are of one group, or the probabilities of all rows do not fit into memory.
    """
    if data.groups is not None:
        require_two_groups(data.groups, data.group_name)
    n_rows = len(data.rows)
    if isinstance(target, ClassTarget) and len(target.classes) * n_rows > MOST_PROBABILITIES:
        raise InputError(
            f"the target {target.name!r} has {len(target.classes):,} classes in {n_rows:,} rows,"
            " whose probabilities do not fit into memory: put rare classes together, or take fewer"
            " rows"
        )


def keys_of(data: Labelled, formats: TableFormats) -> list[npt.NDArray[Any]]:
    """Equal for rows with the same cells, target, group, time and folds.

    The unit of a number changes none.
    """
    keys = [row_keys(data.table, formats.columns)[data.rows], data.y]
    if data.groups is not None:
        keys.append(np.unique(data.groups, return_inverse=True)[1])
    if data.times is not None:
        keys.append(data.times)
    if data.membership is not None:
        keys.append(np.unique(data.membership, axis=0, return_inverse=True)[1].ravel())
    return keys


def units_of(data: Labelled, distinct: DistinctRows) -> IntArray:
    if data.groups is None:
        return distinct.units
    return np.unique(data.groups, return_inverse=True)[1]


def folds_of(
    data: Labelled, distinct: DistinctRows, preset: Preset, rng: np.random.Generator
) -> IntArray:
    if data.groups is not None:
        n_groups = len(np.unique(data.groups))
        return grouped(data.groups, min(preset.n_folds, n_groups), rng)
    _, firsts = np.unique(distinct.units, return_index=True)
    codes = data.y[firsts] if np.issubdtype(data.y.dtype, np.integer) else None
    return divided(len(firsts), min(preset.n_folds, len(firsts)), rng, codes)[distinct.units]


def beside(
    rows: TrainingRows, encoding: TableEncoding, validation: Labelled
) -> tuple[TrainingRows, Division]:
    """Training rows and then those that epochs are compared by."""
    if isinstance(encoding.target, NumberTarget):
        require_near(encoding.target, validation.y)
    n = len(rows)
    X_val = encoding.encode(validation.table).X[validation.rows]
    weights = None
    if rows.weights is not None:
        weights = np.concatenate([rows.weights, np.ones(len(X_val))])
    joined = TrainingRows(
        np.concatenate([rows.X, X_val]), np.concatenate([rows.y, validation.y]), weights
    )
    return joined, Division(np.arange(n), np.arange(n, n + len(X_val)))


def require_near(target: NumberTarget, y_val: Float64Array) -> None:
    """InputError for numbers whose errors would be infinite."""
    off = y_val / 2 - target.mean / 2
    with np.errstate(over="ignore"):
        are_near = np.abs(off) / target.scale < FARTHEST
        if are_near.all() and np.isfinite(np.square(off).sum()):
            return
    farthest = y_val[np.argmax(np.abs(off))]
    raise InputError(
        f"y_val has {farthest:g}, which is too far from the numbers to learn from, of mean"
        f" {target.mean:g} and standard deviation {target.scale:g}: give both in the same unit"
    )
