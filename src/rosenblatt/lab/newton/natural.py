"""G16: the natural gradient, and matrices that stand for Fisher's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.lab.criterion import AtLeast, AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import BinaryCrossEntropy
from rosenblatt.network import Dense, Network
from rosenblatt.second_order.fisher import empirical_fisher, fisher
from rosenblatt.support.types import Float64Array

__all__ = ["NaturalGradient"]

NETWORK = Network(3, (Dense(3, Tanh()), Dense(1)))
LOSS = BinaryCrossEntropy()
N_ROWS, DAMPING, STEP = 400, 0.1, 1e-3
REPEATS = (1, 4, 16, 64)


def exact(theta: Float64Array, X: Float64Array) -> Float64Array:
    """F of the network, with labels drawn from the model."""
    return fisher(NETWORK, theta, X, LOSS)


@final
@dataclass(frozen=True)
class NaturalGradient(Experiment):
    """Steps of a small network on rows, and on the same rows under a linear map.

    Attributes
    ----------
    matrix : callable
        From parameters and rows to F.
    """

    matrix: Callable[[Float64Array, Float64Array], Float64Array] = exact

    id = "G16"
    title = Text("The natural gradient", "自然梯度")
    claim = Text(
        "The natural gradient does not depend on how the inputs are coded.",
        "自然梯度与输入的编码方式无关。",
    )
    source = "Amari 1998; Martens 2020; Kunstner, Balles & Hennig 2019 for the empirical Fisher"
    theory = Text(
        "If x becomes x A and the weights A⁻¹ W, the network computes the same. F⁻¹ g then"
        " transforms as the weights do, so that a small step changes all outputs by the same; the"
        " plain gradient's does not, nor that of F + μI, as I does not transform. The empirical"
        " Fisher, with the labels of the data, is another matrix; with many labels drawn from the"
        " model it becomes F, at the rate 1 / √draws.",
        "若 x 变为 x A 而权重变为 A⁻¹ W，网络的计算不变。F⁻¹ g 随权重一同变换，因此一小步对所有输"
        "出的改变相同；普通梯度不是这样，F + μI 也不是，因为 I 不变换。用数据标签的经验 Fisher 是"
        "另一个矩阵；用从模型中抽取的许多标签，它按 1 / √次数 趋于 F。",
    )
    method = Text(
        "A 3-3-1 network on 400 rows and on rows mapped by a random matrix: how the scores change"
        " under a step of each kind; distances of the matrices.",
        "3-3-1 网络，400 行以及经随机矩阵映射的行：各种一步使得分如何变化；各矩阵之间的距离。",
    )
    takeaway = Text(
        "Invariance belongs to the undamped step. Damping, which practice needs, brings the coding"
        " of the inputs back: scale them all the same.",
        "不变性只属于无阻尼的步。实践所需的阻尼又让输入编码起作用：仍应缩放输入。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        off = Text("scores' changes apart, of {}", "得分变化之差，{}")

        def said(en: str, zh: str) -> Text:
            return Text(off.format(en), off.zh.format(zh))

        return Declaration(
            (
                Case(
                    Text("the step is not damped", "步没有阻尼"),
                    (Test("exact", said("F⁻¹ g", "F⁻¹ g"), AtMost(1e-5)),),
                ),
                Case(
                    Text("the step is damped by μ = 0.1", "步有阻尼 μ = 0.1"),
                    (Test("damped", said("(F + μI)⁻¹ g", "(F + μI)⁻¹ g"), AtMost(1e-5)),),
                    expected=False,
                ),
            ),
            (
                Test("plain", said("g", "g"), AtLeast(0.1)),
                Test(
                    "empirical",
                    Text(
                        "‖empirical F - F‖ / ‖F‖, labels of the data",
                        "‖经验 F - F‖ / ‖F‖，数据的标签",
                    ),
                    AtLeast(0.3),
                ),
                Test(
                    "drawn",
                    Text(
                        "the same, 64 labels a row drawn from the model",
                        "同上，每行从模型抽 64 个标签",
                    ),
                    AtMost(0.05),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(4, 20)
        distances = np.zeros((len(generators), len(REPEATS)))
        for k, rng in enumerate(generators):
            theta = rng.normal(size=NETWORK.n_parameters)
            X = rng.normal(size=(N_ROWS, 3))
            # Labels that the model gets wrong as often as not.
            y = (rng.random(N_ROWS) < 0.5).astype(np.float64)[:, None]
            A = np.diag([1.0, 3.0, 0.3]) @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
            mapped = mapped_weights(theta, A)
            for key, damping in (("exact", 0.0), ("damped", DAMPING)):
                yield Sample(key, self._apart(theta, X, mapped, X @ A, y, damping))
            yield Sample("plain", self._apart(theta, X, mapped, X @ A, y, None))
            F = self.matrix(theta, X)
            of_data = empirical_fisher(NETWORK, theta, X, y, LOSS)
            yield Sample("empirical", distance(of_data, F))
            for j, n in enumerate(REPEATS):
                rows = np.repeat(X, n, axis=0)
                p = 1 / (1 + np.exp(-forward(NETWORK, theta, rows).scores))
                labels = (rng.random(p.shape) < p).astype(np.float64)
                drawn = empirical_fisher(NETWORK, theta, rows, labels, LOSS)
                distances[k, j] = distance(drawn, F)
            yield Sample("drawn", distances[k, -1])
            yield Progress(k + 1, len(generators))
        mean = distances.mean(axis=0)
        at = tuple(map(float, REPEATS))
        yield Figure(
            Text("Empirical Fisher with labels from the model", "用模型标签的经验 Fisher"),
            Axis(Text("labels drawn for each row", "每行抽取的标签数"), log=True),
            Axis(Text("distance to F / ‖F‖", "到 F 的距离 / ‖F‖"), log=True),
            (
                Curve(Text("measured", "测得"), at, tuple(mean), points=True),
                Curve(
                    Text("∝ 1 / √draws", "∝ 1 / √次数"),
                    at,
                    tuple(mean[0] / np.sqrt(REPEATS)),
                    predicted=True,
                ),
            ),
        )

    def _apart(
        self,
        theta: Float64Array,
        X: Float64Array,
        mapped: Float64Array,
        mapped_X: Float64Array,
        y: Float64Array,
        damping: float | None,
    ) -> float:
        """How far the changes of the scores by a small step are apart; no matrix if no damping."""
        changes = []
        for at, rows in ((theta, X), (mapped, mapped_X)):
            g = backpropagate(NETWORK, at, rows, y, LOSS).gradient
            direction = g
            if damping is not None:
                F = self.matrix(at, rows) + damping * np.eye(len(g))
                direction = np.linalg.lstsq(F, g, rcond=1e-13)[0]
            moved = at - STEP * direction
            changes.append(forward(NETWORK, moved, rows).scores - forward(NETWORK, at, rows).scores)
        return float(np.linalg.norm(changes[0] - changes[1]) / np.linalg.norm(changes[0]))


def mapped_weights(theta: Float64Array, A: Float64Array) -> Float64Array:
    """The parameters of the same function of x A."""
    mapped = theta.copy()
    first = NETWORK.layer_parameters(mapped)[0]
    first["weight"][...] = np.linalg.solve(A, first["weight"])
    return mapped


def distance(M: Float64Array, F: Float64Array) -> float:
    return float(np.linalg.norm(M - F) / np.linalg.norm(F))
