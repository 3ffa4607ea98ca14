"""The pass that gathers rows that are not trained on, or some of those that are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np

from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.reading import blocks
from rosenblatt.cluster.shards.shards import EncodedBlock, Shards
from rosenblatt.cluster.shards.split import TRAIN, uniform
from rosenblatt.errors import InputError

__all__ = ["outside", "sampled"]


@final
class Outside(NamedTuple):
    """What the pass is about."""

    shards: Shards
    part: int
    share: float = 1.0  # of its rows, by a hash of their numbers


def gathered(given: Outside, k: int) -> EncodedBlock | None:
    """The work on row group k."""
    shards, group = given.shards, given.shards.manifest.groups[k]
    found = []
    for block in blocks(group, shards.names):
        first, n = group.first + block.first, len(block.table)
        wanted = shards.shares.of(first, n) == given.part
        if given.share < 1:
            numbers = np.arange(first, first + n, dtype=np.uint64)
            wanted &= uniform(numbers, shards.shares.seed + 1) < given.share
        if wanted.any():
            found.append(shards.encoded(block.table.where(wanted)))
    return joined(found)


def joined(found: Sequence[EncodedBlock]) -> EncodedBlock | None:
    if not found:
        return None
    weights = [block.weights for block in found if block.weights is not None]
    return EncodedBlock(
        np.concatenate([block.X for block in found]),
        np.concatenate([block.y for block in found]),
        np.concatenate(weights) if weights else None,
    )


def outside(shards: Shards, over: Over, part: int, n: int) -> EncodedBlock | None:
    """All rows of a part; None without any."""
    if not n:
        return None
    found = collected(Outside(shards, part), over)
    if found is None or len(found.X) != n:
        raise InputError("the files have changed since the training began: begin anew")
    return found


def sampled(shards: Shards, over: Over, share: float) -> EncodedBlock | None:
    """A share of the rows to train on; None if no row is in it."""
    return collected(Outside(shards, TRAIN, share), over)


def collected(given: Outside, over: Over) -> EncodedBlock | None:
    groups = range(len(given.shards.manifest.groups))
    return joined([block for block in over(gathered, given, groups) if block is not None])
