"""What an epoch on a cluster has come to, and the interface of what runs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, final

from rosenblatt.cluster.places import Source, Task
from rosenblatt.cluster.shard import ShardRecord
from rosenblatt.cluster.sites import Job
from rosenblatt.engine import OptimizerState
from rosenblatt.support.types import FloatArray

__all__ = ["EpochOutcome", "ShardState", "Transport", "gathered"]


@final
class ShardState(NamedTuple):
    """A server after an epoch: parameters of its range, memory, and what it has counted."""

    theta: FloatArray
    memory: OptimizerState
    record: ShardRecord


@final
class EpochOutcome(NamedTuple):
    """All servers after an epoch, and what the workers have used.

    Attributes
    ----------
    states : sequence of ShardState
    bytes_sent : int
    idle : float
        Share of the workers' time in which they waited.
    memories : sequence of OptimizerState
        Of workers that make local steps.
    lost : int
        Workers that were declared lost and replaced.
    """

    states: Sequence[ShardState]
    bytes_sent: int
    idle: float
    memories: Sequence[OptimizerState] = ()
    lost: int = 0

    @property
    def staleness(self) -> dict[int, int]:
        """Steps that pushes were behind, and how many were, as the first server saw it."""
        return self.states[0].record.staleness

    def after(self, lost: int) -> EpochOutcome:
        """The same after attempts in which so many workers were replaced."""
        return self._replace(lost=self.lost + lost)

    @property
    def notes(self) -> dict[str, Any]:
        """For the epoch's entry of `history_`."""
        seen: Counter[int] = Counter(self.staleness)
        n = max(1, sum(seen.values()))
        return {
            "bytes_sent": self.bytes_sent,
            "staleness_mean": sum(s * k for s, k in seen.items()) / n,
            "staleness_max": max(seen, default=0),
            "idle": self.idle,
            "workers_lost": self.lost,
            "rows": self.states[0].record.rows,
        }


class Transport(Protocol):
    """Workers and servers in some place, which run an epoch by themselves."""

    def begin(self, job: Job, source: Source) -> None:
        """Set up workers and servers."""

    def run(self, task: Task, theta: FloatArray, memory: OptimizerState) -> EpochOutcome:
        """One epoch from these parameters; both stay as they are."""

    def end(self) -> None:
        """Release everything; nothing runs any more."""


def gathered(
    outcome: EpochOutcome,
    job: Job,
    task: Task,
    theta: FloatArray,
    memory: OptimizerState,
) -> None:
    """Write what the servers, or the workers with local steps, hold into θ and the memory."""
    for part, state in zip(job.parts, outcome.states, strict=True):
        theta[part.run] = state.theta
        if not outcome.memories:
            memory.slots[:, part.run] = state.memory.slots
        if len(memory.average):
            memory.average[part.run] = state.memory.average
    memory.steps += min(outcome.states[0].record.steps * job.plan.local_steps, task.steps)
    if outcome.memories:
        first, *others = outcome.memories
        memory.slots[...] = first.slots
        for other in others:
            memory.slots += other.slots
        memory.slots /= len(outcome.memories)
