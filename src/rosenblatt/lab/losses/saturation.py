"""L16: which loss saturates behind a sigmoid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.activations import Activation, Sigmoid
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import BinaryCrossEntropy, Loss, SquaredError
from rosenblatt.support.types import FloatArray

__all__ = ["Saturation"]

FAR = -10.0  # the logit of a sure mistake, where y = 1


@final
@dataclass(frozen=True)
class Saturation(Experiment):
    """L16.

    Attributes
    ----------
    cross_entropy : Loss
        Of the logit.
    squared_error : Loss
        Of the sigmoid's output.
    sigmoid : Activation
    """

    cross_entropy: Loss = field(default_factory=BinaryCrossEntropy)
    squared_error: Loss = field(default_factory=SquaredError)
    sigmoid: Activation = field(default_factory=Sigmoid)

    id = "L16"
    title = Text("Which loss saturates", "哪种损失会饱和")
    claim = Text(
        "The squared error does not saturate, and the cross-entropy saturates at extreme"
        " probabilities.",
        "平方误差不会饱和，而交叉熵在极端概率处饱和。",
    )
    source = "Introductory texts; Rumelhart, Hinton & Williams 1986 for the derivatives (B7)"
    theory = Text(
        "Behind a sigmoid the error at z is p - y with the cross-entropy, and (p - y) p (1 - p)"
        " with the squared error. At a sure mistake, z = -10 for y = 1, the former is -1 and the"
        " latter 1 / (p (1 - p)) = 22,028 times smaller: the reverse of the claim.",
        "在 sigmoid 之后，交叉熵在 z 处的误差是 p - y，平方误差的是 (p - y) p (1 - p)。在确信的"
        "错误处（y = 1 而 z = -10），前者为 -1，后者只有它的 p (1 - p) = 1 / 22,028："
        "与该说法正好相反。",
    )
    method = Text(
        "Both gradients in z, for y = 1, from z = -10 to 10, by central differences of the losses.",
        "对 y = 1，在 z = -10 到 10 上用损失的中心差分求两个梯度。",
    )
    takeaway = Text(
        "With a sigmoid or softmax output take the cross-entropy: it corrects sure mistakes"
        " with full force, where the squared error hardly moves the weights. A squared error on a"
        " linear output does not saturate either.",
        "输出为 sigmoid 或 softmax 时用交叉熵：对确信的错误它全力纠正，而平方误差几乎不动权重。"
        "线性输出上的平方误差也不会饱和。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        p = 1 / (1 + np.exp(-FAR))
        claimed = Test(
            "advantage",
            Text(
                "|gradient| of the cross-entropy / squared error", "|梯度|之比：交叉熵 / 平方误差"
            ),
            AtMost(1.0),
        )
        ratio = Test("advantage", claimed.what, Near(float(1 / (p * (1 - p))), relative=1e-3))
        full = Test(
            "cross_entropy",
            Text("gradient of the cross-entropy at z = -10", "交叉熵在 z = -10 处的梯度"),
            Near(float(p - 1), relative=1e-6),
        )
        case = Case(Text("the output is a sigmoid", "输出是 sigmoid"), (claimed,), expected=False)
        return Declaration((case,), (ratio, full))

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        z = np.linspace(FAR, -FAR, conditions.choose(81, 401))
        of_ce, of_se = self._differences(z, False), self._differences(z, True)
        yield Sample("advantage", abs(of_ce[0]) / abs(of_se[0]))
        yield Sample("cross_entropy", of_ce[0])
        p = 1 / (1 + np.exp(-z))
        yield Figure(
            Text("Gradient in z for y = 1", "y = 1 时对 z 的梯度"),
            Axis(Text("logit z", "对数几率 z")),
            Axis(Text("|∂L/∂z|", "|∂L/∂z|"), log=True),
            tuple(
                Curve(name, tuple(z), tuple(np.abs(values)), predicted=predicted)
                for name, values, predicted in (
                    (Text("cross-entropy", "交叉熵"), of_ce, False),
                    (Text("squared error", "平方误差"), of_se, False),
                    (Text("p - y", "p - y"), p - 1, True),
                    (Text("(p - y) p (1 - p)", "(p - y) p (1 - p)"), (p - 1) * p * (1 - p), True),
                )
            ),
        )

    def _differences(self, z: FloatArray, is_squared: bool, step: float = 1e-5) -> FloatArray:
        """∂L/∂z for y = 1, by central differences of the value."""
        y = np.ones((len(z), 1))

        def value(at: FloatArray) -> FloatArray:
            if is_squared:
                return self.squared_error.value(self.sigmoid.value(at[:, None]), y)
            return self.cross_entropy.value(at[:, None], y)

        return (value(z + step) - value(z - step)) / (2 * step)
