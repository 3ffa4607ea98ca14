"""L17: cross-entropy and a wrong label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy import optimize

from rosenblatt.activations import Activation, Sigmoid
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import BinaryCrossEntropy, Loss, SquaredError
from rosenblatt.support.types import Float64Array

__all__ = ["WrongLabel"]

N = 200  # rows of N(±1, 1)


@final
@dataclass(frozen=True)
class WrongLabel(Experiment):
    """One weight w, p = σ(w x), and one row with a wrong label at the distance r."""

    loss: Loss = field(default_factory=BinaryCrossEntropy)
    squared_error: Loss = field(default_factory=SquaredError)
    sigmoid: Activation = field(default_factory=Sigmoid)

    id = "L17"
    title = Text("Cross-entropy and a wrong label", "交叉熵与错误标签")
    claim = Text("The cross-entropy is robust to outliers.", "交叉熵对离群点是稳健的。")
    source = "Introductory texts; Pregibon 1982 for the influence of a row"
    theory = Text(
        "It grows linearly in the logit, so that a wrong label pulls with at most the force |x|,"
        " but |x| is not bounded. At w = 0 the gradient is -½ Σ sᵢxᵢ (s = ±1 the label's sign)"
        " plus ½ r of a row at -r that is labelled 1: from r = Σ sᵢxᵢ on the best w is negative,"
        " and every clean row is classified wrongly. Behind a sigmoid the squared error is"
        " bounded and keeps its w.",
        "它对对数几率线性增长，错误标签的拉力至多为 |x|，但 |x| 没有上界。在 w = 0 处，梯度为 -½"
        " Σ sᵢxᵢ（s = ±1 为标签的符号），位于 -r 而标为 1 的一行再加 ½ r：从 r = Σ sᵢxᵢ 起最佳 w"
        " 变为负，所有干净的行都被分错。在 sigmoid 之后平方误差有界，w 保持不变。",
    )
    method = Text(
        "200 rows of N(±1, 1) and one at -r labelled 1. The r at which the best w changes its"
        " sign; accuracy on the clean rows at twice that r.",
        "200 行 N(±1, 1) 加一行位于 -r、标为 1。求最佳 w 变号的 r；在两倍 r 处干净行上的准确率。",
    )
    takeaway = Text(
        "A bounded slope is not robustness: one far row with a wrong label can undo 200 right"
        " ones. Hold features to their range, look at the rows of the largest loss, or smooth"
        " the labels.",
        "斜率有界并不等于稳健：一行远处的错误标签可以抵消 200 行正确的。应限制特征的范围、查看损失"
        "最大的行，或平滑标签。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        accuracy = Text(
            "accuracy on clean rows after one wrong label", "一个错误标签后干净行的准确率"
        )
        return Declaration(
            (
                Case(
                    Text("features have no bound", "特征没有界"),
                    (Test("accuracy", accuracy, AtLeast(0.8)),),
                    expected=False,
                ),
                Case(
                    Text("features are held to their range (r ≤ 3)", "特征限制在其范围内（r ≤ 3）"),
                    (Test("held", accuracy, AtLeast(0.8)),),
                ),
            ),
            (
                Test(
                    "break_point",
                    Text("r at which w changes sign / Σ sᵢxᵢ", "w 变号的 r / Σ sᵢxᵢ"),
                    Near(1, relative=1e-3),
                ),
                Test("accuracy", accuracy, AtMost(0.25)),
                Test(
                    "squared",
                    Text(
                        "accuracy, squared error behind a sigmoid", "准确率（sigmoid 后的平方误差）"
                    ),
                    AtLeast(0.8),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(4, 20)
        for k, rng in enumerate(generators):
            s = np.repeat([-1.0, 1.0], N // 2)
            x = s + rng.normal(size=N)
            right = float((s * x).sum())
            yield Sample("break_point", self._break_point(x, s, right) / right)
            yield Sample("accuracy", accuracy(self._best(x, s, 2 * right), x, s))
            yield Sample("held", accuracy(self._best(x, s, 3.0), x, s))
            yield Sample("squared", accuracy(self._best(x, s, 2 * right, squared=True), x, s))
            yield Progress(k + 1, len(generators))
        ratios = np.linspace(0, 2, 41)
        of_ce = [self._best(x, s, t * right) for t in ratios]
        of_se = [self._best(x, s, t * right, squared=True) for t in ratios]
        yield Figure(
            Text("The best weight with one wrong label", "含一个错误标签时的最佳权重"),
            Axis(Text("distance of the wrong label, r / Σ sᵢxᵢ", "错误标签的距离 r / Σ sᵢxᵢ")),
            Axis(Text("best w", "最佳 w")),
            (
                Curve(Text("cross-entropy", "交叉熵"), tuple(ratios), tuple(of_ce)),
                Curve(
                    Text("squared error behind σ", "σ 后的平方误差"), tuple(ratios), tuple(of_se)
                ),
                Curve(
                    Text("r = Σ sᵢxᵢ", "r = Σ sᵢxᵢ"),
                    (1.0, 1.0),
                    (min(of_ce), max(*of_ce, *of_se)),
                    predicted=True,
                ),
            ),
        )

    def _break_point(self, x: Float64Array, s: Float64Array, right: float) -> float:
        """The r at which the best w changes its sign; infinite if none up to 3 `right`."""
        ends = 0.2 * right, 3 * right
        if self._best(x, s, ends[1]) >= 0:
            return float(np.inf)
        return float(optimize.brentq(lambda r: self._best(x, s, r), *ends, rtol=1e-5))

    def _best(self, x: Float64Array, s: Float64Array, r: float, squared: bool = False) -> float:
        """The w of the least mean loss, in the valley of the clean rows' best one."""
        inputs = np.append(x, -r)
        y = np.append((s + 1) / 2, 1.0)[:, None]

        def mean_loss(w: float) -> float:
            z = (w * inputs)[:, None]
            if squared:
                return float(self.squared_error.value(self.sigmoid.value(z), y).mean())
            return float(self.loss.value(z, y).mean())

        found = optimize.minimize_scalar(
            mean_loss, bounds=(-6.0, 6.0), method="bounded", options={"xatol": 1e-9}
        )
        return float(found.x)


def accuracy(w: float, x: Float64Array, s: Float64Array) -> float:
    return float((s * w * x > 0).mean())
