"""The cost model is what the simulator measures."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.cluster.cost import StepCost
from rosenblatt.cluster.hardware import Link, Pace
from rosenblatt.cluster.messages import HEADER
from rosenblatt.cluster.modes import Asynchronous, Mode, Synchronous
from rosenblatt.cluster.simulation import Simulation
from tests.support.clusters import descent

N = 1000


def seconds_a_step(mode: Mode, workers: int, link: Link, compute: float) -> float:
    """Of a long run, without its beginning."""
    ends = []
    for steps in (20, 120):
        team, shard = descent(lambda x, _: x, np.ones(N), mode, 0.01, workers, steps)
        ends.append(Simulation(team, [shard], link, Pace(compute)).run().seconds)
    return (ends[1] - ends[0]) / 100


@pytest.mark.parametrize("workers", [1, 2, 7, 40])
@pytest.mark.parametrize("bandwidth", [1e5, 1e7, 1e9])
@pytest.mark.parametrize("compute", [1e-4, 0.05])
def test_it_is_what_the_simulator_measures(workers: int, bandwidth: float, compute: float) -> None:
    link = Link(bandwidth, 1e-3)
    size = 8 * N + HEADER
    cost = StepCost(compute, size, size, link, workers)
    found = seconds_a_step(Synchronous(), workers, link, compute)
    assert found == pytest.approx(cost.synchronous, rel=1e-6)
    found = seconds_a_step(Asynchronous(), workers, link, compute)
    assert found == pytest.approx(cost.asynchronous, rel=0.02)
