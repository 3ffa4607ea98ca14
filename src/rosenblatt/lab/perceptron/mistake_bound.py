"""P3: how many mistakes a perceptron makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.perceptron.boolean_functions import cube
from rosenblatt.lab.text import Text
from rosenblatt.perceptron import Perceptron
from rosenblatt.perceptron.separability import largest_margin
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["MistakeBound"]

AND = np.array([0.0, 0, 0, 1])


@final
@dataclass(frozen=True)
class MistakeBound(Experiment):
    """Counted mistakes beside (R / γ)².

    Attributes
    ----------
    perceptron : callable
        A neuron that learns by the rule from w = 0, with `n_updates_` after its fit.
    """

    perceptron: Callable[[], Any] = Perceptron

    id = "P3"
    title = Text("How many mistakes a perceptron makes", "感知机会犯多少次错误")
    claim = Text(
        "On separable data the perceptron makes at most (R / γ)² mistakes.",
        "在可分数据上，感知机至多犯 (R / γ)² 次错误。",
    )
    source = "Novikoff 1962"
    theory = Text(
        "From w = 0, with the bias as the weight of an input that is always 1: each mistake moves"
        " w towards the separator by at least γ, and lengthens w² by at most R². For AND in {0,"
        " 1} R² = 3 and γ² = 1 / 17: 51 mistakes; in ±1 γ² = 1 / 3: 9.",
        "从 w = 0 出发，把偏置看作恒为 1 的输入的权重：每次错误使 w 朝分离面方向至少前进 γ，而 w²"
        " 至多增加 R²。对 {0, 1} 中的与函数，R² = 3，γ² = 1 / 17：51 次；对 ±1，γ² = 1 / 3：9 次。",
    )
    method = Text(
        "Random separable problems of two to eight features with margins from wide to narrow;"
        " γ by quadratic programming.",
        "二到八个特征、间隔从宽到窄的随机可分问题；γ 用二次规划求得。",
    )
    takeaway = Text(
        "The number of mistakes depends on the margin and not on the number of rows or features."
        " The coding of the inputs changes the margin: ±1 is easier than {0, 1}.",
        "错误次数取决于间隔，与行数和特征数无关。输入的编码会改变间隔：±1 比 {0, 1} 容易。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        worst = Test(
            "worst", Text("mistakes / bound, the largest", "错误数 / 上界，最大值"), AtMost(1.0)
        )
        ends = [
            Test(
                f"and_{name}",
                Text("bound of AND in {}", "{} 中与函数的上界").format(shown),
                Near(value, relative=1e-6),
            )
            for name, shown, value in (("01", "{0, 1}", 51.0), ("pm", "±1", 9.0))
        ]
        counted = [
            Test(
                f"mistakes_{name}",
                Text("mistakes for AND in {}", "{} 中与函数的错误数").format(shown),
                AtMost(value),
            )
            for name, shown, value in (("01", "{0, 1}", 51.0), ("pm", "±1", 9.0))
        ]
        case = Case(Text("w begins at 0", "w 从 0 开始"), (worst, *counted))
        return Declaration((case,), tuple(ends))

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        for name, X in (("01", cube(2)), ("pm", 2 * cube(2) - 1)):
            yield Sample(f"and_{name}", bound(X, AND))
            yield Sample(f"mistakes_{name}", self._mistakes(X, AND))
        (rng,) = conditions.generators(1, 1)
        n, bounds, mistakes = conditions.choose(60, 400), [], []
        for k in range(n):
            X, y = separable(rng)
            bounds.append(bound(X, y))
            mistakes.append(self._mistakes(X, y))
            yield Progress(k + 1, n)
        yield Sample("worst", float(np.max(np.array(mistakes) / bounds)))
        ends = (min(bounds), max(bounds))
        yield Figure(
            Text("Mistakes on random separable problems", "随机可分问题上的错误数"),
            Axis(Text("(R / γ)²", "(R / γ)²"), log=True),
            Axis(Text("mistakes", "错误数"), log=True),
            (
                Curve(Text("counted", "计数"), tuple(bounds), tuple(mistakes), points=True),
                Curve(Text("bound", "上界"), ends, ends, predicted=True),
            ),
        )

    def _mistakes(self, X: FloatArray, y: Float64Array) -> float:
        neuron = self.perceptron()
        neuron.fit(X, y)
        return float(neuron.n_updates_)


def bound(X: FloatArray, y: Float64Array) -> float:
    """(R / γ)² of the rows (x, 1)."""
    longest = float((X**2).sum(axis=1).max()) + 1
    return longest / largest_margin(X, y) ** 2


def separable(rng: np.random.Generator) -> tuple[Float64Array, Float64Array]:
    """Rows on both sides of a random hyperplane, none nearer than a random gap."""
    d = int(rng.integers(2, 9))
    w, b, gap = rng.normal(size=d), 0.5 * rng.normal(), 10 ** rng.uniform(-1.5, 0)
    X = rng.normal(size=(400, d))
    z = (X @ w + b) / np.linalg.norm(w)
    X, z = X[np.abs(z) > gap][:60], z[np.abs(z) > gap][:60]
    if len(X) < 10 or (z > 0).all() or (z < 0).all():
        return separable(rng)
    return X, (z > 0).astype(np.float64)
