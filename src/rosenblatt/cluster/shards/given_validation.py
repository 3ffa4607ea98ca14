"""Rows to validate on that are given beside the files to train on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, final

import numpy as np

from rosenblatt.cluster.shards.manifest import Manifest
from rosenblatt.cluster.shards.outside import Wanted, outside
from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.shards import EncodedBlock, Shards, encoded, names_of
from rosenblatt.cluster.shards.split import TRAIN, RowShares
from rosenblatt.cluster.shards.weights import Weighing, check_weight_column
from rosenblatt.errors import InputError
from rosenblatt.fitting.sample_weight import checked_weights
from rosenblatt.table import ClassTarget, Table
from rosenblatt.table.names import require_columns
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.inputs import table_from

__all__ = ["GivenValidation", "ValidationFiles", "ValidationTable"]


class GivenValidation(Protocol):
    """Rows to validate on, which the process that calls holds."""

    def rows(self, shards: Shards, over: Over) -> EncodedBlock:
        """All of them, encoded as those to train on."""


@final
@dataclass(frozen=True, eq=False)
class ValidationFiles:
    """Parquet files, with a column of weights if one is named."""

    manifest: Manifest
    weight_column: str | None = None

    def rows(self, shards: Shards, over: Over) -> EncodedBlock:
        manifest, target = self.manifest, shards.encoding.target
        require_columns(names_of(shards.encoding), manifest.names)
        weighing = None
        if self.weight_column is not None:
            check_weight_column(manifest.names, self.weight_column, target.name)
            weighing = Weighing(self.weight_column)
        own = replace(shards, manifest=manifest, shares=RowShares(), weighing=weighing)
        (found,) = outside(own, over, Wanted(TRAIN, manifest.n_rows))
        assert found is not None
        return known(found, target)


@final
@dataclass(frozen=True, eq=False)
class ValidationTable:
    """A table in memory, with a column of the target, and weights of its rows."""

    table: Table
    sample_weight: Any = None

    @classmethod
    def of(cls, X: Any, y: Any, sample_weight: Any, target: str) -> Self:
        """A data frame, whose targets are a column or given by themselves."""
        table = table_from(X)
        if y is not None:
            (column,) = table_from({target: y}).columns
            if len(column) != len(table):
                raise InputError(
                    f"X_val has {len(table)} rows, and y_val {len(column)}: give a target for each"
                )
            table = Table((*table.without(target).columns, column), len(table))
        elif target not in table.names:
            raise InputError(
                f"X_val has no column {target!r}, and y_val is not given: give one of them"
            )
        return cls(table, sample_weight)

    def rows(self, shards: Shards, over: Over) -> EncodedBlock:
        require_columns(names_of(shards.encoding), self.table.names)
        found = encoded(shards.encoding, self.table, shards.dtype)
        weights = checked_weights(self.sample_weight, found.X)
        return known(found._replace(weights=weights), shards.encoding.target)


def known(rows: EncodedBlock, target: AnyTarget) -> EncodedBlock:
    """The rows; InputError for a class that no row to train on can have."""
    if isinstance(target, ClassTarget):
        strange = np.flatnonzero(rows.y[:, 0] >= len(target.classes))
        if len(strange):
            raise InputError(
                f"row {int(strange[0]) + 1} of those to validate on has a {target.name!r} that is"
                " no class of the rows to train on: leave such rows out"
            )
    return rows
