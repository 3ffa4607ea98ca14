"""The stability edge of delayed descent: ηλ < 2 sin(π / (2(2τ + 1)))."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rosenblatt.cluster.modes import Asynchronous
from rosenblatt.cluster.simulation import Simulation
from tests.support.clusters import descent


def growth(rate: float, delay: int) -> float:
    """log of how much larger θ is in the last quarter than in the second, by τ + 1 workers."""
    workers = delay + 1
    steps = 500
    seen: list[float] = []
    team, shard = descent(lambda x, _: x.copy(), np.ones(1), Asynchronous(), rate, workers, steps)
    Simulation(team, [shard], observe=lambda _: seen.append(float(shard.theta[0]))).run()
    assert max(shard.record.staleness) == delay
    n = len(seen)
    quarters = [np.square(seen[k * n // 4 : (k + 1) * n // 4]).mean() for k in (1, 3)]
    return math.log(quarters[1]) - math.log(quarters[0])


@pytest.mark.parametrize("delay", range(17))
def test_the_edge_is_where_theory_has_it(delay: int) -> None:
    edge = 2 * math.sin(math.pi / (2 * (2 * delay + 1)))
    assert growth(0.98 * edge, delay) < 0
    assert growth(1.02 * edge, delay) > 0
