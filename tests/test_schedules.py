"""Rate controls: exact values, and the rates of scikit-learn's optimiser (G13)."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neural_network._stochastic_optimizers import SGDOptimizer

from rosenblatt.schedules import Constant, DivideOnStall, InverseScaling


def test_constant() -> None:
    rate = Constant()
    rate.epoch_ended(1000)
    assert rate.factor == 1
    assert not rate.stalled()
    assert rate.factor == 1


@pytest.mark.parametrize(
    ("power", "samples", "factor"), [(0.5, 3, 0.5), (0.5, 99, 0.1), (1.0, 99, 0.01), (0.0, 99, 1.0)]
)
def test_inverse_scaling(power: float, samples: int, factor: float) -> None:
    rate = InverseScaling(power)
    assert rate.factor == 1
    rate.epoch_ended(samples)
    assert rate.factor == pytest.approx(factor, rel=1e-15)
    assert not rate.stalled()


def test_divide_on_stall() -> None:
    rate = DivideOnStall(lr=1.0, smallest=0.01, divisor=4)
    factors = []
    while rate.stalled():
        rate.epoch_ended(10)
        factors.append(rate.factor)
    # The first rate at or below the smallest is still used, and is the last.
    assert factors == [1 / 4, 1 / 16, 1 / 64, 1 / 256]


@pytest.mark.parametrize("power", [0.1, 0.5, 1.0, 2.0])
def test_inverse_scaling_is_scikit_learns(power: float) -> None:
    theirs = SGDOptimizer([np.zeros(1)], 0.3, "invscaling", power_t=power)
    ours = InverseScaling(power)
    for samples in (50, 100, 150, 10_000):
        theirs.iteration_ends(samples)
        ours.epoch_ended(samples)
        assert 0.3 * ours.factor == pytest.approx(theirs.learning_rate, rel=1e-14)


@pytest.mark.parametrize(
    "lr", [0.1, 0.001, 0.2, 1e-6, 5e-7, 5e-6, 2.5e-5, 1.25e-4, 6.25e-4, 3.125e-3, 0.015625]
)
def test_divide_on_stall_is_scikit_learns(lr: float) -> None:
    """Down to the stall that ends training; some of the rates meet 1e-6 but for their rounding."""
    theirs = SGDOptimizer([np.zeros(1)], lr, "adaptive")
    ours = DivideOnStall(lr, smallest=1e-6)
    for _ in range(30):
        goes_on = ours.stalled()
        assert goes_on is not theirs.trigger_stopping("", False)
        assert lr * ours.factor == pytest.approx(theirs.learning_rate, rel=1e-13)
        if not goes_on:
            return
    pytest.fail("the rate never became small enough")


@pytest.mark.parametrize("schedule", ["constant", "invscaling"])
def test_others_stop_at_the_first_stall(schedule: str) -> None:
    theirs = SGDOptimizer([np.zeros(1)], 0.1, schedule)
    ours = {"constant": Constant(), "invscaling": InverseScaling()}[schedule]
    assert ours.stalled() is not theirs.trigger_stopping("", False)
