"""Files as workers get them: where the rows are, how they are encoded, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np
import numpy.typing as npt

from rosenblatt.cluster.shards.manifest import Manifest
from rosenblatt.cluster.shards.order import EpochOrder, Piece
from rosenblatt.cluster.shards.reading import blocks
from rosenblatt.cluster.shards.refused import missing_target
from rosenblatt.cluster.shards.split import TRAIN, RowShares
from rosenblatt.cluster.shards.weights import Weighing
from rosenblatt.support.types import FloatArray, aligned_zeros
from rosenblatt.table import ClassTarget, Table, TableEncoding

__all__ = ["EncodedBlock", "Shards", "encoded", "names_of"]


@final
class EncodedBlock(NamedTuple):
    """Rows as a network takes them.

    Attributes
    ----------
    X : array (n, n_features)
    y : array (n, 1)
        Class codes, or standardised numbers.
    weights : array (n,), optional
    """

    X: FloatArray
    y: FloatArray
    weights: FloatArray | None = None

    def put(self, at: int, rows: EncodedBlock) -> None:
        """Write other rows over those from number `at` on."""
        run = slice(at, at + len(rows.X))
        self.X[run], self.y[run] = rows.X, rows.y
        if self.weights is not None:
            self.weights[run] = rows.weights


@final
@dataclass(frozen=True, eq=False)
class Shards:
    """The rows to train on.

    Attributes
    ----------
    manifest : Manifest
    shares : RowShares
    encoding : TableEncoding
    order : EpochOrder
    dtype : data type
        Of the features.
    weighing : Weighing, optional
        Of the rows to train on.
    """

    manifest: Manifest
    shares: RowShares
    encoding: TableEncoding
    order: EpochOrder
    dtype: npt.DTypeLike = np.float32
    weighing: Weighing | None = None

    @property
    def mean_weight(self) -> float:
        """Of all rows to train on."""
        return 1.0 if self.weighing is None else self.weighing.mean

    def room(self, n: int) -> EncodedBlock:
        """A block to read n rows into."""
        n_features = self.encoding.n_features
        X = aligned_zeros(n * n_features, self.dtype).reshape(n, n_features)
        weights = None if self.weighing is None else np.zeros(n, self.dtype)
        return EncodedBlock(X, np.zeros((n, 1), self.dtype), weights)

    def read(self, pieces: Sequence[Piece], block: EncodedBlock) -> None:
        """Write the rows of these pieces into a block, in their order."""
        at = 0
        for piece in pieces:
            for found in self._piece(piece):
                block.put(at, found)
                at += len(found.X)

    def _piece(self, piece: Piece) -> Iterator[EncodedBlock]:
        group, before = self.manifest.groups[piece.group], 0
        for block in blocks(group, self.names):
            if before >= piece.end:
                return
            trained = self.shares.of(group.first + block.first, len(block.table)) == TRAIN
            places = before + np.cumsum(trained)  # from 1, of the rows that are marked
            before = int(places[-1])
            wanted = trained & (places > piece.begin) & (places <= piece.end)
            if wanted.any():
                yield self.encoded(block.table.where(wanted))

    @property
    def names(self) -> list[str]:
        """The columns that are read."""
        weights = None if self.weighing is None else self.weighing.column
        return [*names_of(self.encoding), *(() if weights is None else (weights,))]

    def encoded(self, table: Table) -> EncodedBlock:
        """The rows of a table, with their weights.

        Raises
        ------
        InputError
            For a row without a target, and a weight that is none.
        """
        block = encoded(self.encoding, table, self.dtype)
        if self.weighing is None:
            return block
        weights = self.weighing.of(table, block.y[:, 0])
        return block._replace(weights=weights.astype(self.dtype))


def names_of(encoding: TableEncoding) -> list[str]:
    """The columns that are encoded."""
    return [*(c.name for c in encoding.columns if c.n_features), encoding.target.name]


def encoded(
    encoding: TableEncoding, table: Table, dtype: npt.DTypeLike = np.float32
) -> EncodedBlock:
    """The rows of a table, all of which have a target.

    Raises
    ------
    InputError
        For a row without.
    """
    found = encoding.encode_target(table)
    if not found.rows.all():
        raise missing_target(encoding.target.name)
    y = found.y
    if not isinstance(encoding.target, ClassTarget):
        y = encoding.target.standardise(y)
    return EncodedBlock(encoding.encode(table, dtype).X, y.astype(dtype)[:, None])
