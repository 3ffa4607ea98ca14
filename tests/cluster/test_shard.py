"""What a server takes, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.cluster.compression.messages import Dense
from rosenblatt.cluster.functions import DescentUpdate
from rosenblatt.cluster.messages import Join, Push, RefusedPushError
from rosenblatt.cluster.modes import Asynchronous, Bounded, Mode, Synchronous
from rosenblatt.cluster.shard import ServerShard


def server(mode: Mode, workers: int = 2, **options: Any) -> ServerShard:
    return ServerShard(np.zeros(3), DescentUpdate(1.0), mode, workers, **options)


def push(worker: int, step: int = 0, *, size: int = 3, value: float = 1.0, **given: Any) -> Push:
    fields: dict[str, Any] = {"incarnation": 0, "version": 0, "share": 1.0, "rows": 5, "loss": 0.0}
    fields |= {"last": False} | given
    return Push(worker, step=step, message=Dense(np.full(size, value)), **fields)


def test_a_repeated_push_counts_once() -> None:
    shard = server(Asynchronous())
    for _ in range(3):
        ((worker, reply),) = shard.push(push(0))
        assert (worker, reply.step, reply.version) == (0, 1, 1)
    assert shard.theta.tolist() == [-1, -1, -1]
    assert shard.record.repeated == 2
    assert shard.record.rows == 5


def test_a_repeated_push_counts_once_while_others_are_waited_for() -> None:
    shard = server(Synchronous())
    assert shard.push(push(0)) == []
    assert shard.push(push(0, value=100.0)) == []
    due = shard.push(push(1, value=2.0))
    assert {worker for worker, _ in due} == {0, 1}
    assert shard.theta.tolist() == [-3, -3, -3]


def test_the_sum_is_in_the_order_of_the_workers() -> None:
    sums = []
    for order in ([0, 1, 2], [2, 0, 1]):
        shard = server(Synchronous(), 3)
        for worker in order:
            shard.push(push(worker, value=(0.1, 0.2, 0.3)[worker]))
        sums.append(shard.theta)
    assert np.array_equal(*sums)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (push(0, size=4), "pushes 4 numbers, and this server has 3 parameters"),
        (push(0, step=2), "step 0 is missing"),
        (push(7), "none of 2"),
        (push(-1), "none of 2"),
    ],
)
def test_a_push_that_does_not_fit_is_refused(bad: Push, message: str) -> None:
    shard = server(Asynchronous())
    with pytest.raises(RefusedPushError, match=message):
        shard.push(bad)
    assert not shard.theta.any()
    assert shard.push(push(0))[0].reply.version == 1


def test_a_lost_worker_is_refused_when_it_wakes_and_the_new_one_goes_on() -> None:
    shard = server(Asynchronous())
    shard.push(push(0))
    shard.fence(0, 1)
    with pytest.raises(RefusedPushError, match="has been declared lost"):
        shard.push(push(0, step=1))
    ((_, reply),) = shard.join(Join(0, 1))
    assert reply.step == 1
    assert shard.push(push(0, step=1, incarnation=1))[0].reply.version == 2


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("mode", [Synchronous(), Asynchronous()], ids=repr)
def test_numbers_that_are_not_finite_stop_all_and_change_nothing(mode: Mode, bad: float) -> None:
    shard = server(mode)
    due = shard.push(push(0, value=bad))
    if mode.summed:
        assert due == []
        due = shard.push(push(1))
    assert all(reply.stop for _, reply in due)
    assert not shard.theta.any()
    assert shard.record.diverged
    assert shard.join(Join(1, 0))[0].reply.stop


def test_a_worker_that_has_diverged_stops_all() -> None:
    shard = server(Synchronous())
    shard.push(push(0))
    due = shard.push(push(1, diverged=True))
    assert {worker: reply.stop for worker, reply in due} == {1: True} | {0: True}


def test_who_has_finished_is_not_waited_for() -> None:
    shard = server(Bounded(0))
    assert shard.push(push(0, last=True))[0].reply.step == 1
    for step in range(3):
        ((worker, _),) = shard.push(push(1, step))
        assert worker == 1


def test_the_parameters_of_the_step_before_can_be_asked_for() -> None:
    """A worker that has died between its pushes to two servers leaves them a step apart."""
    shard = server(Synchronous())
    shard.push(push(0))
    shard.push(push(1))
    ((_, again),) = shard.join(Join(0, 1, step=0))
    assert again.step == 0
    assert not again.parameters.any()
    ((_, now),) = shard.join(Join(0, 1))
    assert now.step == 1
    assert now.parameters.tolist() == [-2, -2, -2]


def test_the_rate_is_divided_by_the_staleness() -> None:
    shard = server(Asynchronous(), by_staleness=True)
    shard.push(push(0))
    shard.push(push(1))  # of version 0, at version 1
    assert shard.theta.tolist() == [-1.5] * 3
    assert shard.record.staleness == {0: 1, 1: 1}


def test_steps_have_the_rates_of_their_number() -> None:
    shard = server(Asynchronous())
    shard.begin(np.array([1.0, 10.0]))
    shard.push(push(0))
    shard.push(push(1))
    assert shard.theta.tolist() == [-11] * 3
