"""L5: the largest learning rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Sigmoid
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import LinearProblem, descend, diabetes, progression
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["StepLimit"]

BELOW, ABOVE = 0.98, 1.02  # of 2 / λ_max
INSIDE, OUTSIDE = 0.95, 1.05  # the same of the logistic loss at its minimum


@final
@dataclass(frozen=True)
class StepLimit(Experiment):
    """Gradient descent a little below and above 2 / λ_max.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "L5"
    title = Text("The largest learning rate", "最大的学习率")
    claim = Text(
        "Gradient descent converges if and only if the learning rate is below 2 / λ_max.",
        "当且仅当学习率小于 2 / λ_max 时，梯度下降收敛。",
    )
    source = "Standard; Nesterov 2004"
    theory = Text(
        "On a quadratic the error along an eigenvector of the eigenvalue λ is multiplied by 1 - ηλ"
        " in each step: by -0.96 along the steepest one at 0.98 · 2 / λ_max, and by -1.04 at 1.02"
        " times it. Where the curvature changes, λ_max at the start is no limit: the logistic loss"
        " is flatter away from 0, here 1.9 times at the minimum, and descent converges up to the"
        " limit there, and not beyond it.",
        "在二次函数上，沿特征值为 λ 的特征向量，误差每步乘以 1 - ηλ：学习率为 0.98 · 2 / λ_max 时"
        "沿最陡方向乘以 -0.96，为 1.02 倍时乘以 -1.04。曲率变化时，起点处的 λ_max 不是界限：对数"
        "几率损失离 0 越远越平，在极小点处曲率只有起点的 1 / 1.9；下降在该处的界限以下收敛，超过则"
        "不收敛。",
    )
    method = Text(
        "Least squares on the diabetes data: the factor of a step along the steepest eigenvector."
        " Logistic regression on the same features, from w = 0: the gradient's norm after 3,000"
        " steps at 1.5 times the limit of the start, and at 0.95 and 1.05 times that of the"
        " minimum, which is found by Newton's method.",
        "糖尿病数据上的最小二乘：沿最陡特征向量每步的倍数。同一特征上的逻辑回归，从 w = 0 出发，走"
        " 3,000 步后的梯度范数：学习率为起点界限的 1.5 倍，以及牛顿法求得的极小点处界限的 0.95 和"
        " 1.05 倍。",
    )
    takeaway = Text(
        "2 / λ_max is exact for quadratics, and near a minimum the local limit. A network moves"
        " to where its limit lies (B16).",
        "2 / λ_max 对二次函数是精确的，在极小点附近是局部界限。网络会移向与其学习率相容之处"
        "（B16）。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        factor = Text("factor of a step at {} · 2 / λ_max", "学习率为 {} · 2 / λ_max 时每步的倍数")
        below, above = factor.format(BELOW), factor.format(ABOVE)
        norm = Text(
            "gradient after / before, at 1.5 · 2 / λ_max",
            "学习率为 1.5 · 2 / λ_max 时，梯度 后 / 前",
        )
        there = Text(
            "gradient after / before, at {} · 2 / λ_max of the minimum",
            "学习率为极小点处 {} · 2 / λ_max 时，梯度 后 / 前",
        )
        return Declaration(
            (
                Case(
                    Text("the objective is a quadratic", "目标是二次函数"),
                    (Test("below", below, AtMost(1.0)), Test("above", above, AtLeast(1.0))),
                ),
                Case(
                    Text(
                        "the curvature changes, as of the logistic loss", "曲率会变，如对数几率损失"
                    ),
                    (Test("logistic", norm, AtLeast(1.0)),),
                    expected=False,
                ),
            ),
            (
                Test("below", below, Near(2 * BELOW - 1, relative=1e-6)),
                Test("above", above, Near(2 * ABOVE - 1, relative=1e-6)),
                Test("logistic", norm, AtMost(1e-3)),
                Test("inside", there.format(INSIDE), AtMost(1e-3)),
                Test("outside", there.format(OUTSIDE), AtLeast(1e-2)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        quadratic, logistic = diabetes(), progression()
        H = quadratic.hessian
        values, vectors = np.linalg.eigh(H)
        limit, steepest = 2 / float(values[-1]), vectors[:, -1]
        best = np.linalg.solve(H, quadratic.X.T @ quadratic.y / len(quadratic.y))
        n_steps = conditions.choose(100, 300)
        curves = []
        for key, share in (("below", BELOW), ("above", ABOVE)):
            path = self._path(quadratic, share * limit, best + steepest, n_steps)
            off = np.abs((path - best) @ steepest)
            yield Sample(key, float((off[-1] / off[0]) ** (1 / n_steps)))
            steps = tuple(map(float, range(n_steps + 1)))
            name = Text("η = {} · 2 / λ_max", "η = {} · 2 / λ_max").format(share)
            curves.append(Curve(name, steps, tuple(off)))
            predicted = tuple(abs(2 * share - 1) ** t for t in range(n_steps + 1))
            curves.append(Curve(Text("|1 - ηλ|ᵗ", "|1 - ηλ|ᵗ"), steps, predicted, predicted=True))
        # At w = 0 the Hessian of the logistic loss is XᵀX / 4N.
        start = np.zeros(logistic.n_parameters)
        there = 2 / steepest_at_minimum(logistic)
        for key, rate in (
            ("logistic", 1.5 * 4 * limit),
            ("inside", INSIDE * there),
            ("outside", OUTSIDE * there),
        ):
            path = self._path(logistic, rate, start, 3000)
            first, last = (np.linalg.norm(logistic.gradient(w)) for w in (path[0], path[-1]))
            yield Sample(key, float(last / first))
        yield Figure(
            Text("Error along the steepest direction", "沿最陡方向的误差"),
            Axis(Text("step", "步数")),
            Axis(Text("distance to the minimum", "到极小点的距离"), log=True),
            tuple(curves),
        )

    def _path(
        self, problem: LinearProblem, rate: float, start: Float64Array, n_steps: int
    ) -> Float64Array:
        return descend(self.rule(rate), lambda w, t: problem.gradient(w), start, n_steps)


def steepest_at_minimum(problem: LinearProblem) -> float:
    """λ_max of the logistic loss where it is least, by Newton's method."""
    w = np.zeros(problem.n_parameters)
    for _ in range(20):
        p = Sigmoid().value(problem.X @ w)
        H = problem.X.T @ (problem.X * (p * (1 - p))[:, None]) / len(p)
        w = w - np.linalg.solve(H, problem.gradient(w))
    return float(np.linalg.eigvalsh(H)[-1])
