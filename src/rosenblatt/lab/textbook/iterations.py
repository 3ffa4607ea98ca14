"""F3: how many iterations gradient descent takes (theory G4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, final

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.preprocessing import StandardScaler

from rosenblatt.lab.criterion import Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample, Table
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["Iterations"]

ACCURACY = 1e-3  # of the distance to the minimum that is left
KAPPAS = (10.0, 100.0, 1000.0, 10_000.0)
MOST = 1_000_000
TABLES = {
    "iris": (load_iris, Text("iris, κ = {:,.0f}", "鸢尾花，κ = {:,.0f}")),
    "diabetes": (load_diabetes, Text("diabetes, κ = {:,.0f}", "糖尿病，κ = {:,.0f}")),
    "tumours": (load_breast_cancer, Text("breast cancer, κ = {:,.0f}", "乳腺癌，κ = {:,.0f}")),
}


class Quadratic(NamedTuple):
    """½ Σ λ (w - w*)² in the basis of its eigenvectors."""

    eigenvalues: Float64Array
    distances: Float64Array  # of the start, along each

    @property
    def kappa(self) -> float:
        return float(self.eigenvalues.max() / self.eigenvalues.min())

    @property
    def bound(self) -> float:
        """Steps at the best rate: ½ κ ln(1/ε) nearly."""
        return float(np.log(1 / ACCURACY) / np.log((self.kappa + 1) / (self.kappa - 1)))

    def steps(self) -> int:
        """Those that the best rate takes, from the closed form of the distance."""
        rate = 2 / (self.eigenvalues.max() + self.eigenvalues.min())
        low, high = 0, 2 * int(self.bound) + 2
        while high - low > 1:
            t = (low + high) // 2
            left = np.linalg.norm((1 - rate * self.eigenvalues) ** t * self.distances)
            far = left > ACCURACY * np.linalg.norm(self.distances)
            low, high = (t, high) if far else (low, t)
        return high


@final
@dataclass(frozen=True)
class Iterations(Experiment):
    """Gradient descent on quadratics and on least squares of real tables, at the best rate.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "F3"
    title = Text("How many iterations", "需要多少次迭代")
    claim = Text("Training takes 1,000 to 10,000 iterations.", "训练需要 1,000 到 10,000 次迭代。")
    source = "Introductory texts; Nesterov 2004, theorem 2.1.15, for the rate"
    theory = Text(
        "On a quadratic of condition κ = λ_max / λ_min the best rate, 2 / (λ_max + λ_min),"
        " multiplies the distance to the minimum by (κ - 1) / (κ + 1): a thousandth is left after"
        " ½ κ ln 1000 = 3.5 κ iterations. The number is that of the table: least squares takes 466"
        " on the iris data, 1,585 on the diabetes data and 329,426 on the breast-cancer data, all"
        " of them scaled.",
        "对条件数 κ = λ_max / λ_min 的二次函数，最优学习率 2 / (λ_max + λ_min) 使到极小点的距离每次"
        "乘以 (κ - 1) / (κ + 1)：½ κ ln 1000 = 3.5 κ 次迭代后剩千分之一。次数取决于数据表：缩放之后"
        "的最小二乘，鸢尾花数据需 466 次，糖尿病数据 1,585 次，乳腺癌数据 329,426 次。",
    )
    method = Text(
        "Gradient descent at the best rate until a thousandth of the distance is left; from 0 on"
        " the tables, whose columns have mean 0 and variance 1, in the basis of the eigenvectors"
        " of XᵀX / n.",
        "以最优学习率做梯度下降，直到距离剩千分之一；数据表的列均值为 0、方差为 1，从 0 开始，在"
        " XᵀX / n 的特征向量基下进行。",
    )
    takeaway = Text(
        "There is no usual number. Watch the gradient or the validation loss; where κ is large, use"
        " curvature, momentum (which takes √κ) or better columns rather than patience.",
        "没有通用的次数。看梯度或验证损失；κ 大时，用曲率、动量（只需 √κ）或更好的列，而不是耐心。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        what = Text("iterations, {}", "迭代次数，{}")
        cases, predictions = [], []
        for key, (_, name) in TABLES.items():
            problem = of_table(key)
            named = name.format(problem.kappa)
            said = Text(what.format(named), what.zh.format(named.zh))
            n = problem.steps()
            claimed = Test(key, said, Between(1000, 10_000))
            cases.append(Case(named, (claimed,), expected=1000 <= n <= 10_000))
            predictions.append(Test(key, said, Near(n, relative=0.01)))
        ratio = Text("iterations / predicted ones, κ = {:,.0f}", "迭代次数 / 预测次数，κ = {:,.0f}")
        predictions += [
            Test(f"kappa_{kappa:.0f}", ratio.format(kappa), Near(1.0, absolute=0.03))
            for kappa in KAPPAS
        ]
        return Declaration(tuple(cases), tuple(predictions))

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        total = len(KAPPAS) + len(TABLES)
        half = np.log(1 / ACCURACY) / 2
        counts, rows, of_tables = [], [], []
        for k, kappa in enumerate(KAPPAS):
            problem = Quadratic(np.array([1.0, kappa]), np.ones(2))
            counts.append(self._count(problem))
            yield Sample(f"kappa_{kappa:.0f}", counts[-1] / problem.bound)
            yield Progress(k + 1, total)
        for k, (key, (_, name)) in enumerate(TABLES.items()):
            problem = of_table(key)
            of_tables.append((problem.kappa, float(self._count(problem))))
            yield Sample(key, of_tables[-1][1])
            rows.append((name.format(problem.kappa), float(problem.steps()), of_tables[-1][1]))
            yield Progress(len(KAPPAS) + k + 1, total)
        yield Table(
            Text("Iterations until a thousandth is left", "剩千分之一所需的迭代次数"),
            (Text("table", "数据表"), Text("predicted", "预测"), Text("measured", "测得")),
            tuple(rows),
        )
        xs, ys = zip(*of_tables, strict=True)
        ends = (10.0, 1e5)
        yield Figure(
            Text("Iterations over the condition number", "迭代次数与条件数"),
            Axis(Text("condition number κ", "条件数 κ"), log=True),
            Axis(Text("iterations", "迭代次数"), log=True),
            (
                Curve(Text("quadratics", "二次函数"), KAPPAS, tuple(counts), points=True),
                Curve(Text("real tables", "真实数据表"), xs, ys, points=True),
                Curve(
                    Text("½ κ ln 1000", "½ κ ln 1000"),
                    ends,
                    tuple(float(half * kappa) for kappa in ends),
                    predicted=True,
                ),
            ),
        )

    def _count(self, problem: Quadratic) -> int:
        values, distance = problem.eigenvalues, problem.distances.copy()
        rule = self.rule(2 / float(values.max() + values.min()))
        goal = (ACCURACY * float(np.linalg.norm(distance))) ** 2
        slots = np.zeros((rule.n_slots, len(values)))
        for t in range(1, MOST + 1):
            distance += rule.update(values * distance, slots, t, 1.0)
            if (t < 5000 or t % 8 == 0) and float(distance @ distance) <= goal:
                return t
        return MOST


@cache
def of_table(key: str) -> Quadratic:
    """Least squares of a table, from w = 0."""
    X, y = TABLES[key][0](return_X_y=True)
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    values, vectors = np.linalg.eigh(X.T @ X / len(X))
    return Quadratic(values, vectors.T @ np.linalg.lstsq(X, y, rcond=None)[0])
