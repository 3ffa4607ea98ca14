"""N4: gradient descent and the step function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from rosenblatt.activations import Activation, Step
from rosenblatt.backprop import backpropagate
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.perceptron import Perceptron
from rosenblatt.support.types import Float64Array

__all__ = ["StepGradient"]

X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
AND = np.array([0.0, 0, 0, 1])
WIDTHS = (0.3, 0.1, 0.03, 0.01, 0.003)


@final
@dataclass(frozen=True)
class StepGradient(Experiment):
    """Hidden units with a step under gradient descent, and one neuron under Rosenblatt's rule.

    Attributes
    ----------
    activation : Activation
        Of the hidden units.
    perceptron : callable
        A neuron that learns by the rule.
    """

    activation: Activation = field(default_factory=Step)
    perceptron: Callable[[], Any] = Perceptron

    id = "N4"
    title = Text("Gradient descent and the step function", "梯度下降与阶跃函数")
    claim = Text(
        "A neuron with a step function cannot be trained.", "使用阶跃函数的神经元无法训练。"
    )
    source = "Elementary; Rosenblatt 1958 for the rule"
    theory = Text(
        "The output changes only where a weight crosses one of finitely many values, so that the"
        " derivative is 0 almost everywhere and gradient descent leaves the weights as they are."
        " The chance that a difference of width h is not 0 falls as h. Rosenblatt's rule needs no"
        " gradient, and trains the same neuron.",
        "只有当权重越过有限个值之一时输出才会改变，因此导数几乎处处为 0，梯度下降不动权重。宽度为"
        " h 的差分不为 0 的概率与 h 成正比。Rosenblatt 规则不需要梯度，能训练同一个神经元。",
    )
    method = Text(
        "AND: how far 100 steps of gradient descent move the weights of two hidden step units; the"
        " share of random weights at which the loss differs over ± h / 2; mistakes of the"
        " perceptron after training.",
        "与函数：梯度下降 100 步后两个隐藏阶跃单元的权重移动多少；随机权重中损失在 ± h / 2 间有变"
        "化的比例；感知机训练后的错误数。",
    )
    takeaway = Text(
        "It is the gradient that fails, not the neuron. Between layers take a sigmoid, ReLU or the"
        " like; a single step neuron has a rule of its own.",
        "失效的是梯度，而不是神经元。各层之间用 sigmoid、ReLU 等；单个阶跃神经元有自己的学习规则。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        return Declaration(
            (
                Case(
                    Text("it is trained by the gradient", "用梯度训练"),
                    (
                        Test(
                            "moved",
                            Text("how far the weights move in 100 steps", "100 步中权重的移动"),
                            AtMost(0.0),
                        ),
                    ),
                ),
                Case(
                    Text("it is trained by Rosenblatt's rule", "用 Rosenblatt 规则训练"),
                    (
                        Test(
                            "learned",
                            Text(
                                "rows of AND that it learns beyond a constant's",
                                "比常数多学会的行数",
                            ),
                            AtMost(0.0),
                        ),
                    ),
                    expected=False,
                ),
            ),
            (
                Test(
                    "slope",
                    Text("slope of ln(share) over ln h", "ln(比例) 对 ln h 的斜率"),
                    Near(1.0, absolute=conditions.choose(0.2, 0.1)),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        network = Network(2, (Dense(2, self.activation), Dense(1)))
        n_hidden = 2 * 2 + 2
        generators = conditions.generators(3, 10)
        for k, rng in enumerate(generators):
            theta = rng.normal(size=network.n_parameters)
            start = theta.copy()
            for _ in range(100):
                trace = backpropagate(network, theta, X, AND[:, None], SquaredError())
                theta -= 0.1 * trace.gradient
            yield Sample("moved", float(np.abs(theta - start)[:n_hidden].max()))
            yield Progress(k + 1, len(generators) + 1)
        neuron = self.perceptron()
        neuron.fit(X, AND)
        right = int((neuron.predict(X) == AND).sum())
        yield Sample("learned", right - 3)  # a constant has three rows right
        shares = self._shares(generators[0], conditions.choose(4000, 40_000))
        slope = np.polyfit(np.log(WIDTHS), np.log(np.maximum(shares, 1e-9)), 1)[0]
        yield Sample("slope", float(slope))
        yield Progress(len(generators) + 1, len(generators) + 1)
        predicted = shares[0] * np.array(WIDTHS) / WIDTHS[0]
        yield Figure(
            Text("Where a difference is not 0", "差分不为 0 的比例"),
            Axis(Text("width h of the difference", "差分宽度 h"), log=True),
            Axis(Text("share of random weights", "随机权重中的比例"), log=True),
            (
                Curve(Text("measured", "测得"), WIDTHS, tuple(shares), points=True),
                Curve(Text("∝ h", "∝ h"), WIDTHS, tuple(predicted), predicted=True),
            ),
        )

    def _shares(self, rng: np.random.Generator, n: int) -> Float64Array:
        """Of n random (w, b), those at which one neuron's loss differs over w₁ ± h / 2."""
        w, b = rng.normal(size=(n, 2)), rng.normal(size=n)

        def losses(shift: float) -> Float64Array:
            z = (w + np.array([shift, 0.0])) @ X.T + b[:, None]
            return np.asarray(((self.activation.value(z) - AND) ** 2).sum(axis=1))

        return np.array([(losses(h / 2) != losses(-h / 2)).mean() for h in WIDTHS])
