"""Averages of weights beside their closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.averaging import EMA, SWA, CurrentWeights, NoAveraging, SWAWeights

THETAS = np.random.default_rng(0).standard_normal((40, 3))


def running_mean(averaging: EMA | NoAveraging | SWA) -> np.ndarray:
    mean = np.full(3, 99.0)  # of which nothing may stay
    for t, theta in enumerate(THETAS, start=1):
        mean += averaging.weight(t) * (theta - mean)
    return mean


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9, 0.999])
def test_ema_is_the_bias_corrected_sum(decay: float) -> None:
    """Σ d^(T-t) θ_t over Σ d^(T-t)."""
    powers = decay ** np.arange(len(THETAS) - 1, -1, -1)
    np.testing.assert_allclose(
        running_mean(EMA(decay)), powers @ THETAS / powers.sum(), rtol=1e-10, atol=1e-12
    )


def test_ema_is_adams_moment_corrected_as_adam_does() -> None:
    m = np.zeros(3)
    for theta in THETAS:
        m = 0.9 * m + 0.1 * theta
    np.testing.assert_allclose(running_mean(EMA(0.9)), m / (1 - 0.9 ** len(THETAS)), rtol=1e-10)


def test_swa_is_the_plain_mean() -> None:
    np.testing.assert_allclose(running_mean(SWA()), THETAS.mean(axis=0), rtol=1e-10)


def test_no_averaging_returns_the_last_iterate() -> None:
    np.testing.assert_allclose(running_mean(NoAveraging()), THETAS[-1], rtol=1e-10)


@pytest.mark.parametrize(
    ("start", "max_epochs", "before"),
    [(0.75, 100, 75), (0.75, 2, 1), (0.75, 1, 0), (0.0, 10, 0), (0.999, 10, 9), (0.5, 7, 3)],
)
def test_epochs_before_swa(start: float, max_epochs: int, before: int) -> None:
    assert SWA(start).epochs_before(max_epochs) == before


def test_mean_of_epochs() -> None:
    """The last weights until the mean begins, and then those of its epochs alone."""
    theta = np.zeros(3)
    shown = SWAWeights(SWA(0.5), theta, 40)
    array = shown.weights
    for epoch, reached in enumerate(THETAS, start=1):
        theta[:] = reached
        shown.epoch_ended(epoch)
        expected = reached if epoch <= 20 else THETAS[20:epoch].mean(axis=0)
        np.testing.assert_allclose(shown.weights, expected, rtol=1e-10)
    assert shown.weights is array
    assert not np.shares_memory(shown.weights, theta)


def test_weights_in_place() -> None:
    theta = np.zeros(3)
    shown = CurrentWeights(theta)
    shown.epoch_ended(1)
    assert shown.weights is theta


@pytest.mark.parametrize("bad", [-0.1, 1.0])
def test_numbers_out_of_range(bad: float) -> None:
    with pytest.raises(ValueError, match=r"of EMA.*\[0, 1\)"):
        EMA(bad)
    with pytest.raises(ValueError, match=r"of SWA.*\[0, 1\)"):
        SWA(bad)
