"""The simulator as a transport: a real fit, on a virtual clock."""

from __future__ import annotations

from typing import Any, final

from rosenblatt.cluster.choice import decided, prices_of
from rosenblatt.cluster.hardware import Link, Pace
from rosenblatt.cluster.outcome import EpochOutcome, ShardState
from rosenblatt.cluster.places import Source, Task, site_of
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.cluster.simulation import Simulation
from rosenblatt.cluster.sites import Job, part_of, server
from rosenblatt.engine import OptimizerState
from rosenblatt.support.types import FloatArray

__all__ = ["InProcess"]


@final
class InProcess:
    """Workers and servers in this process, one event after another.

    Attributes
    ----------
    seconds : float
        Of the virtual clock, in all epochs.
    """

    def __init__(
        self,
        link: Link | None = None,
        pace: Pace | None = None,
        seed: int = 0,
        report: ClusterReport | None = None,
    ) -> None:
        self.link, self.pace, self.seed = link or Link(), pace or Pace(), seed
        self.report = report or ClusterReport()
        self.seconds = 0.0

    def begin(self, job: Job, source: Source) -> None:
        self.job = job = decided(
            job, self.link, self.pace.seconds, prices_of(job, timed=False), self.report
        )
        self.report.begin(job.plan.workers)
        self.sites: list[Any] = [site_of(job, source, k) for k in range(job.plan.workers)]

    def run(self, task: Task, theta: FloatArray, memory: OptimizerState) -> EpochOutcome:
        job = self.job
        shards = [
            server(job, part, theta[part.run].copy(), part_of(memory, part, job.plan))
            for part in job.parts
        ]
        for shard in shards:
            shard.begin(task.lr_factors)
        workers = [site.worker(task, 0, memory) for site in self.sites]
        self.seed += 1
        usage = Simulation(workers, shards, self.link, self.pace, self.seed).run()
        self.seconds += usage.seconds
        for k, totals in enumerate(self.report.workers):
            totals.steps += usage.steps[k]
            totals.bytes_sent += usage.bytes_of[k]
            totals.busy += usage.busy[k]
            totals.seconds += usage.seconds_of[k]
        version = min(shard.version for shard in shards)
        states = [ShardState(s.parameters(version), s.update.memory, s.record) for s in shards]
        memories = [site.engine.memory for site in self.sites if site.engine.memory is not None]
        return EpochOutcome(states, usage.bytes_sent, usage.idle, memories)

    def end(self) -> None:
        self.sites = []
