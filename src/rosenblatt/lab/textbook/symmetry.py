"""F7: whether initial weights must be random."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Tanh
from rosenblatt.initializers import LeCunNormal
from rosenblatt.lab.criterion import AtLeast, AtMost, Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import NetworkProblem, descend, diabetes, wave
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["Symmetry"]

LARGE_RATE, MOMENTUM = 0.05, 0.9  # of the wave
RATE, TINY = 0.1, 1e-8  # of the diabetes data; the noise that parts the units
LINEAR_RATE = 0.25


@final
@dataclass(frozen=True)
class Symmetry(Experiment):
    """Descents from equal, unequal and random weights.

    Attributes
    ----------
    rule : callable
        From a learning rate and a momentum to the optimizer.
    """

    rule: Callable[[float, float], Optimizer] = SGD

    id = "F7"
    title = Text("Must initial weights be random?", "初始权重必须随机吗？")
    claim = Text("Initial weights must be random.", "初始权重必须随机。")
    source = "Rumelhart, Hinton & Williams 1986; Saxe et al. 2014 for the rate near 0"
    theory = Text(
        "Hidden units of equal weights have equal gradients, and stay equal to the last bit: the"
        " network can do no more than one unit. What is needed is that they differ, not that they"
        " are random: weights by a fixed rule do as well, and where there is no hidden layer zeros"
        " do. At zero the gradients of all weights are 0, but that is unstable: with"
        " s = mean(y x), noise in tanh units grows by 1 + η ‖s‖ a step, whatever its size.",
        "权重相等的隐藏单元梯度也相等，永远逐位相等：网络只相当于一个单元。需要的是互不相同，而不是"
        "随机：按固定规则取的权重一样好，没有隐藏层时取零也行。全零处所有权重的梯度为 0，但不稳"
        "定：设 s = y x 的均值，tanh 单元中的噪声每步增长到 1 + η ‖s‖ 倍，与其大小无关。",
    )
    method = Text(
        "Eight tanh units on a wave: the loss from equal weights and from cosines, beside random"
        " ones. Least squares on the diabetes data from zeros, and four tanh units there from"
        " noise of 10⁻⁸: the rate at which two units part.",
        "八个 tanh 单元拟合波形：从相等的权重和从余弦值出发的损失，与随机起点相比。糖尿病数据上从"
        "零出发的最小二乘，以及四个 tanh 单元从 10⁻⁸ 的噪声出发：两个单元分开的速率。",
    )
    takeaway = Text(
        "Hidden units must begin unequal, by whatever means; their scale matters more than where"
        " the numbers come from. Biases may begin equal, as may the weights of a linear model.",
        "隐藏单元必须从不相等开始，方法不限；尺度比数字的来源更重要。偏置可以相等，线性模型的权重也"
        "可以。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        ratio = Text("loss / that from random weights, {}", "损失与随机起点损失之比，{}")

        def worse(key: str, en: str, zh: str) -> Test:
            return Test(key, Text(ratio.format(en), ratio.zh.format(zh)), AtLeast(2.0))

        growth = float(np.log1p(RATE * np.linalg.norm(instability())))
        return Declaration(
            (
                Case(
                    Text(
                        "all hidden units would begin equal", "若不随机，所有隐藏单元会从相等开始"
                    ),
                    (worse("equal", "equal units", "相等的单元"),),
                ),
                Case(
                    Text(
                        "hidden units begin unequal by a fixed rule", "隐藏单元按固定规则取不同值"
                    ),
                    (worse("cosines", "cosines", "余弦值"),),
                    expected=False,
                ),
                Case(
                    Text("there is no hidden layer", "没有隐藏层"),
                    (worse("linear", "zeros, linear", "零，线性"),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "apart",
                    Text(
                        "largest difference of units that began equal",
                        "起点相等的单元之间的最大差",
                    ),
                    Near(0.0),
                ),
                Test(
                    "at_zero",
                    Text("largest |∂J/∂w| at zero weights", "权重全零处最大的 |∂J/∂w|"),
                    AtMost(0.0),
                ),
                Test(
                    "growth",
                    Text("growth of ln ‖w₁ - w₂‖ a step", "ln ‖w₁ - w₂‖ 每步的增长"),
                    Near(growth, relative=0.02),
                ),
                Test(
                    "linear",
                    Text(ratio.format("zeros, linear"), ratio.zh.format("零，线性")),
                    Between(0.99, 1.01),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(2, 6)
        n_steps, total = conditions.choose(2000, 10_000), 2 * len(generators) + 3
        random = []
        for k, rng in enumerate(generators):
            random.append(self._end(wave(), drawn(wave().network, rng), n_steps)[0])
            yield Progress(k + 1, total)
        equal, theta = self._end(wave(), filled(wave().network, equal_units), n_steps)
        yield Sample("equal", equal / float(np.mean(random)))
        units = wave().network.layer_parameters(theta)
        incoming, outgoing = units[0]["weight"][0], units[1]["weight"][:, 0]
        yield Sample("apart", float(max(np.ptp(incoming), np.ptp(outgoing))))
        yield Progress(len(generators) + 1, total)
        cosines, _ = self._end(wave(), filled(wave().network, cosines_of), n_steps)
        yield Sample("cosines", cosines / float(np.mean(random)))
        yield Progress(len(generators) + 2, total)
        hidden = on_diabetes()
        at_zero = hidden.gradient(np.zeros(hidden.n_parameters))
        yield Sample("at_zero", float(np.abs(at_zero[:-1]).max()))
        problem = diabetes()
        zero = np.zeros(problem.n_parameters)
        for k, rng in enumerate(generators):
            rule = self.rule(LINEAR_RATE, 0.0)
            ends = [
                problem.value(descend(rule, lambda w, t: problem.gradient(w), start, 1500)[-1])
                for start in (zero, rng.normal(size=len(zero)))
            ]
            yield Sample("linear", ends[0] / ends[1])
            distances = self._parting(hidden, rng)
            seen = np.flatnonzero((distances > 100 * distances[0]) & (distances < 1e-3))
            yield Sample("growth", float(np.polyfit(seen, np.log(distances[seen]), 1)[0]))
            yield Progress(len(generators) + 3 + k, total)
        yield Progress(total, total)
        steps = np.arange(float(len(distances)))
        middle = seen[len(seen) // 2]
        rate = 1 + RATE * np.linalg.norm(instability())
        yield Figure(
            Text("Two hidden units that begin at zero and noise", "从零加噪声开始的两个隐藏单元"),
            Axis(Text("step", "步数")),
            Axis(Text("‖w₁ - w₂‖", "‖w₁ - w₂‖"), log=True),
            (
                Curve(Text("measured", "测得"), tuple(steps), tuple(distances)),
                Curve(
                    Text("(1 + η ‖s‖)ᵗ", "(1 + η ‖s‖)ᵗ"),
                    tuple(steps[: seen[-1]]),
                    tuple(distances[middle] * rate ** (steps[: seen[-1]] - middle)),
                    predicted=True,
                ),
            ),
        )

    def _end(
        self, problem: NetworkProblem, start: Float64Array, n_steps: int
    ) -> tuple[float, Float64Array]:
        """(The loss, the weights) after a descent."""
        rule = self.rule(LARGE_RATE, MOMENTUM)
        theta = descend(rule, lambda w, t: problem.gradient(w), start, n_steps)[-1]
        return problem.value(theta), theta

    def _parting(self, problem: NetworkProblem, rng: np.random.Generator) -> Float64Array:
        """The distance of two units' incoming weights after each step."""
        start = TINY * rng.normal(size=problem.n_parameters)
        path = descend(self.rule(RATE, 0.0), lambda w, t: problem.gradient(w), start, 320)
        weights = [problem.network.layer_parameters(theta)[0]["weight"] for theta in path]
        return np.array([float(np.linalg.norm(W[:, 0] - W[:, 1])) for W in weights])


