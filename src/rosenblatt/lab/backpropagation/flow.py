"""B15: gradient descent and the gradient flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Tanh
from rosenblatt.curvature import Objective, gradient_flow
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import descend
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import Float64Array

__all__ = ["Flow"]

TIME, RATES = 2.0, (0.1, 0.05, 0.02, 0.01, 0.005)
FAR = 1.0  # a step that no flow follows


@final
@dataclass(frozen=True)
class Flow(Experiment):
    """Where descents of several steps are at one time, and where the flows are.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "B15"
    title = Text("Gradient descent and the gradient flow", "梯度下降与梯度流")
    claim = Text("Gradient descent follows the gradient flow.", "梯度下降沿着梯度流前进。")
    source = "Barrett & Dherin 2021; Hairer, Lubich & Wanner 2006 for backward error analysis"
    theory = Text(
        "At the time kη descent is O(η) from the flow θ' = -∇J, and O(η²) from that of J + (η / 4)"
        " ‖∇J‖²: a penalty on large gradients that nobody wrote down. For large steps neither"
        " holds: the descent may leave the flow altogether.",
        "在时间 kη 处，下降与流 θ' = -∇J 相差 O(η)，与 J + (η / 4) ‖∇J‖² 的流相差 O(η²)：这是一个"
        "没有写出来的对大梯度的惩罚。步长大时两者都不成立：下降可能完全离开流。",
    )
    method = Text(
        "A 1-6-1 tanh network on 20 points of a wave, to time 2 in steps of 0.1 to 0.005; flows"
        " by an ODE solver of order eight, the modified one with exact Hessian-vector products.",
        "1-6-1 的 tanh 网络拟合波形的 20 个点，以 0.1 到 0.005 的步长走到时间 2；流用八阶常微分方"
        "程求解器，修正的流用精确的海森-向量积。",
    )
    takeaway = Text(
        "The step itself regularises: a larger rate prefers regions of small gradients. Theories of"
        " infinitely small steps miss that.",
        "步长本身就是正则化：较大的学习率偏好梯度小的区域。无穷小步长的理论看不到这一点。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        off = Text(
            "distance to the flow / length of the way, η = {}", "到流的距离 / 路程长度，η = {}"
        )
        order = Text("order in η of the distance to {}", "到{}的距离对 η 的阶")
        return Declaration(
            (
                Case(
                    Text("the step is small", "步长小"),
                    (Test("small", off.format(RATES[-1]), AtMost(0.01)),),
                ),
                Case(
                    Text("the step is large", "步长大"),
                    (Test("large", off.format(FAR), AtMost(0.01)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "plain",
                    Text(order.format("the plain flow"), order.zh.format("原来的流")),
                    Near(1.0, absolute=0.1),
                ),
                Test(
                    "modified",
                    Text(order.format("the modified flow"), order.zh.format("修正的流")),
                    Near(2.0, absolute=0.1),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        objective = wave()
        generators = conditions.generators(2, 10)
        distances = np.zeros((2, len(generators), len(RATES)))
        for k, rng in enumerate(generators):
            start = rng.normal(size=objective.n_parameters)
            flow = gradient_flow(objective, start, [TIME]).theta[-1]
            way = float(np.linalg.norm(flow - start))
            for j, rate in enumerate(RATES):
                end = self._end(objective, start, rate)
                modified = gradient_flow(objective, start, [TIME], learning_rate=rate).theta[-1]
                distances[:, k, j] = [np.linalg.norm(end - f) for f in (flow, modified)]
            yield Sample("small", distances[0, k, -1] / way)
            far = self._end(objective, start, FAR)
            yield Sample("large", float(np.linalg.norm(far - flow)) / way)
            for key, values in zip(("plain", "modified"), distances[:, k], strict=True):
                yield Sample(key, float(np.polyfit(np.log(RATES[1:]), np.log(values[1:]), 1)[0]))
            yield Progress(k + 1, len(generators))
        plain, modified = np.exp(np.log(distances).mean(axis=1))
        steps = np.array(RATES)
        yield Figure(
            Text("Distance of descent to the flows at time 2", "时间 2 处下降到流的距离"),
            Axis(Text("step η", "步长 η"), log=True),
            Axis(Text("distance of the weights", "权重的距离"), log=True),
            (
                Curve(Text("to the flow of J", "到 J 的流"), RATES, tuple(plain), points=True),
                Curve(
                    Text("to that of J + (η / 4) ‖∇J‖²", "到 J + (η / 4) ‖∇J‖² 的流"),
                    RATES,
                    tuple(modified),
                    points=True,
                ),
                Curve(
                    Text("∝ η", "∝ η"), RATES, tuple(plain[-1] * steps / steps[-1]), predicted=True
                ),
                Curve(
                    Text("∝ η²", "∝ η²"),
                    RATES,
                    tuple(modified[-1] * (steps / steps[-1]) ** 2),
                    predicted=True,
                ),
            ),
        )

    def _end(self, objective: Objective, start: Float64Array, rate: float) -> Float64Array:
        path = descend(
            self.rule(rate), lambda w, t: objective.gradient(w), start, round(TIME / rate)
        )
        return path[-1]


def wave() -> Objective:
    x = np.linspace(-1, 1, 20)[:, None]
    network = Network(1, (Dense(6, Tanh()), Dense(1)))
    return Objective(network, SquaredError(), L2(0.0), Arrays(x, np.sin(3 * x)))
