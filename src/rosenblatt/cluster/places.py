"""Where the rows of a fit are, and the worker's site for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rosenblatt.cluster.shards.task import StreamTask
from rosenblatt.cluster.sites import Job, WorkerSite
from rosenblatt.cluster.task import EpochTask
from rosenblatt.problem import Arrays

if TYPE_CHECKING:
    from rosenblatt.cluster.shards.shards import Shards
    from rosenblatt.cluster.shards.site import ShardSite

__all__ = ["Site", "Source", "Task", "site_of"]

Source: TypeAlias = "Arrays | Shards"
Task: TypeAlias = "EpochTask | StreamTask"
Site: TypeAlias = "WorkerSite | ShardSite"


def site_of(job: Job, source: Source, number: int) -> Site:
    """A worker's site: over rows in memory, or over files."""
    if isinstance(source, Arrays):
        return WorkerSite(job, source, number)
    from rosenblatt.cluster.shards.site import ShardSite  # pyarrow, which others need not import

    return ShardSite(job, source, number)
