"""Optimisers: traces worked by hand, PyTorch's and scikit-learn's numbers (G1, G7-G10, B11)."""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from rosenblatt import optimizers
from rosenblatt.optimizers import (
    SGD,
    AdaDelta,
    AdaGrad,
    Adam,
    AMSGrad,
    DecoupledDecay,
    Lion,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
)
from tests.support.members import OPTIMIZERS

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "optimizers.json").read_text())
# With a kernel or without: `step` below needs none.
BY_NAME = {
    name: cls
    for name, cls in vars(optimizers).items()
    if name in optimizers.__all__ and issubclass(cls, Optimizer) and not inspect.isabstract(cls)
}


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


@pytest.mark.parametrize(
    ("optimizer", "gradients", "expected"),
    [
        # G = 9, 25.
        (AdaGrad(0.1, epsilon=0), [3, 4], [-0.1, -0.08]),
        # Rates 0.1 and 0.1 / (1 + ½); √(16 + 9) and √(16 + 9 + 144), each with ε = 1.
        (AdaGrad(0.1, 0.5, 16, 1), [3, 12], [-0.1 * 3 / 6, -0.1 / 1.5 * 12 / 14]),
        # v = 1, ¾ + ¼, ¾ + 4.
        (RMSProp(0.1, 0.75, 0), [2, -1, 4], [-0.2, 0.1, -0.4 / math.sqrt(4.75)]),
        # d = 2, -1 of the line above; b = 2, 1 - 1.
        (RMSProp(0.1, 0.75, 0, momentum=0.5), [2, -1], [-0.2, 0.0]),
        # m = ½, 3/8 - ¼; v - m² = ¾, 1 - 1/64.
        (
            RMSProp(0.1, 0.75, 0, centered=True),
            [2, -1],
            [-0.2 / math.sqrt(0.75), 0.1 / math.sqrt(63 / 64)],
        ),
        # v = 1, 1; u = 0, ½ (after d = √½ · 2), and d = √(3/2 / 2) · -1.
        (AdaDelta(1, 0.75, 1), [2, -1], [-math.sqrt(2), math.sqrt(0.75)]),
        # β₁ = 0, β₂ = ½: v = 8, 4½; u = 8, 8; corrections ½, ¾.
        (AMSGrad(0.1, 0, 0.5, 0), [4, 1], [-0.1, -0.1 / math.sqrt(8 / 0.75)]),
        # ψ = 0, so that μ = ¼ always: g (1-μ)/(1-μ) + μ (½g)/(1-μ²) over |g|.
        (NAdam(0.1, 0.5, 0.75, 0, momentum_decay=0), [8], [-0.1 * (1 + 1 / 4 * 1 / 2 * 16 / 15)]),
        # ρ_∞ = 2/0.1 - 1 = 19 and ρ_t below 5: Δ = -η m̂ with m = ½, ¼ - 1 and corrections ½, ¾.
        (RAdam(0.1, 0.5, 0.9, 0), [1, -2], [-0.1, 0.1]),
    ],
    ids=repr,
)
def test_adaptive_rules_by_hand(
    optimizer: Optimizer, gradients: list[float], expected: list[float]
) -> None:
    assert updates(optimizer, gradients) == pytest.approx(expected, rel=1e-14, abs=1e-16)


def test_radam_is_rectified_from_its_sixth_step_on() -> None:
    """β₂ = 0.999: ρ_t = t - O(t²/2000), above 5 first at t = 6; r_t from its formula."""
    gradients = [1.0] * 6
    steps = updates(RAdam(0.1, 0.9, 0.999, 0), gradients)
    assert steps[:5] == pytest.approx([-0.1] * 5)
    limit, power = Fraction(1999), Fraction(999, 1000) ** 6
    length = limit - 12 * power / (1 - power)
    square = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
    assert steps[5] == pytest.approx(-0.1 * math.sqrt(square))


