"""A step of an optimiser on a gradient from elsewhere: natively and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt import engine
from rosenblatt.engine.kernels import has_kernel
from rosenblatt.optimizers import DecoupledDecay, Optimizer
from tests.support.members import OPTIMIZERS


def by_formula(optimizer: Any, g: Any, theta: Any, slots: Any, t: int) -> Any:
    kept = optimizer.kept(0.5, 2.0) if isinstance(optimizer, DecoupledDecay) else 1.0
    return kept * theta + optimizer.update(g, slots, t, 0.5)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_it_is_the_formula(optimizer: Optimizer, dtype: str) -> None:
    rng = np.random.default_rng(0)
    theta = rng.standard_normal(37).astype(dtype)
    expected, slots = theta.copy(), np.zeros((optimizer.n_slots, 37), dtype)
    memory = slots.copy()
    close = {"rtol": 5e-4, "atol": 1e-5} if dtype == "f4" else {"rtol": 1e-10, "atol": 1e-12}
    for t in (1, 2, 3, 4):
        g = rng.standard_normal(37).astype(dtype)
        expected = by_formula(optimizer, g, expected, memory, t)
        engine.step_of(optimizer, dtype)(g, theta, slots, t, 0.5, 2.0)
        np.testing.assert_allclose(theta, expected, **close)
        np.testing.assert_allclose(slots, memory, **close)


class HalfStep(Optimizer):
    """One of the user's own, without a kernel."""

    lr, n_slots = 0.5, 0

    def update(self, g: Any, slots: Any, t: int, factor: float) -> Any:
        return -self.lr * factor * g


def test_an_optimizer_without_a_kernel_moves_long_vectors() -> None:
    assert not has_kernel(HalfStep())
    g = np.arange(100_000.0)
    theta = np.ones(100_000)
    engine.step_of(HalfStep(), "f8")(g, theta, np.zeros((0, 100_000)), 1, 2.0, 1.0)
    assert np.array_equal(theta, 1 - g)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"g": np.ones(4)}, "the gradient has another number"),
        ({"slots": np.zeros((1, 3))}, "slots do not fit"),
        ({"slots": np.zeros((2, 4))}, "slots do not fit"),
        ({"slots": np.zeros((3, 2)).T}, "slots do not fit"),
        ({"t": 0}, "counted from 1"),
        ({"lr_factor": -1.0}, "out of range"),
        ({"decay_factor": np.nan}, "out of range"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], message: str) -> None:
    from rosenblatt.optimizers import Adam

    given = {"g": np.ones(3), "theta": np.ones(3), "slots": np.zeros((2, 3)), "t": 1}
    given |= {"lr_factor": 1.0, "decay_factor": 1.0} | changed
    with pytest.raises(ValueError, match=message):
        engine.step_of(Adam(), "f8")(*given.values())
