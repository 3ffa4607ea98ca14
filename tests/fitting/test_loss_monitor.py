"""The losses of a run: the first, the least, and when one has exploded."""

from __future__ import annotations

import math

import pytest

from rosenblatt.fitting.loss_monitor import NEGLIGIBLE, LossMonitor


def observed(*losses: float) -> LossMonitor:
    monitor = LossMonitor()
    for loss in losses:
        monitor.observe(loss)
    return monitor


def test_first_and_least() -> None:
    monitor = observed(4.0, 1.0, 3.0)
    assert (monitor.first, monitor.least) == (4.0, 1.0)


def test_a_loss_is_far_above_twice_the_least() -> None:
    monitor = observed(4.0, 1.0)
    assert not monitor.is_far(2.0)
    assert monitor.is_far(2.01)


def test_a_loss_has_exploded_above_the_first_as_well() -> None:
    monitor = observed(4.0, 1.0)
    assert not monitor.has_exploded(4.0)
    assert monitor.has_exploded(4.01)
    assert not observed(4.0, 3.0).has_exploded(5.0)  # less than twice the least


def test_negative_losses() -> None:
    """As of likelihoods: the distance is measured in the least loss's size."""
    monitor = observed(1.0, -2.0)
    assert not monitor.is_far(0.0)
    assert monitor.is_far(0.01)


def test_losses_near_zero_rise_and_fall_by_factors() -> None:
    monitor = observed(1.0, 0.0)
    assert not monitor.is_far(NEGLIGIBLE)
    assert monitor.is_far(2 * NEGLIGIBLE)


def test_before_the_first_loss_none_is_far() -> None:
    assert not LossMonitor().is_far(1e300)
    assert not LossMonitor().has_exploded(1e300)


@pytest.mark.parametrize("losses", [(), (2.0, 0.5)])
def test_a_state_is_taken_up_again(losses: tuple[float, ...]) -> None:
    monitor = observed(*losses)
    again = LossMonitor.from_state_dict(monitor.state_dict())
    for one, other in ((again.first, monitor.first), (again.least, monitor.least)):
        assert one == other or (math.isnan(one) and math.isnan(other))
