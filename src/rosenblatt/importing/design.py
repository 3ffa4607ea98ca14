"""How the columns of a table become the inputs of another tool's network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.importing.units import Unit
from rosenblatt.support.types import Float64Array

if TYPE_CHECKING:
    from rosenblatt.table.columns import AnyColumn

__all__ = ["Design", "stacked", "through"]


@final
@dataclass(frozen=True, eq=False)
class Design:
    """How the columns of a table become the tool's inputs.

    Attributes
    ----------
    names : tuple of str
        Of the table's columns.
    columns : tuple of column encodings
    to_matrix : array (n_features, n_inputs)
        The inputs are features @ to_matrix + constants.
    constants : array (n_inputs,)
    """

    names: tuple[str, ...]
    columns: tuple[AnyColumn, ...]
    to_matrix: Float64Array
    constants: Float64Array


def stacked(blocks: Sequence[tuple[int, Float64Array]], n_inputs: int) -> Float64Array:
    """The matrix from features to inputs, from the blocks of columns: the first input of each, and
    (n_features, n_inputs of the block)."""
    to_matrix = np.zeros((sum(len(block) for _, block in blocks), n_inputs))
    row = 0
    for first, block in blocks:
        to_matrix[row : row + len(block), first : first + block.shape[1]] = block
        row += len(block)
    return to_matrix


def through(units: list[Unit], design: Design) -> list[Unit]:
    """The units over the features of a table, in place of the tool's inputs."""
    n_features, n_inputs = design.to_matrix.shape
    moved = []
    for unit in units:
        of_input = unit.sources < n_inputs
        columns, w = unit.sources[of_input], unit.weights[of_input]
        over_features = design.to_matrix[:, columns] @ w
        used = np.flatnonzero(design.to_matrix[:, columns].any(axis=1))
        sources = np.concatenate([used, unit.sources[~of_input] - n_inputs + n_features])
        weights = np.concatenate([over_features[used], unit.weights[~of_input]])
        bias = unit.bias + float(design.constants[columns] @ w)
        moved.append(Unit(unit.place, sources, weights, bias, unit.form))
    return moved
