"""Optimisers: traces worked by hand, PyTorch's and scikit-learn's numbers (G1, G7, G10, B11)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from members import OPTIMIZERS
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from rosenblatt.engine.kernels import KERNELS
from rosenblatt.optimizers import SGD, Adam, Optimizer

GOLDEN = json.loads((Path(__file__).parent / "golden" / "optimizers.json").read_text())
BY_NAME = {name: cls for cls, name in KERNELS["optimizers"].items()}


def updates(
    optimizer: Optimizer, gradients: list[float], factors: list[float] | None = None
) -> list[float]:
    slots = np.zeros((optimizer.n_slots, 1))
    factors = factors or [1.0] * len(gradients)
    return [
        optimizer.update(np.array([g]), slots, t, factor).item()
        for t, (g, factor) in enumerate(zip(gradients, factors, strict=True), start=1)
    ]


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        # Gradients 1, 2, -4; rates 0.1, 0.1, 0.05 (the schedule halves the last); γ = ½.
        # Δ = -ηg
        (SGD(0.1), [-0.1, -0.2, 0.2]),
        # v = 1, 2.5, -2.75; Δ = -ηv
        (SGD(0.1, 0.5), [-0.1, -0.25, 0.1375]),
        # the same v; Δ = -η(g + γv): g + v/2 = 1.5, 3.25, -5.375
        (SGD(0.1, 0.5, nesterov=True), [-0.15, -0.325, 0.26875]),
        # v = -0.1, -0.05 - 0.2, -0.125 + 0.2; Δ = v
        (SGD(0.1, 0.5, lr_in_velocity=True), [-0.1, -0.25, 0.075]),
        # the same v; Δ = γv - ηg = -0.05 - 0.1, -0.125 - 0.2, 0.0375 + 0.2
        (SGD(0.1, 0.5, nesterov=True, lr_in_velocity=True), [-0.15, -0.325, 0.2375]),
    ],
    ids=repr,
)
def test_sgd_by_hand(optimizer: SGD, expected: list[float]) -> None:
    assert updates(optimizer, [1, 2, -4], [1, 1, 0.5]) == pytest.approx(expected, rel=1e-14)


def test_adam_by_hand() -> None:
    """β₁ = ½, β₂ = ¾, g = 2, -2: m = 1, -½; v = 1, 7/4; corrections ½, ¾ and ¼, 7/16.

    ε after the corrected root: m̂ = 2, -⅔ and √v̂ = 2, 2. ε beside the raw root: the rate is
    η √¼ / ½ = η, then η √(7/16) / ¾ = η √7 / 3, and √v is 1, √7 / 2.
    """
    plain = Adam(lr=0.1, beta_1=0.5, beta_2=0.75, epsilon=0.5)
    assert updates(plain, [2, -2]) == pytest.approx([-0.1 * 2 / 2.5, 0.1 * (2 / 3) / 2.5])
    hat = Adam(lr=0.1, beta_1=0.5, beta_2=0.75, epsilon=0.5, epsilon_hat=True)
    root = math.sqrt(7)
    assert updates(hat, [2, -2]) == pytest.approx(
        [-0.1 / 1.5, 0.1 * root / 3 * 0.5 / (root / 2 + 0.5)]
    )


def test_first_step_of_adam_has_the_size_of_the_rate() -> None:
    for g in (1e-3, 1.0, -1e6):
        (step,) = updates(Adam(lr=0.01, epsilon=1e-300), [g])
        assert step == pytest.approx(-math.copysign(0.01, g))


@pytest.mark.parametrize("epsilon_hat", [False, True])
def test_forms_of_adam_differ_by_their_epsilon_alone(epsilon_hat: bool) -> None:
    gradients = list(np.random.default_rng(0).standard_normal(20))
    tiny = updates(Adam(epsilon=1e-300, epsilon_hat=epsilon_hat), gradients)
    assert tiny == pytest.approx(updates(Adam(epsilon=1e-300), gradients), rel=1e-12)
    large = updates(Adam(epsilon=0.1, epsilon_hat=epsilon_hat), gradients)
    assert (large == pytest.approx(updates(Adam(epsilon=0.1), gradients))) is not epsilon_hat


@pytest.mark.parametrize("nesterov", [False, True])
def test_forms_of_momentum_differ_under_a_schedule_alone(nesterov: bool) -> None:
    gradients = list(np.random.default_rng(1).standard_normal(20))
    inside = SGD(0.1, 0.9, nesterov, lr_in_velocity=True)
    outside = SGD(0.1, 0.9, nesterov)
    assert updates(inside, gradients) == pytest.approx(updates(outside, gradients))
    falling = [1 / (t + 1) for t in range(20)]
    assert updates(inside, gradients, falling) != pytest.approx(
        updates(outside, gradients, falling), rel=0.01
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_parameters_do_not_mix(optimizer: Optimizer) -> None:
    gradients = np.random.default_rng(2).standard_normal((6, 4))
    slots = np.zeros((optimizer.n_slots, 4))
    together = [optimizer.update(g, slots, t, 1.0) for t, g in enumerate(gradients, start=1)]
    for k in range(4):
        np.testing.assert_allclose(np.array(together)[:, k], updates(optimizer, gradients[:, k]))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_an_update_is_nobody_elses_array(optimizer: Optimizer) -> None:
    g, slots = np.ones(3), np.zeros((optimizer.n_slots, 3))
    first = optimizer.update(g, slots, 1, 1.0)
    kept = slots.copy()
    first[:] = np.nan
    np.testing.assert_array_equal(g, np.ones(3))
    np.testing.assert_array_equal(slots, kept)


# 100 steps beside other libraries.


def bumpy_gradient(theta: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.array(GOLDEN["curvature"]) * theta - 0.3 * np.sin(3 * theta)


@pytest.mark.parametrize(
    "run", GOLDEN["runs"], ids=lambda run: f"{run['optimizer']}{run['fields']}"
)
def test_hundred_steps_are_pytorchs(run: dict[str, Any]) -> None:
    optimizer = BY_NAME[run["optimizer"]](**run["fields"])
    theta = np.array(GOLDEN["start"])
    slots = np.zeros((optimizer.n_slots, len(theta)))
    recorded = dict(zip(GOLDEN["recorded_steps"], run["theta"], strict=True))
    for t in range(1, 101):
        factor = 1.0 if t <= GOLDEN["change_after"] else GOLDEN["factor"]
        theta += optimizer.update(bumpy_gradient(theta), slots, t, factor)
        if t in recorded:
            np.testing.assert_allclose(theta, recorded.pop(t), rtol=1e-6, atol=1e-12)
    assert not recorded


def test_every_optimizer_has_golden_numbers() -> None:
    assert {run["optimizer"] for run in GOLDEN["runs"]} == set(BY_NAME)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (
            SGD(0.02, m, n, lr_in_velocity=True),
            lambda p, m=m, n=n: SGDOptimizer(p, 0.02, "invscaling", m, n),
        )
        for m in (0.0, 0.9)
        for n in (False, True)
    ]
    + [
        (Adam(0.05, epsilon_hat=True), lambda p: AdamOptimizer(p, 0.05)),
        (
            Adam(0.05, 0.7, 0.95, 1e-2, epsilon_hat=True),
            lambda p: AdamOptimizer(p, 0.05, 0.7, 0.95, 1e-2),
        ),
    ],
    ids=lambda member: repr(member) if isinstance(member, Optimizer) else "",
)
def test_hundred_steps_are_scikit_learns(ours: Optimizer, theirs: Any) -> None:
    a, b = np.array(GOLDEN["start"]), np.array(GOLDEN["start"])
    optimizer = theirs([a])
    slots = np.zeros((ours.n_slots, len(b)))
    factor = 1.0
    for t in range(1, 101):
        optimizer.update_params([a], [bumpy_gradient(a)])
        b += ours.update(bumpy_gradient(b), slots, t, factor)
        np.testing.assert_allclose(b, a, rtol=1e-9, atol=1e-12)
        optimizer.iteration_ends(t)
        if isinstance(ours, SGD):
            factor = 1 / math.sqrt(t + 1)
