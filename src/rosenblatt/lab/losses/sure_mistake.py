"""L13: what a sure mistake costs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import BinaryCrossEntropy, Loss
from rosenblatt.support.types import FloatArray

__all__ = ["SureMistake"]

FAR = 1e4  # of the logit
EPSILON = float(np.finfo(np.float32).eps)


@final
@dataclass(frozen=True)
class SureMistake(Experiment):
    """The loss of y = 1 at ever smaller p, in float32.

    Attributes
    ----------
    loss : Loss
        Of the logit.
    bounded : Loss
        With p held above the machine epsilon, as scikit-learn reports it.
    """

    loss: Loss = field(default_factory=BinaryCrossEntropy)
    bounded: Loss = field(default_factory=lambda: BinaryCrossEntropy(p_min=EPSILON))

    id = "L13"
    title = Text("The price of a sure mistake", "确信犯错的代价")
    claim = Text(
        "As p → 0 on the true class the cross-entropy grows without bound.",
        "真实类别的 p → 0 时，交叉熵无限增大。",
    )
    source = "Elementary"
    theory = Text(
        "-ln σ(z) = ln(1 + e⁻ᶻ) → -z: linear in the logit. From the logit it can be computed for"
        " any finite z: at z = -10⁴ it is 10⁴, where p = σ(z) is 0 in floating point and -ln p"
        " infinite. With p held above ε = 2⁻²³ it is at most -ln ε = 15.94.",
        "-ln σ(z) = ln(1 + e⁻ᶻ) → -z：对对数几率是线性的。由对数几率可对任何有限的 z 计算：z ="
        " -10⁴ 时为 10⁴，而浮点数中 p = σ(z) 已是 0，-ln p 为无穷。若把 p 限制在 ε = 2⁻²³ 以上，则"
        "至多为 -ln ε = 15.94。",
    )
    method = Text(
        "The loss in float32 from z = 0 to -10⁴, from the logit, and naively from p.",
        "用 float32 在 z = 0 到 -10⁴ 计算损失：由对数几率计算，以及直接由 p 计算。",
    )
    takeaway = Text(
        "Compute the loss from logits. A reported log loss that is bounded hides how sure a mistake"
        " was; the gradient needs no bound.",
        "应由对数几率计算损失。有上界的对数损失掩盖了错误有多确信；梯度不需要上界。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        slope = Text("loss / |z| at z = -10⁴", "z = -10⁴ 处的 损失 / |z|")
        return Declaration(
            (
                Case(
                    Text("the loss is taken from the logit", "损失由对数几率计算"),
                    (Test("loss", slope, Near(1, relative=1e-6)),),
                ),
                Case(
                    Text("p is held above the machine epsilon", "p 被限制在机器精度以上"),
                    (Test("bounded", slope, Near(1, relative=1e-6)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "not_finite", Text("losses that are not finite", "非有限的损失个数"), AtMost(0)
                ),
                Test(
                    "limit",
                    Text("bounded loss at z = -10⁴", "有界损失在 z = -10⁴ 处的值"),
                    Near(-math.log(EPSILON), relative=1e-5),
                ),
                Test(
                    "naive",
                    Text("smallest z at which the naive loss is finite", "直接计算仍有限的最小 z"),
                    Near(-103.97, absolute=0.5),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        z = -np.logspace(-1, math.log10(FAR), conditions.choose(500, 5000)).astype(np.float32)
        y = np.ones((len(z), 1), np.float32)
        loss, bounded = (one.value(z[:, None], y) for one in (self.loss, self.bounded))
        yield Sample("loss", float(loss[-1]) / FAR)
        yield Sample("bounded", float(bounded[-1]) / FAR)
        yield Sample("limit", float(bounded[-1]))
        yield Sample("not_finite", float((~np.isfinite(loss)).sum()))
        fine = -np.linspace(80, 120, 4001, dtype=np.float32)
        yield Sample("naive", float(fine[np.isfinite(naive(fine))].min()))
        of_p = naive(z)
        shown = np.isfinite(of_p)
        yield Figure(
            Text("The loss of y = 1 in float32", "float32 中 y = 1 的损失"),
            Axis(Text("-z", "-z"), log=True),
            Axis(Text("loss (nats)", "损失（奈特）"), log=True),
            (
                Curve(Text("from the logit", "由对数几率"), tuple(-z), tuple(loss)),
                Curve(Text("p held above ε", "p 限制在 ε 以上"), tuple(-z), tuple(bounded)),
                Curve(
                    Text("-ln p, until p = 0", "-ln p，直到 p = 0"),
                    tuple(-z[shown][::20]),
                    tuple(of_p[shown][::20]),
                    points=True,
                ),
                Curve(Text("ln(1 + e⁻ᶻ)", "ln(1 + e⁻ᶻ)"), tuple(-z), exact(z), predicted=True),
            ),
        )


def naive(z: FloatArray) -> FloatArray:
    """-ln p, with p = 1 / (1 + e⁻ᶻ) written as eᶻ / (1 + eᶻ), which underflows late."""
    with np.errstate(divide="ignore", under="ignore"):
        p = np.exp(z) / (1 + np.exp(z))
        return np.asarray(-np.log(p))


def exact(z: FloatArray) -> tuple[float, ...]:
    return tuple(np.logaddexp(0, -z.astype(np.float64)))
