"""G5: how fast stochastic gradient descent converges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["Stochastic"]

MU, SIGMA, START = 0.5, 1.0, 2.0
FAST, SLOW = 2 / MU, 1 / (8 * MU)  # c of η = c / t, above and below 1 / 2μ
CONSTANT = 0.1
SINCE = 100  # step from which slopes are taken


@final
@dataclass(frozen=True)
class Stochastic(Experiment):
    """Many runs at once on ½ μ θ², each with noise of its own in the gradient.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "G5"
    title = Text("How fast SGD converges", "随机梯度下降收敛得多快")
    claim = Text(
        "Stochastic gradient descent converges as O(1 / t).", "随机梯度下降按 O(1 / t) 收敛。"
    )
    source = "Robbins & Monro 1951; Chung 1954; Polyak & Juditsky 1992"
    theory = Text(
        "On a μ-strongly convex function with η = c / t the mean squared distance falls as 1 / t if"
        " c > 1 / 2μ, and otherwise only as t^(-2cμ). A constant rate ends at ησ² / μ(2 - ημ). On a"
        " function that is only convex, with η ∝ 1 / √t, the averaged iterate falls as 1 / √t at"
        " least. All of it follows from the recursion of the mean square, which is drawn in.",
        "对 μ-强凸函数取 η = c / t：若 c > 1 / 2μ，均方距离按 1 / t 下降，否则只按 t^(-2cμ)。固定"
        "学习率停在 ησ² / μ(2 - ημ)。仅为凸的函数取 η ∝ 1 / √t，平均迭代至少按 1 / √t 下降。这些都"
        "由均方的递推得出，图中已画出。",
    )
    method = Text(
        "2,000 runs (400 when quick) of 10,000 steps on ½ μ θ² with μ = ½ and gradients of noise"
        " N(0, 1); |θ| with the same noise for the averaged iterate.",
        "在 ½ μ θ²（μ = ½，梯度噪声 N(0, 1)）上运行 2,000 次（快速模式 400 次）各 10,000 步；用同"
        "样噪声的 |θ| 考察平均迭代。",
    )
    takeaway = Text(
        "The decaying rate needs a large enough constant: too small a c spoils the rate for ever."
        " A constant rate is fast at first and stops at a floor in proportion to η.",
        "衰减学习率的常数要足够大：c 太小会永远拖慢速度。固定学习率起初快，但停在与 η 成正比的底"
        "部。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        slope = Text("slope of ln E θ² over ln t", "ln E θ² 对 ln t 的斜率")
        floor = CONSTANT * SIGMA**2 / (MU * (2 - CONSTANT * MU))
        tenth = conditions.choose(0.15, 0.08)
        return Declaration(
            (
                Case(
                    Text(
                        "η = c / t with c > 1 / 2μ, strongly convex",
                        "η = c / t 且 c > 1 / 2μ，强凸",
                    ),
                    (Test("fast", slope, AtMost(-0.85)),),
                ),
                Case(
                    Text("η = c / t with c < 1 / 2μ", "η = c / t 且 c < 1 / 2μ"),
                    (Test("slow", slope, AtMost(-0.85)),),
                    expected=False,
                ),
                Case(
                    Text("η is constant", "η 恒定"),
                    (Test("constant", slope, AtMost(-0.85)),),
                    expected=False,
                ),
            ),
            (
                Test("fast", slope, Near(-1.0, absolute=tenth)),
                Test("slow", slope, Near(exact_slope(SLOW), absolute=tenth)),
                Test(
                    "floor",
                    Text("E θ² at the end, η = 0.1", "最后的 E θ²，η = 0.1"),
                    Near(floor, relative=tenth),
                ),
                Test(
                    "averaged",
                    Text("slope of ln E |mean θ|, on |θ|", "ln E |θ 的平均| 的斜率，目标 |θ|"),
                    AtMost(-0.4),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        n_runs, n_steps = conditions.choose(400, 2000), 10_000
        at = np.unique(np.logspace(0, 4, 80).astype(int))
        cases = (
            ("fast", Text("c = 2 / μ", "c = 2 / μ"), FAST, harmonic),
            ("slow", Text("c = 1 / 8μ", "c = 1 / 8μ"), SLOW, harmonic),
            ("constant", Text("η = 0.1", "η = 0.1"), CONSTANT, steady),
        )
        curves: list[Curve] = []
        for k, (key, name, rate, factor) in enumerate(cases):
            squares = np.empty(n_steps)
            theta = np.full(n_runs, START)
            rule = self.rule(rate)
            for t in range(1, n_steps + 1):
                g = MU * theta + SIGMA * rng.normal(size=n_runs)
                theta = theta + rule.update(g, np.zeros((0, n_runs)), t, factor(t))
                squares[t - 1] = float((theta**2).mean())
            yield Sample(key, slope_of(squares))
            if key == "constant":
                yield Sample("floor", float(squares[-2000:].mean()))
            exact = recursion(rate, factor, n_steps)
            curves += [
                Curve(name, tuple(map(float, at)), tuple(squares[at - 1])),
                Curve(
                    Text(f"recursion, {name}", f"递推，{name.zh}"),
                    tuple(map(float, at)),
                    tuple(exact[at - 1]),
                    predicted=True,
                ),
            ]
            yield Progress(k + 1, len(cases) + 1)
        yield Sample("averaged", self._averaged(rng, n_runs, n_steps))
        yield Progress(len(cases) + 1, len(cases) + 1)
        yield Figure(
            Text("Mean squared distance to the minimum", "到极小点的均方距离"),
            Axis(Text("step t", "步数 t"), log=True),
            Axis(Text("E θ²", "E θ²"), log=True),
            tuple(curves),
        )

    def _averaged(self, rng: np.random.Generator, n_runs: int, n_steps: int) -> float:
        """The slope of E |θ̄| on |θ|, whose gradient is its sign, under the same noise."""
        theta, total = np.full(n_runs, START), np.zeros(n_runs)
        rule, means = self.rule(1.0), np.empty(n_steps)
        for t in range(1, n_steps + 1):
            g = np.sign(theta) + SIGMA * rng.normal(size=n_runs)
            theta = theta + rule.update(g, np.zeros((0, n_runs)), t, t**-0.5)
            total += theta
            means[t - 1] = float(np.abs(total / t).mean())
        return slope_of(means)


def harmonic(t: int) -> float:
    return 1 / t


def steady(t: int) -> float:
    return 1.0


def recursion(rate: float, factor: Callable[[int], float], n_steps: int) -> Float64Array:
    """E θ² after each step: E θ² ← (1 - ημ)² E θ² + η² σ²."""
    squares, value = np.empty(n_steps), START**2
    for t in range(1, n_steps + 1):
        eta = rate * factor(t)
        value = (1 - eta * MU) ** 2 * value + (eta * SIGMA) ** 2
        squares[t - 1] = value
    return squares


def exact_slope(c: float) -> float:
    return slope_of(recursion(c, harmonic, 10_000))


def slope_of(values: Float64Array) -> float:
    """Of the logarithm over that of the step, from `SINCE` on, with even weight along the axis."""
    at = np.unique(np.logspace(np.log10(SINCE), np.log10(len(values)), 60).astype(int))
    return float(np.polyfit(np.log(at), np.log(values[at - 1]), 1)[0])
