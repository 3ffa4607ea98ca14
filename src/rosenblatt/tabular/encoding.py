"""The encoding of training rows: columns, and cross-fitted means of the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table import (
    Category,
    Date,
    FileReading,
    Number,
    Table,
    TableEncoding,
    TableFormat,
    TableFormats,
)
from rosenblatt.table.category_format import CategoryRule
from rosenblatt.table.encoding import learn_encoding
from rosenblatt.table.format import ColumnKind
from rosenblatt.table.names import require_columns
from rosenblatt.table.recognition import recognise
from rosenblatt.table.target import AnyTarget
from rosenblatt.table.target_means import MeanFeatures, averaged, with_means
from rosenblatt.tabular.shape import ORDINARY, Shape
from rosenblatt.tabular.wording import in_python

__all__ = [
    "EncodedTraining",
    "encode_training",
    "formats_of",
    "numeric_features",
    "without_codes",
]


@final
@dataclass(frozen=True, eq=False)
class EncodedTraining:
    """An encoding and the features of the rows that it was learnt from, float32.

    `means` are those among them that are means of the target, if there are any.
    """

    encoding: TableEncoding
    X: FloatArray
    means: MeanFeatures | None = None


def formats_of(
    table: Table, target: AnyTarget, kinds: Mapping[str, ColumnKind | str]
) -> TableFormats:
    """What the columns of a table without its target hold; InputError where nothing decides."""
    require_columns(tuple(map(str, kinds)), table.names)
    named = {str(name): ColumnKind.named(kind) for name, kind in kinds.items()}
    try:
        formats = recognise(table, TableFormat(columns=named))
    except InputError as error:
        raise InputError(in_python(str(error))) from None
    for column in formats:
        if column.question:
            raise InputError(in_python(column.question))
    return TableFormats(formats, target)


def encode_training(
    table: Table,
    formats: TableFormats,
    rows: IntArray,
    y: npt.NDArray[Any],
    folds: IntArray,
    weights: Float64Array | None = None,
    max_categories: int | CategoryRule = 100,
    *,
    means: bool = True,
    ordered: bool = False,
    reading: FileReading | None = None,
    shape: Shape = ORDINARY,
) -> EncodedTraining:
    """Learn the columns from the training rows, and encode these.

    Parameters
    ----------
    table : Table
    formats : TableFormats
    rows : int array (n,)
        The training rows of the table.
    y : array (n,)
        Their class codes, or numbers in the target's own units.
    folds : int array (n,)
        The fold of each.
    weights : array (n,), optional
    max_categories : int or CategoryRule
        How many categories of one column get a feature of their own; or more of a rule than that.
    means : bool
        Whether categories have means of the target.
    ordered : bool
        Whether a row has means over rows of earlier folds, and not of all others.
    reading : FileReading, optional
        How the table's file was read.
    shape : Shape
        What is promised of the networks.
    """
    learnt = learn_encoding(
        table, target=formats, rows=rows, max_categories=max_categories, reading=reading
    )
    encoding = shape.applied(learnt)
    if not means:
        (X,) = encoding.encode_parts(table, [rows])
        return EncodedTraining(encoding, X)
    of_target = averaged(formats.target, y)
    encoding, found = with_means(encoding, table, rows, of_target, folds, weights, ordered=ordered)
    (X,) = encoding.encode_parts(table, [rows])
    if not found.columns:
        return EncodedTraining(encoding, X)
    found.write(X, np.arange(len(rows)))
    return EncodedTraining(encoding, X, found)


def numeric_features(encoding: TableEncoding) -> list[int]:
    """The features that are numbers, or dates as such."""
    starts = np.cumsum([0, *(column.n_features for column in encoding.columns)])
    return [
        int(start)
        for start, column in zip(starts, encoding.columns, strict=False)
        if isinstance(column, Number | Date)
    ]


def without_codes(encoding: TableEncoding, X: FloatArray) -> FloatArray:
    """The features with 0 in place of codes, which say nothing to a linear model."""
    starts = np.cumsum([0, *(column.n_features for column in encoding.columns)])
    codes = [
        int(start)
        for start, column in zip(starts, encoding.columns, strict=False)
        if isinstance(column, Category) and column.coded
    ]
    if not codes:
        return X
    X = X.copy()
    X[:, codes] = 0
    return X