def on_diabetes() -> NetworkProblem:
    """Four tanh units; the target has mean 0."""
    problem = diabetes()
    network = Network(problem.n_parameters, (Dense(4, Tanh()), Dense(1)))
    return NetworkProblem(network, problem.X, problem.y[:, None], SquaredError())


def instability() -> Float64Array:
    """s = mean(y x), the coupling of incoming and outgoing weights at zero."""
    problem = diabetes()
    return np.asarray(problem.X.T @ problem.y / len(problem.y))


def equal_units(shape: tuple[int, ...]) -> Float64Array:
    return np.full(shape, 0.5)


def cosines_of(shape: tuple[int, ...]) -> Float64Array:
    """2 cos 1, 2 cos 2, 2 cos 3, …"""
    return np.asarray(2 * np.cos(np.arange(1, np.prod(shape) + 1))).reshape(shape)


def filled(network: Network, fill: Callable[[tuple[int, ...]], Float64Array]) -> Float64Array:
    theta = np.zeros(network.n_parameters)
    for layer in network.layer_parameters(theta):
        for values in layer.values():
            values[...] = fill(values.shape)
    return theta


def drawn(network: Network, rng: np.random.Generator) -> Float64Array:
    theta = np.zeros(network.n_parameters)
    for layer in network.layer_parameters(theta):
        layer["weight"][:], layer["bias"][:] = LeCunNormal().draw(rng, *layer["weight"].shape)
    return theta