@pytest.mark.parametrize("beta_1", [0.0, 0.5, 0.9, 0.99])
def test_nadams_momenta_multiply_to_what_their_logarithms_say(beta_1: float) -> None:
    rule = NAdam(beta_1=beta_1, momentum_decay=0.01)
    for t in (1, 2, 50, 2000):
        factors = [beta_1 * (1 - 0.96 ** (0.01 * i) / 2) for i in range(1, t + 1)]
        expected = math.exp(math.fsum(map(math.log, factors))) if beta_1 else 0.0
        assert rule.mu_product(t) == pytest.approx(expected, rel=1e-12, abs=1e-18)


def test_lion_in_exact_fractions() -> None:
    """The paper's algorithm: c = β₁m + (1-β₁)g; θ ← θ - η(sign c + λθ); m ← β₂m + (1-β₂)g.

    Every number is a sum of few powers of 2, so that floats hold it exactly.
    """
    lr, beta_1, beta_2, decay = Fraction(1, 8), Fraction(1, 2), Fraction(3, 4), Fraction(1, 2)
    gradients = [Fraction(n, 4) for n in (3, -1, -2, 0, 5, -8)]
    theta, m, signs = Fraction(2), Fraction(0), []
    for g in gradients:
        c = beta_1 * m + (1 - beta_1) * g
        signs.append((c > 0) - (c < 0))
        theta -= lr * (signs[-1] + decay * theta)
        m = beta_2 * m + (1 - beta_2) * g
    assert signs == [1, -1, -1, -1, 1, -1]
    rule = Lion(*map(float, (lr, beta_1, beta_2, decay)))
    ours, slots = np.array([2.0]), np.zeros((1, 1))
    for t, g in enumerate(gradients, start=1):
        step(rule, ours, np.array([float(g)]), slots, t, 1.0)
    assert ours.tolist() == [float(theta)]
    assert slots.tolist() == [[float(m)]]


def test_lion_stands_still_at_0_and_passes_a_nan_on() -> None:
    assert updates(Lion(), [0.0]) == [0.0]
    assert np.isnan(updates(Lion(), [math.nan])).all()


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


def step(optimizer: Optimizer, theta: Any, g: Any, slots: Any, t: int, factor: float) -> None:
    """What the engines do in a step."""
    if isinstance(optimizer, DecoupledDecay):
        theta *= optimizer.kept(factor)
    theta += optimizer.update(g, slots, t, factor)


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
        step(optimizer, theta, bumpy_gradient(theta), slots, t, factor)
        if t in recorded:
            np.testing.assert_allclose(theta, recorded.pop(t), rtol=1e-6, atol=1e-12)
    assert not recorded


def test_every_optimizer_has_golden_numbers() -> None:
    # PyTorch has no Lion; its paper's numbers are above, in fractions.
    assert {run["optimizer"] for run in GOLDEN["runs"]} == set(BY_NAME) - {"Lion"}


@pytest.mark.parametrize("name", GOLDEN["defaults"])
def test_defaults_are_pytorchs(name: str) -> None:
    theirs = GOLDEN["defaults"][name]
    for field in dataclasses.fields(BY_NAME[name]):
        if field.name not in ("lr_in_velocity", "epsilon_hat"):  # scikit-learn's forms
            assert field.default == theirs[field.name]


@pytest.mark.parametrize("cls", BY_NAME.values())
def test_every_optimizer_is_a_member_with_numbers_of_its_own(cls: type[Optimizer]) -> None:
    """A field left at its default may be missing from the kernel without a difference."""
    fields = {field.name: field.default for field in dataclasses.fields(cls)}
    members = [member for member in OPTIMIZERS if type(member) is cls]
    assert {n for n in fields if all(getattr(m, n) == fields[n] for m in members)} == set()


def test_lions_defaults_are_its_papers() -> None:
    assert Lion() == Lion(lr=1e-4, beta_1=0.9, beta_2=0.99, weight_decay=0.0)


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
