"""What a worker and a server are built from, wherever they run."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol, final

import numpy as np
import numpy.typing as npt

from rosenblatt import engine
from rosenblatt.cluster.compression import ErrorFeedback
from rosenblatt.cluster.gradient import BatchGradient
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.ranges import Range, cut
from rosenblatt.cluster.shard import ServerShard
from rosenblatt.cluster.task import ArrayBatches, Batches, EpochTask
from rosenblatt.cluster.update import DifferenceUpdate, OptimizerUpdate, Update
from rosenblatt.cluster.work import GradientWork, LocalWork
from rosenblatt.cluster.worker import Work, Worker
from rosenblatt.engine import OptimizerState, TrainingSetup
from rosenblatt.problem import Arrays, Problem, Rows
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["AnyTask", "Job", "WorkerEngine", "WorkerSite", "part_of", "server"]


@final
@dataclass(frozen=True, eq=False)
class Job:
    """A problem, and how it is spread.

    Attributes
    ----------
    problem : Problem
    plan : ClusterPlan
    batch_size : int
    mean_weight : float
        Of all rows to learn from.
    seed : int
        Of dropout and input noise; every worker has its own.
    bfloat16 : bool
    dtype : data type
        Of the parameters.
    """

    problem: Problem
    plan: ClusterPlan
    batch_size: int
    mean_weight: float
    seed: int = 0
    bfloat16: bool = False
    dtype: npt.DTypeLike = np.float64

    @cached_property
    def parts(self) -> tuple[Range, ...]:
        """The range of each server."""
        return cut(self.problem.network, self.plan.servers)


def part_of(memory: OptimizerState, part: Range, plan: ClusterPlan) -> OptimizerState:
    """A copy of what a server needs of the optimiser's memory; workers keep that of local steps."""
    own = slice(part.begin, part.end if plan.local_steps == 1 else part.begin)
    average = memory.average[part.run] if len(memory.average) else memory.average
    return OptimizerState(
        memory.slots[:, own].copy(), memory.steps.copy(), average.copy(), memory.seed
    )


def server(job: Job, part: Range, theta: FloatArray, memory: OptimizerState) -> ServerShard:
    """A server of a range, from its parameters and its part of the memory."""
    plan = job.plan
    update: Update
    if plan.local_steps == 1:
        update = OptimizerUpdate(job.problem, part, memory, job.mean_weight)
    else:
        update = DifferenceUpdate(part, memory, plan.local_steps)
    return ServerShard(theta, update, plan.mode, plan.workers, by_staleness=plan.by_staleness)


class AnyTask(Protocol):
    """An epoch, wherever its rows are."""

    @property
    def lr_factors(self) -> npt.NDArray[np.float64]: ...

    @property
    def first_step(self) -> int: ...


@final
class WorkerEngine:
    """What computes a worker's pushes, and what it keeps from one epoch to the next.

    Parameters
    ----------
    job : Job
    arrays : Arrays
        The rows that the worker has, or room for those that it reads.
    number : int

    Attributes
    ----------
    memory : OptimizerState, optional
        Of local steps.
    """

    def __init__(self, job: Job, arrays: Arrays, number: int) -> None:
        self.job, self.arrays, self.number = job, arrays, number
        self._feedback: list[ErrorFeedback] | None = job.plan.feedback(number, job.parts)
        self.memory: OptimizerState | None = None
        if job.plan.local_steps == 1:
            own = job.seed + number if job.problem.network.is_random else 0
            self._gradient = BatchGradient(job.problem, arrays, job.batch_size, own, job.bfloat16)
        else:
            self._begin_local()

    def compress(self, plan: ClusterPlan) -> None:
        """Compress as this plan has it from now on."""
        self._feedback = plan.feedback(self.number, self.job.parts)

    def seconds_of_push(self, rows: Rows) -> float:
        """How long a push takes to compute, with such batches."""
        job = self.job
        gradient = BatchGradient(job.problem, self.arrays, job.batch_size, 0, job.bfloat16)
        seconds = []
        for step in range(3):
            begun = time.perf_counter()
            gradient(rows, step)
            seconds.append(time.perf_counter() - begun)
        return min(seconds) * job.plan.local_steps

    def _begin_local(self) -> None:
        job, dtype = self.job, self.arrays.y.dtype
        self._theta: FloatArray = aligned_zeros(job.problem.network.n_parameters, dtype)
        self.memory = OptimizerState.of(job.problem.optimizer, self._theta)
        self.memory.seed = job.seed + self.number if job.problem.network.is_random else 0
        setup = TrainingSetup(
            job.problem,
            self.arrays,
            self._theta,
            self.memory,
            job.batch_size,
            state=job.problem.network.initial_state(dtype),
            n_jobs=1,
            bfloat16=job.bfloat16,
        )
        self._trainer = engine.trainer(setup)

    def worker(
        self, batches: Batches, task: AnyTask, incarnation: int, memory: OptimizerState | None
    ) -> Worker:
        """The worker of an epoch; local steps begin with the `memory` given."""
        work: Work
        if self.memory is None:
            theta = self._gradient.theta
            work = GradientWork(self._gradient, batches, task.first_step)
        else:
            if memory is not None:
                self.memory.slots[...] = memory.slots
            self.memory.steps[0] = task.first_step
            theta, local_steps = self._theta, self.job.plan.local_steps
            work = LocalWork(self._trainer, batches, task.lr_factors, task.first_step, local_steps)
        parts = [part.run for part in self.job.parts]
        return Worker(self.number, incarnation, work, theta, parts, self._feedback)


@final
class WorkerSite:
    """A worker over rows in memory."""

    def __init__(self, job: Job, arrays: Arrays, number: int) -> None:
        self.engine = WorkerEngine(job, arrays, number)

    @property
    def seconds_of_push(self) -> float:
        """How long a push takes to compute."""
        engine, plan = self.engine, self.engine.job.plan
        n = engine.job.batch_size // plan.workers if plan.mode.summed else engine.job.batch_size
        return engine.seconds_of_push(engine.arrays.order[: max(1, n)])

    def worker(
        self, task: EpochTask, incarnation: int, memory: OptimizerState | None = None
    ) -> Worker:
        """The worker of an epoch."""
        plan, number = self.engine.job.plan, self.engine.number
        batches = ArrayBatches(task, plan.mode, number, plan.workers)
        return self.engine.worker(batches, task, incarnation, memory)
