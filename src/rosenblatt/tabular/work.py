"""What all networks of the learner have in common, and their training side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import final

import numpy as np

from rosenblatt.engine.blas import blas_beside
from rosenblatt.engine.threads import allowed_threads, requested_threads
from rosenblatt.network import Network, PiecewiseLinear
from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.tabular.candidates import Candidate
from rosenblatt.tabular.member import EpochNote, Member, network_for, train
from rosenblatt.tabular.pace import Pace
from rosenblatt.tabular.rows import Division, TrainingRows

__all__ = ["Report", "Work", "threads_of"]

# Is told the number of a network, the name of its recipe, and what an epoch measured.
Report = Callable[[int, str, EpochNote], None]


def threads_of(n_jobs: int | None) -> int:
    return allowed_threads(requested_threads(n_jobs))


@final
@dataclass(frozen=True, eq=False)
class Work:
    """What all networks have in common."""

    rows: TrainingRows
    divisions: Sequence[Division]
    views: tuple[PiecewiseLinear, ...]
    seed: int
    stop: StopSignal
    report: Report | None
    directions: Sequence[int] = ()  # of the features

    def network_of(self, candidate: Candidate, number: int = 0) -> Network:
        view = self.views[number % len(self.views)]
        n_outputs = candidate.objective.n_outputs
        return network_for(view, candidate.recipe, n_outputs, self.directions)

    def member(self, number: int, candidate: Candidate) -> Member | None:
        division = self.divisions[number]
        return train(
            number,
            self.rows.within(division),
            division,
            self.network_of(candidate, number),
            candidate.objective,
            candidate.recipe,
            self.seed_of(number),
            self.stop,
            None if self.report is None else partial(self.report, number, candidate.name),
        )

    def seed_of(self, number: int) -> int:
        return int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])

    def train(
        self, jobs: Iterable[tuple[int, Candidate]], n_jobs: int | None
    ) -> list[tuple[Candidate, Member]]:
        """The networks that have an epoch, in the order of the jobs."""
        pending = [Job(number, candidate) for number, candidate in jobs]

        def run(job: Job) -> None:
            job.member = self.member(job.number, job.candidate)

        beside = min(requested_threads(n_jobs), max(1, len(pending)))
        with blas_beside(beside), WorkerPool(allowed_threads(beside), self.stop) as pool:
            pool.run(run, pending)
        return [(job.candidate, job.member) for job in pending if job.member is not None]

    def timed(self, candidate: Candidate, n_jobs: int | None) -> Pace:
        """How fast all threads train networks at once, by an epoch each that is not kept."""
        unseen = replace(self, report=None)
        n_networks = min(threads_of(n_jobs), len(self.divisions))
        begun = time.perf_counter()
        trained = unseen.train([(k, candidate.within(1)) for k in range(n_networks)], n_jobs)
        return Pace.of([m for _, m in trained], begun)


@final
@dataclass(eq=False)
class Job:
    """A network to train."""

    number: int
    candidate: Candidate
    member: Member | None = None
