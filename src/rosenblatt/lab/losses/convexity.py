"""L4: where the squared error is convex."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy import optimize
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate
from rosenblatt.initializers import GlorotUniform
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import Loss, SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.support.types import Float64Array

__all__ = ["Convexity"]

XOR = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
XOR_TARGETS = np.array([[-1.0], [1], [1], [-1]])


@final
@dataclass(frozen=True)
class Convexity(Experiment):
    """Curvature of linear models, and minima of a small network."""

    loss: Loss = field(default_factory=SquaredError)

    id = "L4"
    title = Text("Is the squared error convex?", "平方误差是凸的吗？")
    claim = Text(
        "The squared error is strictly convex, so that no local optimum is a trap.",
        "平方误差是严格凸的，所以不会陷入局部最优。",
    )
    source = "Introductory texts; Boyd & Vandenberghe 2004"
    theory = Text(
        "In the weights of a linear model the Hessian is XᵀX / N, whose least eigenvalue is above 0"
        " if and only if the columns of X are independent. In the weights of a network it is not"
        " convex: exchanging two hidden units changes the weights and not the loss, and"
        " half-way between the loss is larger. XOR with 2-2-1 tanh units has worse places"
        " at which a descent ends.",
        "对线性模型的权重，海森矩阵为 XᵀX / N，当且仅当 X 的各列线性无关时最小特征值大于 0。对网络"
        "的权重则非凸：交换两个隐藏单元改变权重而不改变损失，两者中点处的损失更大。2-2-1 的 tanh"
        " 网络学异或时，下降会停在更差的地方。",
    )
    method = Text(
        "The diabetes data: least eigenvalue of the Hessian by differences of the loss's gradient,"
        " with independent columns and with one column given twice. XOR: L-BFGS from random"
        " starts; the loss half-way between a solution and the same with its units exchanged.",
        "糖尿病数据：用损失梯度的差分求海森矩阵的最小特征值，分别用无关的列和含一个重复列的数据。"
        "异或：从随机起点运行 L-BFGS；并求一个解与交换其单元后的解的中点处的损失。",
    )
    takeaway = Text(
        "Convex in the predictions and in the weights of a linear model with independent columns,"
        " but not in the weights of a network: there, start again from other weights.",
        "它对预测值是凸的，对各列无关的线性模型的权重也是凸的，但对网络的权重不是：网络应从不同的"
        "初始权重多训练几次。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        least = Text("least eigenvalue / largest size of one", "最小特征值 / 特征值的最大绝对值")
        X = diabetes()
        of_data = np.linalg.eigvalsh(X.T @ X)
        return Declaration(
            (
                Case(
                    Text(
                        "the model is linear and the columns are independent",
                        "模型是线性的且各列无关",
                    ),
                    (Test("independent", least, AtLeast(1e-4)),),
                ),
                Case(
                    Text("the model is linear and a column stands twice", "模型是线性的而有重复列"),
                    (Test("dependent", least, AtLeast(1e-4)),),
                    expected=False,
                ),
                Case(
                    Text("the model is a network", "模型是网络"),
                    (
                        Test(
                            "spread",
                            Text(
                                "worst loss - best loss over the starts",
                                "各起点中最差 - 最好的损失",
                            ),
                            AtMost(1e-3),
                        ),
                    ),
                    expected=False,
                ),
            ),
            (
                Test("independent", least, Near(float(of_data[0] / of_data[-1]), relative=1e-4)),
                Test(
                    "exchanged",
                    Text("change of the loss by exchanging units", "交换单元引起的损失变化"),
                    AtMost(1e-12),
                ),
                Test(
                    "half_way",
                    Text("loss half-way - loss at both ends", "中点损失 - 两端损失"),
                    AtLeast(0.05),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        X = diabetes()
        yield Sample("independent", self._ratio(X))
        yield Sample("dependent", self._ratio(np.column_stack([X, X[:, :1]])))
        network = Network(2, (Dense(2, Tanh()), Dense(1)))
        generators = conditions.generators(40, 200)
        solutions = []
        for k, rng in enumerate(generators):
            solutions.append(self._solution(network, rng))
            yield Progress(k + 1, len(generators))
        losses = np.array([loss for loss, _ in solutions])
        yield Sample("spread", float(losses.max() - losses.min()))
        best = solutions[int(losses.argmin())][1]
        other = exchanged(network, best)
        yield Sample("exchanged", abs(self._loss(network, best) - self._loss(network, other)))
        yield Sample("half_way", self._loss(network, (best + other) / 2) - float(losses.min()))
        t = np.linspace(-0.2, 1.2, 141)
        along = [self._loss(network, (1 - s) * best + s * other) for s in t]
        yield Figure(
            Text(
                "From a solution to the same with its units exchanged", "从一个解到交换单元后的解"
            ),
            Axis(Text("way (0 and 1: the solutions)", "路程（0 和 1 处是两个解）")),
            Axis(Text("loss", "损失")),
            (
                Curve(Text("on the straight line", "沿直线"), tuple(t), tuple(along)),
                Curve(
                    Text("at most, if it were convex", "若为凸函数的上界"),
                    (0.0, 1.0),
                    (along[20], along[120]),
                    predicted=True,
                ),
            ),
        )

    def _ratio(self, X: Float64Array) -> float:
        """Least over largest eigenvalue of the Hessian in w, by differences of the gradient."""
        y = np.zeros((len(X), 1))

        def gradient(w: Float64Array) -> Float64Array:
            return np.asarray(X.T @ self.loss.gradient(X @ w[:, None], y))[:, 0]

        steps = np.eye(X.shape[1])
        H = np.stack([gradient(e) - gradient(-e) for e in steps])
        values = np.linalg.eigvalsh((H + H.T) / 2)
        return float(values[0] / np.abs(values).max())

    def _loss(self, network: Network, theta: Float64Array) -> float:
        return backpropagate(network, theta, XOR, XOR_TARGETS, self.loss).objective

    def _solution(self, network: Network, rng: np.random.Generator) -> tuple[float, Float64Array]:
        start = network.initial_parameters(
            np.random.RandomState(rng.integers(2**31)), GlorotUniform(), np.float64
        )

        def objective(theta: Float64Array) -> tuple[float, Float64Array]:
            trace = backpropagate(network, theta, XOR, XOR_TARGETS, self.loss)
            return trace.objective, np.asarray(trace.gradient)

        found = optimize.minimize(objective, start, jac=True, method="L-BFGS-B")
        return float(found.fun), np.asarray(found.x)


def diabetes() -> Float64Array:
    return np.asarray(StandardScaler().fit_transform(load_diabetes().data))


def exchanged(network: Network, theta: Float64Array) -> Float64Array:
    """The same network with its two hidden units exchanged."""
    other = theta.copy()
    hidden, output = network.layer_parameters(other)
    hidden["weight"][...] = hidden["weight"][:, ::-1].copy()
    hidden["bias"][...] = hidden["bias"][::-1].copy()
    output["weight"][...] = output["weight"][::-1].copy()
    return other
