"""L6: what an outlier costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.losses.minimising import minimiser
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import Huber, LogCosh, Loss, SquaredError
from rosenblatt.support.types import Float64Array

__all__ = ["Outliers"]

N = 100
SHIFTS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)


@final
@dataclass(frozen=True)
class Outliers(Experiment):
    """The cost of a large error, and how far one wrong label moves the fit."""

    squared_error: Loss = field(default_factory=SquaredError)
    huber: Loss = field(default_factory=Huber)

    id = "L6"
    title = Text("One wrong label", "一个错误标签")
    claim = Text(
        "Ten times the error costs a hundred times the squared loss, so that outliers rule the"
        " fit.",
        "误差大十倍，平方损失大一百倍，因此离群点会左右拟合。",
    )
    source = "Huber 1964"
    theory = Text(
        "L(10 e) / L(e) = 100. Moving one of N labels by Δ moves the least-squares constant by Δ"
        " / N, without bound. Huber's loss pulls no harder than δ = 1: with all but a share of"
        " the rows in its parabola the constant moves by at most about δ / (N · share within).",
        "L(10 e) / L(e) = 100。把 N 个标签中的一个移动 Δ，最小二乘常数就移动 Δ / N，没有上界。Huber"
        " 损失的拉力不超过 δ = 1：常数的移动至多约为 δ / (N · 抛物线内的比例)。",
    )
    method = Text(
        "100 Gaussian numbers, one of them moved by up to 300; the constant that minimises each"
        " loss.",
        "100 个高斯随机数，其中一个移动至多 300；求使各损失最小的常数。",
    )
    takeaway = Text(
        "Squared errors weigh an outlier by its size. Where labels may be wrong, take Huber's loss"
        " or log-cosh, whose pull is bounded.",
        "平方误差按大小给离群点加权。标签可能有错时，用 Huber 或 log-cosh 损失，它们的拉力有界。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        return Declaration(
            (
                Case(
                    Text("the loss is the squared error", "损失是平方误差"),
                    (
                        Test(
                            "cost",
                            Text("L(10 e) / L(e) at e = 3", "e = 3 时的 L(10 e) / L(e)"),
                            Near(100, relative=1e-12),
                        ),
                        Test(
                            "moved",
                            Text(
                                "the constant moved, / (Δ / N), Δ = 300",
                                "常数的移动 / (Δ / N)，Δ = 300",
                            ),
                            Near(1, relative=1e-6),
                        ),
                    ),
                ),
            ),
            (
                Test(
                    "huber",
                    Text("the same of Huber's loss", "Huber 损失的同一比值"),
                    AtMost(1.0 / (0.5 * N) / (SHIFTS[-1] / N)),
                ),
                Test(
                    "huber_cost",
                    Text(
                        "L(10 e) / L(e) of Huber's loss, e = 3",
                        "Huber 损失的 L(10 e) / L(e)，e = 3",
                    ),
                    Near((30 - 0.5) / (3 - 0.5), relative=1e-12),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        errors, zeros = np.array([[3.0], [30.0]]), np.zeros((2, 1))
        for key, loss in (("cost", self.squared_error), ("huber_cost", self.huber)):
            small, large = loss.value(errors, zeros)
            yield Sample(key, float(large / small))
        losses = {"squared error": self.squared_error, "Huber": self.huber, "log-cosh": LogCosh()}
        moved = {name: np.zeros(len(SHIFTS)) for name in losses}
        generators = conditions.generators(3, 20)
        for k, rng in enumerate(generators):
            y = rng.normal(size=N)
            for name, loss in losses.items():
                before = constant(loss, y)
                for j, shift in enumerate(SHIFTS):
                    after = constant(loss, y + shift * (np.arange(N) == 0))
                    moved[name][j] += abs(after - before) / len(generators)
                if name != "log-cosh":
                    key = "moved" if name == "squared error" else "huber"
                    yield Sample(key, abs(after - before) / (SHIFTS[-1] / N))
            yield Progress(k + 1, len(generators))
        names = {
            "squared error": Text("squared error", "平方误差"),
            "Huber": Text("Huber, δ = 1", "Huber，δ = 1"),
            "log-cosh": Text("log-cosh", "log-cosh"),
        }
        yield Figure(
            Text("How far one wrong label moves the fit", "一个错误标签使拟合移动多远"),
            Axis(
                Text("the label moved by Δ (standard deviations)", "标签的移动 Δ（标准差）"),
                log=True,
            ),
            Axis(
                Text("the constant moved by (standard deviations)", "常数的移动（标准差）"),
                log=True,
            ),
            (
                *(Curve(names[name], SHIFTS, tuple(moved[name])) for name in losses),
                Curve(Text("Δ / N", "Δ / N"), SHIFTS, tuple(s / N for s in SHIFTS), predicted=True),
            ),
        )


def constant(loss: Loss, y: Float64Array) -> float:
    start = np.full((1, 1), np.median(y))
    return float(minimiser(loss, np.ones((len(y), 1)), y[:, None], start)[0, 0])
