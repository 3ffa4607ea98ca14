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
from rosenblatt.support.types import FloatArray, IntArray
from rosenblatt.table import ClassTarget, Table, TableEncoding

__all__ = ["EncodedBlock", "Shards", "encoded"]


@final
class EncodedBlock(NamedTuple):
    """Rows as a network takes them.

    Attributes
    ----------
    X : array (n, n_features)
    y : array (n, 1)
        Class codes, or standardised numbers.
    """

    X: FloatArray
    y: FloatArray


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
    """

    manifest: Manifest
    shares: RowShares
    encoding: TableEncoding
    order: EpochOrder
    dtype: npt.DTypeLike = np.float32

    def read(self, pieces: Sequence[Piece], X: FloatArray, y: FloatArray) -> None:
        """Write the rows of these pieces into X and y, in their order."""
        at = 0
        for piece in pieces:
            for found in self._piece(piece):
                X[at : at + len(found.X)] = found.X
                y[at : at + len(found.y)] = found.y
                at += len(found.X)

    def _piece(self, piece: Piece) -> Iterator[EncodedBlock]:
        group, before = self.manifest.groups[piece.group], 0
        for block in blocks(group, names_of(self.encoding)):
            if before >= piece.end:
                return
            parts = self.shares.of(group.first + block.first, len(block.table))
            rows = np.flatnonzero(parts == TRAIN)
            wanted = rows[max(0, piece.begin - before) : max(0, piece.end - before)]
            before += len(rows)
            if len(wanted):
                yield encoded(self.encoding, block.table, wanted, self.dtype)


def names_of(encoding: TableEncoding) -> list[str]:
    """The columns that are read."""
    return [*(c.name for c in encoding.columns if c.n_features), encoding.target.name]


def encoded(
    encoding: TableEncoding, table: Table, rows: IntArray, dtype: npt.DTypeLike = np.float32
) -> EncodedBlock:
    """Some rows of a table, all of which have a target.

    Raises
    ------
    InputError
        For a row without.
    """
    taken = table if len(rows) == len(table) else table.take(rows)
    found = encoding.encode_target(taken)
    if not found.rows.all():
        raise missing_target(encoding.target.name)
    y = found.y
    if not isinstance(encoding.target, ClassTarget):
        y = encoding.target.standardise(y)
    return EncodedBlock(encoding.encode(taken, dtype).X, y.astype(dtype)[:, None])
