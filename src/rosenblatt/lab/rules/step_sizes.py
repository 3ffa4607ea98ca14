"""G9: the steps of adaptive rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, AdaDelta, AdaGrad, Optimizer, RMSProp
from rosenblatt.support.types import Float64Array

__all__ = ["StepSizes"]

N_STEPS, RATE, TINY = 1000, 0.01, 1e-12


@final
@dataclass(frozen=True)
class StepSizes(Experiment):
    """The sizes of steps under gradients of several scales.

    Attributes
    ----------
    adagrad, rmsprop : callables
        From a learning rate to the optimizer.
    """

    adagrad: Callable[[float], Optimizer] = AdaGrad
    rmsprop: Callable[[float], Optimizer] = RMSProp

    id = "G9"
    title = Text("The steps of adaptive rules", "自适应规则的步长")
    claim = Text(
        "Adaptive rules do not depend on the scale of the gradient.",
        "自适应规则与梯度的尺度无关。",
    )
    source = "Duchi, Hazan & Singer 2011; Tieleman & Hinton 2012; Zeiler 2012"
    theory = Text(
        "g / √(mean of g²) is the same for g and 1,000 g, as long as both are large beside ε: SGD's"
        " step grows a thousandfold. At gradients of 1e-12 ε is the larger part, and the steps"
        " shrink with g. Under gradients of one size AdaGrad's steps fall as η / √t, as it sums"
        " squares; RMSProp's come to η, as it forgets; AdaDelta's need no η but begin at √ε.",
        "只要两者都远大于 ε，g / √(g² 的均值) 对 g 和 1,000 g 相同，而 SGD 的步长增大一千倍。梯度"
        "为 1e-12 时 ε 占主要部分，步长随 g 缩小。梯度大小恒定时，AdaGrad 累加平方，步长按 η / √t"
        " 下降；RMSProp 会遗忘，步长趋于 η；AdaDelta 不需要 η，但从 √ε 开始。",
    )
    method = Text(
        "1,000 steps under gradients N(0, 1), under 1,000 times the same, and under the same times"
        " 1e-12; and under a constant gradient.",
        "在梯度 N(0, 1)、其 1,000 倍、其 1e-12 倍，以及恒定梯度下各走 1,000 步。",
    )
    takeaway = Text(
        "The rate of an adaptive rule is about the size of a step. With very small gradients, as in"
        " float16 or at the end of a fit, ε decides.",
        "自适应规则的学习率大致就是步长。梯度很小时（如 float16 或拟合末期），由 ε 决定。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        scale = Text("step under s·g / step under g, {}", "s·g 下的步长 / g 下的步长，{}")

        def said(name: str) -> Text:
            return Text(scale.format(name), scale.zh.format(name))

        same = Between(0.99, 1.01)
        return Declaration(
            (
                Case(
                    Text("gradients are large beside ε", "梯度远大于 ε"),
                    (
                        Test("adagrad", said("AdaGrad, s = 1,000"), same),
                        Test("rmsprop", said("RMSProp, s = 1,000"), same),
                    ),
                ),
                Case(
                    Text("gradients are not", "梯度不够大"),
                    (
                        Test("adagrad_tiny", said("AdaGrad, s = 1e-12"), same),
                        Test("rmsprop_tiny", said("RMSProp, s = 1e-12"), same),
                    ),
                    expected=False,
                ),
            ),
            (
                Test("sgd", said("SGD, s = 1,000"), Near(1000, relative=1e-9)),
                Test(
                    "slope",
                    Text(
                        "slope of ln(step) over ln t, AdaGrad, g = 1",
                        "ln(步长) 对 ln t 的斜率，AdaGrad，g = 1",
                    ),
                    Near(-0.5, absolute=1e-6),
                ),
                Test(
                    "limit",
                    Text("step / η in the end, RMSProp, g = 1", "最后的 步长 / η，RMSProp，g = 1"),
                    Near(1.0, relative=1e-3),
                ),
                Test(
                    "first",
                    Text(
                        "first step / √(ε / (1 - ρ)), AdaDelta, g = 1",
                        "第一步 / √(ε / (1 - ρ))，AdaDelta，g = 1",
                    ),
                    Near(1.0, relative=1e-3),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        g = rng.normal(size=N_STEPS)
        for key, make in (("adagrad", self.adagrad), ("rmsprop", self.rmsprop), ("sgd", SGD)):
            base = steps_of(make(RATE), g)
            yield Sample(key, ratio(steps_of(make(RATE), 1000 * g), base))
            if key != "sgd":
                yield Sample(f"{key}_tiny", ratio(steps_of(make(RATE), TINY * g), base))
        ones, t = np.ones(N_STEPS), np.arange(1, N_STEPS + 1)
        adagrad, rmsprop = (steps_of(make(RATE), ones) for make in (self.adagrad, self.rmsprop))
        adadelta = steps_of(AdaDelta(), ones)
        yield Sample("slope", float(np.polyfit(np.log(t), np.log(adagrad), 1)[0]))
        yield Sample("limit", float(rmsprop[-1]) / RATE)
        rule = AdaDelta()
        first = np.sqrt(rule.epsilon / ((1 - rule.rho) + rule.epsilon))
        yield Sample("first", float(adadelta[0] / first))
        at = np.unique(np.logspace(0, 3, 80).astype(int)) - 1
        steps = tuple(map(float, at + 1))
        yield Figure(
            Text("Steps under a gradient of 1", "梯度恒为 1 时的步长"),
            Axis(Text("step t", "步数 t"), log=True),
            Axis(Text("size of the step", "步长"), log=True),
            (
                Curve(Text("AdaGrad, η = 0.01", "AdaGrad，η = 0.01"), steps, tuple(adagrad[at])),
                Curve(Text("RMSProp, η = 0.01", "RMSProp，η = 0.01"), steps, tuple(rmsprop[at])),
                Curve(Text("AdaDelta", "AdaDelta"), steps, tuple(adadelta[at])),
                Curve(
                    Text("η / √t", "η / √t"), steps, tuple(RATE / np.sqrt(at + 1)), predicted=True
                ),
                Curve(Text("η", "η"), steps, (RATE,) * len(steps), predicted=True),
            ),
        )


def steps_of(rule: Optimizer, gradients: Float64Array) -> Float64Array:
    """The sizes of the steps of one weight."""
    slots = np.zeros((rule.n_slots, 1))
    return np.array(
        [
            abs(rule.update(np.array([g]), slots, t, 1.0)[0])
            for t, g in enumerate(gradients, start=1)
        ]
    )


def ratio(steps: Float64Array, base: Float64Array) -> float:
    return float(np.median(steps / base))
