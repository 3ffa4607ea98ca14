"""F1: what the bias of a neuron does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Protocol, final

import numpy as np
from scipy import optimize
from scipy.stats import norm

from rosenblatt.lab.criterion import AtLeast, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import BinaryCrossEntropy
from rosenblatt.perceptron.threshold_neuron import ThresholdNeuron
from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["Bias"]

WEIGHTS, BIAS = np.array([2.0, 1.0, -2.0]), 1.5  # a neuron; ‖w‖ = 3
APART, SHIFTS = 2.0, (0.0, 0.5, 1.0, 1.5, 2.0)  # distance of two classes; of their middle from 0
LOSS = BinaryCrossEntropy()


class Neuron(Protocol):
    def predict(self, X: Float64Array) -> IntArray: ...


@final
@dataclass(frozen=True)
class Bias(Experiment):
    """Neurons with a bias and without, on random rows, two classes, and Boolean functions.

    Attributes
    ----------
    neuron : callable
        From weights and a bias to a neuron.
    """

    neuron: Callable[[Float64Array, float], Neuron] = ThresholdNeuron

    id = "F1"
    title = Text("What the bias does", "偏置的作用")
    claim = Text(
        "The bias activates the neuron: without one it stays silent.",
        "偏置激活神经元：没有偏置，神经元就不工作。",
    )
    source = "Introductory texts; McCulloch & Pitts 1943; Cover 1965 for planes through the origin"
    theory = Text(
        "The weighted sum activates a neuron; the bias moves the threshold. The plane w · x + b = 0"
        " lies -b / ‖w‖ from the origin, and goes through it if b = 0: on inputs of mean 0 such a"
        " neuron still fires on half of the rows. What is lost: two classes of distance 2 whose"
        " middle lies s from the origin are told apart with Φ(1) = 0.84 by a bias, and with"
        " ½(Φ(s + 1) + Φ(1 - s)) without, 0.58 at s = 2. Of the functions of n inputs ±1 a neuron"
        " without bias has as many as one of n - 1 inputs with it: 4 of 16 and not 14, 14 of 256"
        " and not 104. A constant input is a bias.",
        "激活神经元的是加权和；偏置只是移动阈值。平面 w · x + b = 0 距原点 -b / ‖w‖，b = 0 时过原"
        "点：在均值为 0 的输入上，这样的神经元仍对一半的行激活。失去的是：两类相距 2、中点距原点 s"
        " 时，有偏置的准确率为 Φ(1) = 0.84，无偏置为 ½(Φ(s + 1) + Φ(1 - s))，s = 2 时为 0.58。n"
        " 个 ±1 输入的函数中，无偏置神经元能表示的个数等于 n - 1 个输入有偏置时的个数：16 个中 4"
        " 个而非 14 个，256 个中 14 个而非 104 个。恒定的输入就是偏置。",
    )
    method = Text(
        "Shares of normal rows on which a neuron fires, and where it does so along w; logistic"
        " regression of two normal classes in the plane, with a constant input and without; a"
        " linear program for each Boolean function.",
        "神经元在正态随机行上的激活比例，以及沿 w 的激活位置；平面上两个正态类的逻辑回归，带和不带"
        "恒定输入；对每个布尔函数解一个线性规划。",
    )
    takeaway = Text(
        "Read the bias as minus the threshold. It may be left out where inputs are centred and"
        " classes balanced, or where a constant column or a batch normalisation stands in for it.",
        "把偏置读作负的阈值。输入已中心化且类别均衡时，或有恒定列、批归一化代替它时，可以省去。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        silent = Text("share of rows without firing, b = 0", "不激活的行的比例，b = 0")
        of_rows = 2 / float(np.sqrt(n_rows(conditions)))  # four standard deviations of a share
        length = float(np.linalg.norm(WEIGHTS))
        return Declaration(
            (
                Case(
                    Text("inputs have mean 0", "输入的均值为 0"),
                    (Test("silent", silent, AtLeast(0.95)),),
                    expected=False,
                ),
            ),
            (
                Test("silent", silent, Near(0.5, absolute=of_rows)),
                Test(
                    "fires",
                    Text("share of rows that fire, b = 1.5", "激活的行的比例，b = 1.5"),
                    Near(float(norm.cdf(BIAS / length)), absolute=of_rows),
                ),
                Test(
                    "plane",
                    Text("where the neuron begins to fire, along w", "沿 w 开始激活的位置"),
                    Near(-BIAS / length, absolute=1e-6),
                ),
                Test(
                    "centred",
                    Text("accuracy without bias, s = 0", "无偏置的准确率，s = 0"),
                    Near(without_bias(SHIFTS[0]), absolute=0.02),
                ),
                Test(
                    "off",
                    Text("accuracy without bias, s = 2", "无偏置的准确率，s = 2"),
                    Near(without_bias(SHIFTS[-1]), absolute=0.02),
                ),
                Test(
                    "constant",
                    Text("accuracy with a constant input, s = 2", "有恒定输入的准确率，s = 2"),
                    Near(without_bias(0.0), absolute=0.02),
                ),
                Test(
                    "functions_2",
                    Text("functions of 2 inputs without bias", "2 个输入无偏置的函数个数"),
                    Near(4),
                ),
                Test(
                    "functions_3",
                    Text("functions of 3 inputs without bias", "3 个输入无偏置的函数个数"),
                    Near(14),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(2, 8)
        n = n_rows(conditions)
        accuracies = np.empty((2, len(generators), len(SHIFTS)))
        for k, rng in enumerate(generators):
            X = rng.normal(size=(n, len(WEIGHTS)))
            yield Sample("silent", 1 - float(self.neuron(WEIGHTS, 0.0).predict(X).mean()))
            yield Sample("fires", float(self.neuron(WEIGHTS, BIAS).predict(X).mean()))
            for j, s in enumerate(SHIFTS):
                accuracies[:, k, j] = of_classes(rng, s)
            yield Sample("centred", accuracies[0, k, 0])
            yield Sample("off", accuracies[0, k, -1])
            yield Sample("constant", accuracies[1, k, -1])
            yield Progress(k + 1, len(generators) + 1)
        yield Sample("plane", self._plane())
        for n_inputs in (2, 3):
            yield Sample(f"functions_{n_inputs}", n_functions(n_inputs))
        yield Progress(len(generators) + 1, len(generators) + 1)
        at = tuple(np.linspace(0, SHIFTS[-1], 41))
        names = (Text("without bias", "无偏置"), Text("with a constant input", "有恒定输入"))
        yield Figure(
            Text("Two classes that lie off the origin", "偏离原点的两个类"),
            Axis(Text("distance s of their middle from the origin", "中点到原点的距离 s")),
            Axis(Text("accuracy on new rows", "新数据上的准确率")),
            (
                *(
                    Curve(name, SHIFTS, tuple(values), points=True)
                    for name, values in zip(names, accuracies.mean(axis=1), strict=True)
                ),
                Curve(
                    Text("½(Φ(s + 1) + Φ(1 - s))", "½(Φ(s + 1) + Φ(1 - s))"),
                    at,
                    tuple(map(without_bias, at)),
                    predicted=True,
                ),
                Curve(Text("Φ(1)", "Φ(1)"), at, (without_bias(0.0),) * len(at), predicted=True),
            ),
        )

    def _plane(self) -> float:
        """Where along w / ‖w‖ the neuron begins to fire, by bisection."""
        neuron, low, high = self.neuron(WEIGHTS, BIAS), -10.0, 10.0
        direction = WEIGHTS / np.linalg.norm(WEIGHTS)
        while high - low > 1e-9:
            middle = (low + high) / 2
            fires = bool(neuron.predict(middle * direction[None])[0])
            low, high = (low, middle) if fires else (middle, high)
        return high


def n_rows(conditions: Conditions) -> int:
    """Of one repetition."""
    return conditions.choose(20_000, 100_000)


def without_bias(s: float) -> float:
    """The accuracy of the plane through the origin between classes around s - 1 and s + 1."""
    return float(norm.cdf(APART / 2 + s) + norm.cdf(APART / 2 - s)) / 2


def of_classes(rng: np.random.Generator, s: float) -> tuple[float, float]:
    """Accuracies of logistic regressions without bias, and with a constant input."""
    rows, labels = [], []
    for n in (4000, 20_000):
        y = (rng.random(n) < 0.5).astype(np.float64)
        X = rng.normal(size=(n, 2))
        X[:, 0] += s + APART * (y - 0.5)
        rows.append(np.column_stack([X, np.ones(n)]))
        labels.append(y)
    found = []
    for columns in (slice(2), slice(3)):
        w = fitted(rows[0][:, columns], labels[0])
        found.append(float(((rows[1][:, columns] @ w > 0) == labels[1]).mean()))
    return found[0], found[1]


def fitted(X: Float64Array, y: Float64Array) -> Float64Array:
    """The weights of the least cross-entropy."""

    def objective(w: Float64Array) -> tuple[float, Float64Array]:
        scores, targets = (X @ w)[:, None], y[:, None]
        value = float(LOSS.value(scores, targets).mean())
        return value, np.asarray(X.T @ LOSS.gradient(scores, targets))[:, 0] / len(X)

    start = np.zeros(X.shape[1])
    return np.asarray(optimize.minimize(objective, start, jac=True, method="L-BFGS-B").x)


def n_functions(n_inputs: int) -> int:
    """Of all functions of ±1 inputs, those that a plane through the origin parts."""
    X = np.array(list(product((-1.0, 1.0), repeat=n_inputs)))
    count = 0
    for labels in product((-1.0, 1.0), repeat=len(X)):
        signed = np.array(labels)[:, None] * X
        if (signed == -signed[::-1]).all(axis=1).any():
            continue  # a row and its opposite with the same label: no w serves both
        free = [(None, None)] * n_inputs
        least = -np.ones(len(X))
        count += optimize.linprog(np.zeros(n_inputs), -signed, least, bounds=free).success
    return count
