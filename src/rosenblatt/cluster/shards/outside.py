"""The pass that gathers rows that are not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np

from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.reading import blocks
from rosenblatt.cluster.shards.shards import EncodedBlock, Shards
from rosenblatt.errors import InputError

__all__ = ["outside"]


@final
class Outside(NamedTuple):
    """What the pass is about."""

    shards: Shards
    part: int


def gathered(given: Outside, k: int) -> EncodedBlock | None:
    """The work on row group k."""
    shards, group = given.shards, given.shards.manifest.groups[k]
    found = []
    for block in blocks(group, shards.names):
        parts = shards.shares.of(group.first + block.first, len(block.table))
        rows = np.flatnonzero(parts == given.part)
        if len(rows):
            found.append(shards.encoded(block.table, rows))
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
    groups = range(len(shards.manifest.groups))
    parts = over(gathered, Outside(shards, part), groups)
    found = joined([block for block in parts if block is not None])
    if found is None or len(found.X) != n:
        raise InputError("the files have changed since the training began: begin anew")
    return found
