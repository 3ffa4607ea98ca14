"""The pass that gathers rows that are not trained on, or some of those that are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np

from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.reading import blocks
from rosenblatt.cluster.shards.shards import EncodedBlock, Shards
from rosenblatt.cluster.shards.split import uniform
from rosenblatt.errors import InputError

__all__ = ["Wanted", "outside"]


@final
class Wanted(NamedTuple):
    """Rows to gather.

    Attributes
    ----------
    part : int
        Where they belong.
    n : int, optional
        How many rows the part has, if that is known.
    share : float
        Of the part's rows, by a hash of their numbers.
    """

    part: int
    n: int | None = None
    share: float = 1.0


@final
class Outside(NamedTuple):
    """What the pass is about."""

    shards: Shards
    wanted: tuple[Wanted, ...]


def gathered(given: Outside, k: int) -> tuple[EncodedBlock | None, ...]:
    """The work on row group k."""
    shards, group = given.shards, given.shards.manifest.groups[k]
    found: list[list[EncodedBlock]] = [[] for _ in given.wanted]
    for block in blocks(group, shards.names):
        first, n = group.first + block.first, len(block.table)
        parts = shards.shares.of(first, n)
        for blocks_of_part, wanted in zip(found, given.wanted, strict=True):
            kept = parts == wanted.part
            if wanted.share < 1:
                numbers = np.arange(first, first + n, dtype=np.uint64)
                kept &= uniform(numbers, shards.shares.seed + 1) < wanted.share
            if kept.any():
                blocks_of_part.append(shards.encoded(block.table.where(kept)))
    return tuple(map(joined, found))


def joined(found: Sequence[EncodedBlock]) -> EncodedBlock | None:
    if not found:
        return None
    weights = [block.weights for block in found if block.weights is not None]
    return EncodedBlock(
        np.concatenate([block.X for block in found]),
        np.concatenate([block.y for block in found]),
        np.concatenate(weights) if weights else None,
    )


def outside(shards: Shards, over: Over, *wanted: Wanted) -> list[EncodedBlock | None]:
    """All these rows, by one pass; None in place of each for which there is no row.

    Raises
    ------
    InputError
        If a part has another number of rows than it had.
    """
    read = tuple(rows for rows in wanted if rows.n != 0 and rows.share)
    groups = range(len(shards.manifest.groups) if read else 0)
    of_groups = list(over(gathered, Outside(shards, read), groups))
    of_read = [
        joined([block for block in part if block is not None])
        for part in zip(*of_groups, strict=True)
    ]
    found = dict(zip(read, of_read, strict=True))
    for rows, block in found.items():
        if rows.n is not None and (block is None or len(block.X) != rows.n):
            raise InputError("the files have changed since the training began: begin anew")
    return [found.get(rows) for rows in wanted]
