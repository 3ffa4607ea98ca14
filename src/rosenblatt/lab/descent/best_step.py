"""G3: Taylor's second-order model, and its best step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import optimize

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import LinearProblem, NetworkProblem, diabetes, wave
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array

__all__ = ["BestStep"]

LENGTHS = np.logspace(-3, -0.5, 11)


def of_model(gg: float, gHg: float) -> float:
    """η* = gᵀg / gᵀHg."""
    return gg / gHg


@final
@dataclass(frozen=True)
class BestStep(Experiment):
    """The best step along -g, by Taylor's model and by a search along the line.

    Attributes
    ----------
    step : callable
        From gᵀg and gᵀHg to the rate.
    """

    step: Callable[[float, float], float] = of_model

    id = "G3"
    title = Text("Taylor's model and the best step", "泰勒模型与最佳步长")
    claim = Text(
        "The best step along the negative gradient is η* = gᵀg / gᵀHg.",
        "沿负梯度的最佳步长是 η* = gᵀg / gᵀHg。",
    )
    source = "Taylor; Cauchy 1847"
    theory = Text(
        "J(θ + Δ) = J + gᵀΔ + ½ ΔᵀHΔ + O(‖Δ‖³). On a quadratic nothing remains: η* is exact, and J"
        " falls by ½ (gᵀg)² / gᵀHg. On a network the remainder falls with the third power of the"
        " length, and the step that the model takes is another than the line's best.",
        "J(θ + Δ) = J + gᵀΔ + ½ ΔᵀHΔ + O(‖Δ‖³)。二次函数没有余项：η* 是精确的，J 下降 ½ (gᵀg)² /"
        " gᵀHg。对网络，余项按步长的三次方减小，模型给出的步长不同于沿线的最佳步长。",
    )
    method = Text(
        "Least squares on the diabetes data, and a network of eight tanh units at random weights:"
        " η* beside a search along the line; the remainder over the length of Δ.",
        "糖尿病数据的最小二乘，以及随机权重处八个 tanh 单元的网络：比较 η* 与沿线搜索；余项随 Δ 长"
        "度的变化。",
    )
    takeaway = Text(
        "One product H g, at the price of two to three gradients (F4), gives the exact step on a"
        " quadratic and a good guess elsewhere.",
        "一个乘积 H g 的代价为两到三次梯度（F4），它在二次函数上给出精确步长，在别处给出不错的估"
        "计。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        off = Text("largest |η* / best η - 1|", "最大的 |η* / 最佳 η - 1|")
        return Declaration(
            (
                Case(
                    Text("the objective is a quadratic", "目标是二次函数"),
                    (Test("quadratic", off, AtMost(1e-5)),),
                ),
                Case(
                    Text("the objective is a network's", "目标是网络的损失"),
                    (Test("network", off, AtMost(0.01)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "decrease",
                    Text(
                        "decrease / ½ (gᵀg)² / gᵀHg, quadratic", "下降 / ½ (gᵀg)² / gᵀHg，二次函数"
                    ),
                    Near(1.0, relative=1e-8),
                ),
                Test(
                    "order",
                    Text("order of the remainder in ‖Δ‖, network", "余项对 ‖Δ‖ 的阶，网络"),
                    Near(3.0, absolute=0.15),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        quadratic, net = diabetes(), wave()
        generators = conditions.generators(8, 40)
        off: dict[str, list[float]] = {"quadratic": [], "network": []}
        remainders = np.zeros(len(LENGTHS))
        for k, rng in enumerate(generators):
            w = rng.normal(size=quadratic.n_parameters)
            rate, best = self._rates(quadratic, w)
            off["quadratic"].append(abs(rate / best - 1))
            g, Hg = derivatives(quadratic, w)
            fall = quadratic.value(w) - quadratic.value(w - rate * g)
            yield Sample("decrease", fall / float(0.5 * (g @ g) ** 2 / (g @ Hg)))
            theta = rng.normal(size=net.n_parameters)
            rate, best = self._rates(net, theta)
            off["network"].append(abs(rate / best - 1))
            direction = rng.normal(size=net.n_parameters)
            sizes = remainder(net, theta, direction / np.linalg.norm(direction))
            remainders += np.log(sizes) / len(generators)
            yield Progress(k + 1, len(generators))
        # The mean over random directions, as that of a single one may change its sign.
        slope = np.polyfit(np.log(LENGTHS[:8]), remainders[:8], 1)[0]
        yield Sample("order", float(slope))
        for key, values in off.items():
            yield Sample(key, max(values))
        sizes = np.exp(remainders)
        yield Figure(
            Text("What Taylor's second-order model leaves", "二阶泰勒模型的余项"),
            Axis(Text("‖Δ‖", "‖Δ‖"), log=True),
            Axis(Text("|remainder|", "|余项|"), log=True),
            (
                Curve(Text("network", "网络"), tuple(LENGTHS), tuple(sizes), points=True),
                Curve(
                    Text("∝ ‖Δ‖³", "∝ ‖Δ‖³"),
                    tuple(LENGTHS),
                    tuple(sizes[0] * (LENGTHS / LENGTHS[0]) ** 3),
                    predicted=True,
                ),
            ),
        )

    def _rates(
        self, problem: LinearProblem | NetworkProblem, at: Float64Array
    ) -> tuple[float, float]:
        """(The rate of the model, the one that a search along the line finds)."""
        g, Hg = derivatives(problem, at)
        # Where the curvature along g is negative the model has no best step: its size stands in.
        rate = self.step(float(g @ g), abs(float(g @ Hg)))
        found = optimize.minimize_scalar(
            lambda eta: problem.value(at - eta * g),
            bounds=(0, 4 * rate),
            method="bounded",
            options={"xatol": 1e-12},
        )
        return rate, float(found.x)


def derivatives(
    problem: LinearProblem | NetworkProblem, at: Float64Array, step: float = 1e-4
) -> tuple[Float64Array, Float64Array]:
    """(g, H g), the latter by central differences of the gradient along g."""
    g = problem.gradient(at)
    h = step / max(float(np.linalg.norm(g)), 1e-12)
    return g, (problem.gradient(at + h * g) - problem.gradient(at - h * g)) / (2 * h)


def remainder(problem: NetworkProblem, at: Float64Array, direction: Float64Array) -> Float64Array:
    """|J(θ + Δ) - J - gᵀΔ - ½ ΔᵀHΔ| for Δ of each of `LENGTHS`."""
    g, step = problem.gradient(at), 1e-4
    up, down = problem.gradient(at + step * direction), problem.gradient(at - step * direction)
    bend = float(direction @ (up - down)) / (2 * step)
    value = problem.value(at)
    return np.array(
        [
            abs(problem.value(at + t * direction) - value - t * (g @ direction) - t * t * bend / 2)
            for t in LENGTHS
        ]
    )
