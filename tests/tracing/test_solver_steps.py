"""The step of a trace: that of a real fit, and its formulas give its numbers (G1, G7-G10)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import final

import numpy as np
import pytest

from rosenblatt import MLPRegressor, trace
from rosenblatt.engine.kernels import kernel_classes
from rosenblatt.optimizers import SGD, Adam, Optimizer
from rosenblatt.optimizers.base import DecoupledDecay
from rosenblatt.options.solvers import FIRST_ORDER, SOLVERS
from rosenblatt.tracing.rules import rule_of
from tests.support.members import OPTIMIZERS
from tests.tracing.shared import by_hand

RNG = np.random.default_rng(0)
X, y = RNG.standard_normal((1, 3)), np.array([0.7])
NAMES = [solver.name for solver in SOLVERS if solver.family is FIRST_ORDER]


@pytest.mark.parametrize("solver", NAMES)
def test_a_fit_begins_with_the_step_that_is_shown(solver: str) -> None:
    def after_a_step(rate: float) -> MLPRegressor:
        given = {"solver": solver, "learning_rate_init": rate, "alpha": 0.1, "random_state": 0}
        return MLPRegressor(hidden_layer_sizes=(4, 2), activation="tanh", **given).partial_fit(X, y)

    still, moved = after_a_step(1e-300), after_a_step(0.05)
    seen = trace(still, X[0], y[0], learning_rate=0.05)
    assert seen.note == ""
    for layer, W, b in zip(seen.layers, moved.coefs_, moved.intercepts_, strict=True):
        np.testing.assert_allclose(layer.new_weight, W, rtol=1e-10)
        np.testing.assert_allclose(layer.new_bias, b, rtol=1e-10)


def test_every_optimizer_has_its_formulas() -> None:
    for cls in kernel_classes()["optimizers"]:
        assert all(line.formula for line in rule_of(cls()).lines), cls


def in_python(side: str) -> str:
    """A side of an equation as Python writes it."""
    for sign, python in (("−", "-"), ("·", "*"), ("²", "**2"), ("sign", "math.copysign(1, ")):
        side = side.replace(sign, python)
    side = side.replace("math.copysign(1, (", "math.copysign(1, 0 + (") + ")" * side.count("copys")
    return re.sub(r"√([\d.]+(?:e-?\d+)?|\()", root, side)


def root(match: re.Match[str]) -> str:
    of = match[1]
    return "math.sqrt(" if of == "(" else f"math.sqrt({of})"


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_formulas_give_the_numbers_and_the_update(optimizer: Optimizer) -> None:
    seen = by_hand(0.5, optimizer)
    shown = seen.to_text().replace("\n            + ", " + ").replace("\n          = ", " = ")
    lines = re.findall(
        r"^  \S+\(\S+\) = (.+) = (\S+)$", shown.partition("Step of")[2], re.MULTILINE
    )
    assert bool(lines) != rule_of(optimizer).is_plain
    for side, value in lines:
        found = eval(in_python(side), {"math": math, "max": max})
        expected = float(value.replace("−", "-"))
        assert found == pytest.approx(expected, rel=2e-3, abs=1e-9), side
    kept = optimizer.kept(1.0) if isinstance(optimizer, DecoupledDecay) else 1.0
    for layer in seen.layers:
        g = np.append(layer.weight_gradient.ravel(), layer.bias_gradient)
        update = optimizer.update(g, np.zeros((optimizer.n_slots, len(g))), 1, 1.0)
        theta = np.append(layer.weight.ravel(), layer.bias)
        moved = np.append(layer.new_weight.ravel(), layer.new_bias)
        np.testing.assert_allclose(moved, theta * kept + update, rtol=1e-14)
        np.testing.assert_allclose(
            np.append(layer.step["Δ"][0].ravel(), layer.step["Δ"][1]), update, rtol=1e-14
        )


def test_adam_worked_by_hand() -> None:
    """g = 0.5 at the last bias: m = 0.05, v = 0.00025, and Δ = -η g / (|g| + ε)."""
    layer = by_hand(0.0, Adam(0.1)).layers[-1]
    assert list(layer.step) == ["m", "v", "m̂", "v̂", "Δ"]
    values = [of_bias[0] for _, of_bias in layer.step.values()]
    np.testing.assert_allclose(values, [0.05, 0.00025, 0.5, 0.25, -0.1], rtol=1e-6)
    assert "m(b_1^(2)) = 0.9·0 + (1 − 0.9)·0.5 = 0.05" in str(by_hand(0.0, Adam(0.1)))


def test_momentum_is_in_latex_and_html() -> None:
    seen = by_hand(0.0, SGD(0.1, 0.9))
    assert r"v(b_{1}^{(2)}) &= 0.9\cdot 0 + 0.5" in seen.to_latex()
    assert r"v &\leftarrow  \gamma\cdot v + g" in seen.to_latex()
    assert r"\frac{1}" not in seen.to_latex()
    assert "v(<i>b</i><sub>1</sub><sup>(2)</sup>)" in seen.to_html()
    assert r"(\sqrt{\hat{v}} + \epsilon)" in by_hand(0.0, Adam(0.1)).to_latex()


@final
@dataclass(frozen=True)
class Sign(Optimizer):
    """A user's own."""

    lr: float = 0.1
    n_slots = 0

    def update(self, g, slots, t, factor):
        return -self.lr * factor * np.sign(g)


def test_an_own_optimizer_shows_its_update() -> None:
    seen = by_hand(0.0, Sign())
    assert "Step of Sign, the first of a fit: t = 1" in str(seen)
    assert "Δ(b_1^(2)) = −0.1" in str(seen)
    assert seen.layers[-1].new_bias.tolist() == [0.4]
