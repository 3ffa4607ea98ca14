"""Bounded staleness over random schedules: nobody reads too early, and nobody waits for ever."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from rosenblatt.cluster.hardware import Link, Pace
from rosenblatt.cluster.messages import Delivery, Push
from rosenblatt.cluster.modes import Bounded, Mode, Synchronous
from rosenblatt.cluster.shard import ServerShard
from rosenblatt.cluster.simulation import Simulation
from tests.support.clusters import descent


def schedule(seed: int) -> tuple[int, int, int, Link, Pace]:
    """Workers, staleness, steps and hardware of a random run."""
    draws = Random(seed)
    workers = draws.randint(1, 6)
    rough = draws.random() < 0.3
    link = Link(
        bandwidth=draws.choice([1e4, 1e6, float("inf")]),
        latency=draws.choice([0.0, 1e-3, 0.1]),
        loss=0.2 if rough else 0.0,
        duplication=0.2 if rough else 0.0,
        timeout=0.5,
    )
    pace = Pace(
        draws.choice([1e-4, 1e-2]),
        jitter=draws.choice([0.0, 0.5, 2.0]),
        straggling=draws.choice([0.0, 0.1]),
        factors=tuple(draws.choice([0.1, 1.0, 20.0]) for _ in range(workers)),
    )
    return workers, draws.choice([0, 0, 1, 2, 5]), draws.randint(1, 8), link, pace


class Watched(ServerShard):  # type: ignore[misc]
    """A server whose replies are compared with a count of the pushes of its own."""

    def watch(self, staleness: int, steps: int) -> None:
        self.made = [0] * len(self.clocks)
        self.staleness, self.steps = staleness, steps
        self.violations = 0

    def push(self, push: Push) -> list[Delivery]:
        if push.step == self.made[push.worker]:
            self.made[push.worker] += 1
        due = super().push(push)
        slowest = min([made for made in self.made if made < self.steps], default=self.steps)
        for worker, _ in due:
            made = self.made[worker]
            self.violations += made < self.steps and slowest < made - self.staleness
        return due


def violations(seed: int, mode: Mode | None = None) -> int:
    workers, staleness, steps, link, pace = schedule(seed)
    mode = mode or Bounded(staleness)
    team, plain = descent(lambda x, _: x, np.ones(2), mode, 0.01, workers, steps)
    shard = Watched(plain.theta, plain.update, mode, workers)
    shard.watch(staleness, steps)
    usage = Simulation(team, [shard], link, pace, seed).run()  # a DeadlockError fails the test
    assert usage.steps == [steps] * workers
    assert shard.record.steps == (steps if mode.summed else steps * workers)
    return shard.violations


def test_no_violation_and_no_deadlock_in_500_schedules() -> None:
    assert sum(map(violations, range(500))) == 0


@pytest.mark.slow
def test_no_violation_and_no_deadlock_in_10_000_schedules() -> None:
    assert sum(map(violations, range(10_000))) == 0


def test_the_watch_sees_a_server_that_lets_workers_read_too_early() -> None:
    class Lax(Mode):
        summed = False

        def may_read(self, clock: int, slowest: float) -> bool:
            return slowest >= clock - 6

    assert sum(violations(seed, Lax()) for seed in range(100)) > 10


def test_a_synchronous_run_is_never_ahead() -> None:
    for seed in range(100):
        assert violations(seed, Synchronous()) == 0


def test_the_fastest_is_as_far_ahead_as_it_may() -> None:
    team, shard = descent(lambda x, _: x, np.ones(1), Bounded(3), 0.01, 2, 20)
    Simulation(team, [shard], pace=Pace(1.0, factors=(1.0, 100.0))).run()
    # Between two pushes of the slow worker, the fast one makes four steps from clock c to c + 3.
    assert max(shard.record.staleness) == 4
