"""A trainer whose epochs run on a cluster, behind the interface of the engine's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.cluster.outcome import EpochOutcome, Transport, gathered
from rosenblatt.cluster.places import Task
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shards.task import StreamTask
from rosenblatt.cluster.sites import Job
from rosenblatt.cluster.task import EpochTask
from rosenblatt.engine import Epoch, EpochPlan, Trainer, TrainingSetup
from rosenblatt.engine.diagnosis import diagnosed
from rosenblatt.engine.epoch_plan import one_by_one

if TYPE_CHECKING:
    from rosenblatt.cluster.shards.shards import Shards

__all__ = ["ClusterTrainer"]


@final
class ClusterTrainer(Trainer):
    """Hands each epoch to a transport, and takes parameters and memory back after it.

    The loop of a fit (schedules, validation, stopping, callbacks, checkpoints, history) stays where
    it is, in the process that called `fit`. With `shards` the rows are those of files, and the
    arrays of `setup` are an example of them.
    """

    def __init__(
        self,
        setup: TrainingSetup,
        plan: ClusterPlan,
        transport: Transport,
        shards: Shards | None = None,
    ) -> None:
        self.setup, self.transport, self.shards = setup, transport, shards
        self.job = Job(
            setup.problem,
            plan,
            setup.batch_size,
            setup.arrays.mean_weight if shards is None else shards.mean_weight,
            setup.optimizer_state.seed,
            setup.bfloat16,
            setup.theta.dtype,
        )
        dtype = setup.theta.dtype
        self._state = setup.problem.network.initial_state(dtype)  # of networks without one
        transport.begin(self.job, setup.arrays if shards is None else shards)

    def epochs(self, plan: EpochPlan) -> Iterator[Epoch]:
        plan.check_factors()
        return one_by_one(self._epoch, plan)

    def _epoch(self, plan: EpochPlan) -> Epoch:
        setup = self.setup
        task = self._task(plan)
        outcome = self.transport.run(task, setup.theta, setup.optimizer_state)
        gathered(outcome, self.job, task, setup.theta, setup.optimizer_state)
        return self._measured(outcome, task, plan)

    def _task(self, plan: EpochPlan) -> Task:
        arrays, first = self.setup.arrays, int(self.setup.optimizer_state.steps[0])
        if self.shards is not None:
            n = self.shards.order.n_rows
            return StreamTask(n, plan.batch_size, plan.lr_factors, first)
        order = arrays.order if plan.order is None else plan.order
        return EpochTask(order, plan.batch_size, plan.lr_factors, first)

    def _measured(self, outcome: EpochOutcome, task: Task, plan: EpochPlan) -> Epoch:
        setup, records = self.setup, [state.record for state in outcome.states]
        first, local = records[0], self.job.plan.local_steps
        steps = min(record.steps for record in records)
        made = min(steps * local, task.steps)
        squares = np.zeros(len(setup.problem.network.layers))
        for record in records if local == 1 else records[:1]:
            if len(record.squares):
                squares += record.squares
        divergence = None
        if any(record.diverged for record in records):
            at = min(made, task.steps - 1)
            divergence = diagnosed(
                setup.problem,
                setup.arrays,
                (setup.theta, setup.optimizer_state, self._state),
                task.batch(at)
                if isinstance(task, EpochTask)
                else setup.arrays.order[: task.batch_size],
                plan.of_step(at),
                at + 1,
            )
        rows = max(1, first.rows)
        return Epoch(
            first.loss / rows,
            sum(record.penalty for record in (records if local == 1 else records[:1])) / rows,
            tuple(np.sqrt(squares / max(1, steps)).tolist()),
            made,
            divergence,
            notes=outcome.notes,
        )
