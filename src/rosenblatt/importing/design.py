"""How the columns of a table become the inputs of another tool's network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np

from rosenblatt.importing.units import Unit
from rosenblatt.support.types import Float64Array

if TYPE_CHECKING:
    from rosenblatt.table.columns import AnyColumn

__all__ = ["Design", "matrix_of", "stacked", "through"]


@final
@dataclass(frozen=True, eq=False)
class Design:
    """How the columns of a table become the tool's inputs.

    Attributes
    ----------
    names : tuple of str
        Of the table's columns.
    columns : tuple of column encodings
    to_matrix : sparse array (n_features, n_inputs)
        The inputs are features @ to_matrix + constants.
    constants : array (n_inputs,)
    """

    names: tuple[str, ...]
    columns: tuple[AnyColumn, ...]
    to_matrix: Any
    constants: Float64Array


def stacked(blocks: Sequence[tuple[int, Float64Array]], n_inputs: int) -> Any:
    """The matrix from features to inputs, from the blocks of columns: the first input of each, and
    (n_features, n_inputs of the block)."""
    entries: list[tuple[int, int, float]] = []
    row = 0
    for first, block in blocks:
        entries += ((row + int(i), first + int(k), block[i, k]) for i, k in np.argwhere(block))
        row += len(block)
    return matrix_of(entries, (row, n_inputs))


def matrix_of(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> Any:
    """A sparse matrix by columns, of rows, columns and numbers: most inputs are of one feature."""
    from scipy.sparse import csc_array

    rows, columns, numbers = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = csc_array((np.array(numbers, np.float64), (rows, columns)), shape=shape)
    matrix.eliminate_zeros()
    return matrix


def through(units: list[Unit], design: Design) -> list[Unit]:
    """The units over the features of a table, in place of the tool's inputs."""
    n_features, n_inputs = design.to_matrix.shape
    moved = []
    for unit in units:
        of_input = unit.sources < n_inputs
        columns, w = unit.sources[of_input], unit.weights[of_input]
        taken = design.to_matrix[:, columns]
        used = np.unique(taken.indices)
        sources = np.concatenate([used, unit.sources[~of_input] - n_inputs + n_features])
        weights = np.concatenate([(taken @ w)[used], unit.weights[~of_input]])
        bias = unit.bias + float(design.constants[columns] @ w)
        moved.append(Unit(unit.place, sources, weights, bias, unit.form))
    return moved
