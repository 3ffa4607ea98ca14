"""L12: the curvature of the cross-entropy in the scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtLeast, AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.losses.entropy import softmax
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import CategoricalCrossEntropy, Loss
from rosenblatt.support.types import Float64Array

__all__ = ["ScoreCurvature"]

CLASSES, STEP = 4, 1e-4


@final
@dataclass(frozen=True)
class ScoreCurvature(Experiment):
    """Hessians by differences of the gradient, at random scores."""

    loss: Loss = field(default_factory=CategoricalCrossEntropy)

    id = "L12"
    title = Text("Curvature of the cross-entropy", "交叉熵的曲率")
    claim = Text(
        "Softmax with cross-entropy is convex in the scores.", "softmax 加交叉熵对得分是凸的。"
    )
    source = "Standard; Böhning 1992 for the bound"
    theory = Text(
        "The Hessian in the scores is diag(p) - ppᵀ, whatever the label: no eigenvalue is negative,"
        " the one along (1, …, 1) is 0, as adding a constant to all scores changes nothing, and"
        " none is above 1/2.",
        "对得分的海森矩阵为 diag(p) - ppᵀ，与标签无关：没有负特征值；沿 (1, …, 1) 的特征值为 0，因"
        "为所有得分加同一常数不改变结果；最大不超过 1/2。",
    )
    method = Text(
        "Central differences of the gradient at random scores of four classes.",
        "在四类的随机得分处对梯度取中心差分。",
    )
    takeaway = Text(
        "A linear model under cross-entropy has one minimum (up to a constant of the scores). It is"
        " the layers below that make a network's loss non-convex. Focal loss is not convex even in"
        " the scores.",
        "交叉熵下的线性模型只有一个极小点（得分的公共常数除外）。使网络损失非凸的是下面的各层。"
        "focal 损失对得分都不是凸的。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        return Declaration(
            (
                Case(
                    Text("for all scores and labels", "对所有得分和标签"),
                    (
                        Test(
                            "least",
                            Text("least eigenvalue of all Hessians", "所有海森矩阵的最小特征值"),
                            AtLeast(-1e-7),
                        ),
                    ),
                ),
            ),
            (
                Test(
                    "formula",
                    Text("largest distance to diag(p) - ppᵀ", "与 diag(p) - ppᵀ 的最大差"),
                    AtMost(1e-6),
                ),
                Test(
                    "constant",
                    Text("curvature along (1, …, 1), largest", "沿 (1, …, 1) 的最大曲率"),
                    AtMost(1e-6),
                ),
                Test("largest", Text("largest eigenvalue", "最大特征值"), AtMost(0.5 + 1e-6)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        least, largest, off, constant = [], [], [], []
        ones = np.full(CLASSES, CLASSES**-0.5)
        for _ in range(conditions.choose(300, 3000)):
            s = 3 * rng.normal(size=CLASSES)
            H = self._hessian(s, float(rng.integers(CLASSES)))
            p = softmax(s[None])[0]
            values = np.linalg.eigvalsh((H + H.T) / 2)
            least.append(values[0])
            largest.append(values[-1])
            off.append(np.abs(H - np.diag(p) + np.outer(p, p)).max())
            constant.append(abs(ones @ H @ ones))
        for key, value in (
            ("least", min(least)),
            ("largest", max(largest)),
            ("formula", max(off)),
            ("constant", max(constant)),
        ):
            yield Sample(key, float(value))
        shown = tuple(sorted(map(float, largest[:300])))
        place = tuple((np.arange(len(shown)) + 0.5) / len(shown))
        yield Figure(
            Text("Largest eigenvalue at random scores", "随机得分处的最大特征值"),
            Axis(Text("largest eigenvalue", "最大特征值")),
            Axis(Text("share of the scores below", "不大于它的比例")),
            (
                Curve(Text("measured", "测得"), shown, place),
                Curve(Text("bound 1/2", "上界 1/2"), (0.5, 0.5), (0.0, 1.0), predicted=True),
            ),
        )

    def _hessian(self, s: Float64Array, code: float) -> Float64Array:
        steps = STEP * np.eye(CLASSES)
        y = np.full((CLASSES, 1), code)
        up, down = self.loss.gradient(s + steps, y), self.loss.gradient(s - steps, y)
        return np.asarray((up - down) / (2 * STEP))
