"""G2: the descent lemma."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtLeast, AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import (
    LinearProblem,
    NetworkProblem,
    descend,
    tumours,
    wave,
)
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["DescentLemma"]

RATES = (0.5, 1.0, 1.5)  # in units of 1 / β
LARGE = 1e6  # for an excess that has no end
STEEP = 5.0  # of the wave: its weights, and with them the curvature, have to grow


@final
@dataclass(frozen=True)
class DescentLemma(Experiment):
    """The loss after each step beside the lemma's bound.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "G2"
    title = Text("The descent lemma", "下降引理")
    claim = Text(
        "Every step of gradient descent with a rate below 2 / β lowers the loss by at least"
        " η (1 - ηβ / 2) ‖g‖².",
        "学习率小于 2 / β 时，梯度下降每一步至少使损失降低 η (1 - ηβ / 2) ‖g‖²。",
    )
    source = "Nesterov 2004, section 1.2.3"
    theory = Text(
        "It follows from the gradient being β-Lipschitz, as of logistic regression with β ="
        " λ_max(XᵀX) / 4N. A network has no such constant: where its weights have to grow, so does"
        " the curvature, and a β that is measured at the start bounds nothing later.",
        "由梯度的 β-利普希茨性得出，如逻辑回归的 β = λ_max(XᵀX) / 4N。网络没有这样的常数：权重需要"
        "增大时，曲率随之增大，起点处测得的 β 不能限制后来的步骤。",
    )
    method = Text(
        "Logistic regression of the breast-cancer data from w = 0 at 0.5, 1 and 1.5 / β, and a"
        " network of eight tanh units with the curvature of its start for β: the largest excess"
        " of the loss over the bound in any step.",
        "乳腺癌数据的逻辑回归，从 w = 0 出发，学习率为 0.5、1 和 1.5 / β；以及八个 tanh 单元的网"
        "络，以起点的曲率作 β：任一步中损失超出上界的最大值。",
    )
    takeaway = Text(
        "Where the curvature is bounded, a small enough rate needs no line search. For networks"
        " the bound moves along with the weights.",
        "曲率有界时，足够小的学习率不需要线搜索。对网络，界限随权重而变。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        excess = Text("largest excess over the bound", "超出上界的最大值")
        return Declaration(
            (
                Case(
                    Text("β bounds the curvature everywhere", "β 处处限制曲率"),
                    (Test("excess", excess, AtMost(1e-12)),),
                ),
                Case(
                    Text("β is the curvature of a network's start", "β 是网络起点处的曲率"),
                    (Test("network", excess, AtMost(1e-12)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "least_decrease",
                    Text(
                        "least decrease / bound's decrease, at 1 / β",
                        "最小下降 / 界所给的下降，学习率 1 / β",
                    ),
                    AtLeast(1.0),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        problem, n_steps = tumours(), conditions.choose(200, 1000)
        beta = float(np.linalg.eigvalsh(problem.hessian)[-1])
        start = np.zeros(problem.n_parameters)
        excesses, curves = [], []
        for rate in RATES:
            loss, bound = self._path(problem, rate / beta, beta, start, n_steps)
            excesses.append(float((loss[1:] - bound).max()))
            if rate == 1.0:
                decreases = (loss[:-1] - loss[1:]) / (loss[:-1] - bound)
                yield Sample("least_decrease", float(decreases.min()))
                steps = tuple(map(float, range(1, n_steps + 1)))
                curves = [
                    Curve(
                        Text("decrease of the loss", "损失的下降"),
                        steps,
                        tuple(loss[:-1] - loss[1:]),
                    ),
                    Curve(
                        Text("the lemma's least decrease", "引理给出的最小下降"),
                        steps,
                        tuple(loss[:-1] - bound),
                        predicted=True,
                    ),
                ]
        yield Sample("excess", max(excesses))
        net = NetworkProblem(wave().network, wave().X, STEEP * wave().y, wave().loss)
        for rng in conditions.generators(3, 10):
            theta = 0.1 * rng.normal(size=net.n_parameters)
            beta = curvature(net, theta)
            with np.errstate(over="ignore", invalid="ignore"):  # where the descent diverges
                loss, bound = self._path(net, 1 / beta, beta, theta, 200)
            excess = loss[1:] - bound
            yield Sample("network", min(float(excess[np.isfinite(excess)].max()), LARGE))
        yield Figure(
            Text("Decrease in each step at η = 1 / β", "η = 1 / β 时每步的下降"),
            Axis(Text("step", "步数"), log=True),
            Axis(Text("decrease (nats)", "下降（奈特）"), log=True),
            tuple(curves),
        )

    def _path(
        self,
        problem: LinearProblem | NetworkProblem,
        rate: float,
        beta: float,
        start: Float64Array,
        n_steps: int,
    ) -> tuple[Float64Array, Float64Array]:
        """(The loss before the first and after each step, the bound for each step)."""
        path = descend(self.rule(rate), lambda w, t: problem.gradient(w), start, n_steps)
        loss = np.array([problem.value(w) for w in path])
        squares = np.array([float((problem.gradient(w) ** 2).sum()) for w in path[:-1]])
        return loss, loss[:-1] - rate * (1 - rate * beta / 2) * squares


def curvature(problem: NetworkProblem, theta: Float64Array, step: float = 1e-5) -> float:
    """The largest size of an eigenvalue of the Hessian, by differences of the gradient."""
    H = np.stack(
        [
            (problem.gradient(theta + step * e) - problem.gradient(theta - step * e)) / (2 * step)
            for e in np.eye(len(theta))
        ]
    )
    return float(np.abs(np.linalg.eigvalsh((H + H.T) / 2)).max())
