"""F9: the risk over the number of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import StandardScaler

from rosenblatt.activations import ReLU
from rosenblatt.initializers import HeNormal
from rosenblatt.lab.criterion import AtLeast, AtMost, Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array

__all__ = ["DoubleDescent"]

N_ROWS, SIGNAL, NOISE = 100, 1.0, 1.0  # r² and σ²
STRONG = 25.0  # r² of a signal that is stronger than the noise
RATIOS = (0.2, 0.5, 0.8, 1.25, 2.0, 4.0, 8.0)  # γ, parameters / rows
WIDTHS = (10, 30, 60, 90, 100, 110, 150, 300, 1000, 3000)  # of random features, on 100 rows
TRAINED = 100


def shortest(A: Float64Array, b: Float64Array) -> Float64Array:
    """The least-squares solution of the least norm."""
    return np.asarray(np.linalg.lstsq(A, b, rcond=None)[0])


@final
@dataclass(frozen=True)
class DoubleDescent(Experiment):
    """Least squares with more and more parameters, on normal inputs and on a real table.

    Attributes
    ----------
    solve : callable
        From rows and targets to weights.
    """

    solve: Callable[[Float64Array, Float64Array], Float64Array] = shortest

    id = "F9"
    title = Text("Do more parameters overfit?", "参数越多越过拟合吗？")
    claim = Text("More parameters overfit.", "参数越多，越容易过拟合。")
    source = "Belkin et al. 2019; Hastie et al. 2022, theorem 1, for the formula"
    theory = Text(
        "With γ parameters a row on isotropic inputs, signal r² and noise σ², the risk of the"
        " shortest least-squares solution is σ² γ / (1 - γ) for γ < 1 and (1 - 1 / γ) r² + σ² /"
        " (γ - 1) beyond. It is infinite where parameters equal rows: the solution must pass"
        " through all the noise, and hardly can. With more of them there are many such solutions,"
        " and the shortest is a quiet one: but it misses the share 1 - 1 / γ of the signal, so"
        " that for r > σ the risk rises again from γ = r / (r - σ) on. Random ReLU features do"
        " the same: a peak at as many as rows.",
        "各向同性输入，每行 γ 个参数，信号 r²、噪声 σ²：最短最小二乘解的风险在 γ < 1 时为 σ² γ /"
        " (1 - γ)，之后为 (1 - 1 / γ) r² + σ² / (γ - 1)。参数数等于行数时为无穷：解必须勉强穿过所"
        "有噪声。参数更多时这样的解很多，其中最短的较平稳；但它漏掉信号的 1 - 1 / γ，所以 r > σ 时"
        "风险从 γ = r / (r - σ) 起又上升。随机 ReLU 特征也一样：特征数等于行数处出现峰值。",
    )
    method = Text(
        "Linear regression on 100 rows with 20 to 800 normal inputs, r² = σ² = 1: the exact risk of"
        " each solution. On 100 rows of the diabetes data 10 to 3,000 random ReLU features, and the"
        " squared error on the other rows.",
        "100 行、20 到 800 个正态输入的线性回归，r² = σ² = 1：每个解的精确风险。糖尿病数据的 100"
        " 行上 10 到 3,000 个随机 ReLU 特征，及其余行上的平方误差。",
    )
    takeaway = Text(
        "Fear the number of parameters near that of rows. Far beyond it, what counts is which of"
        " the solutions training takes; a ridge removes the peak.",
        "要警惕的是参数数接近行数。远超之后，重要的是训练取了哪个解；岭回归可消除峰值。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        growth = Text("risk at γ = {} / at γ = {}", "γ = {} 与 γ = {} 的风险之比")
        risk = Text("risk / predicted one, γ = {}", "风险 / 预测风险，γ = {}")
        tolerance = conditions.choose(0.3, 0.15)
        return Declaration(
            (
                Case(
                    Text("there are fewer parameters than rows", "参数少于行"),
                    (Test("below", growth.format(0.8, 0.2), AtLeast(1.0)),),
                ),
                Case(
                    Text(
                        "there are more parameters than rows, and noise as strong as the signal",
                        "参数多于行，且噪声与信号一样强",
                    ),
                    (Test("above", growth.format(8, 1.25), AtLeast(1.0)),),
                    expected=False,
                ),
            ),
            (
                *(
                    Test(f"risk_{ratio:g}", risk.format(f"{ratio:g}"), Near(1.0, tolerance))
                    for ratio in RATIOS
                ),
                Test(
                    "strong",
                    Text("the same growth for r = 5 σ", "r = 5 σ 时的同一比值"),
                    Near(predicted(8, STRONG) / predicted(1.25, STRONG), relative=tolerance),
                ),
                Test(
                    "peak",
                    Text("random features at the peak / rows", "峰值处的随机特征数 / 行数"),
                    Between(0.9, 1.1),
                ),
                Test(
                    "fall",
                    Text(
                        "error with 3,000 features / at the peak", "3,000 个特征的误差 / 峰值误差"
                    ),
                    AtMost(0.2),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(30, 120)
        total = len(generators)
        risks, strong = np.empty((total, len(RATIOS))), np.empty((total, 2))
        errors = []
        for k, rng in enumerate(generators):
            risks[k] = [self._risk(round(ratio * N_ROWS), rng) for ratio in RATIOS]
            strong[k] = [self._risk(round(g * N_ROWS), rng, STRONG) for g in (1.25, 8)]
            if k % 5 == 0:
                errors.append(self._errors(rng))
            yield Progress(k + 1, total)
        means = risks.mean(axis=0)
        for ratio, value in zip(RATIOS, means, strict=True):
            yield Sample(f"risk_{ratio:g}", float(value / predicted(ratio)))
        yield Sample("below", float(means[RATIOS.index(0.8)] / means[RATIOS.index(0.2)]))
        yield Sample("above", float(means[-1] / means[RATIOS.index(1.25)]))
        yield Sample("strong", float(strong[:, 1].mean() / strong[:, 0].mean()))
        middle = np.median(errors, axis=0)
        yield Sample("peak", WIDTHS[int(middle.argmax())] / TRAINED)
        yield Sample("fall", float(middle[-1] / middle.max()))
        below, above = np.linspace(0.1, 0.95, 60), np.geomspace(1.05, 8, 60)
        yield Figure(
            Text("Linear regression, normal inputs", "正态输入的线性回归"),
            Axis(Text("parameters / rows, γ", "参数数 / 行数，γ"), log=True),
            Axis(Text("risk", "风险"), log=True),
            (
                Curve(Text("measured", "测得"), RATIOS, tuple(means), points=True),
                *(
                    Curve(name, tuple(at), tuple(map(predicted, at)), predicted=True)
                    for name, at in (
                        (Text("σ² γ / (1 - γ)", "σ² γ / (1 - γ)"), below),
                        (
                            Text("(1 - 1 / γ) r² + σ² / (γ - 1)", "(1 - 1 / γ) r² + σ² / (γ - 1)"),
                            above,
                        ),
                    )
                ),
            ),
        )
        yield Figure(
            Text("Random ReLU features, diabetes data", "糖尿病数据的随机 ReLU 特征"),
            Axis(Text("features", "特征数"), log=True),
            Axis(
                Text("squared error on new rows / variance", "新数据上的平方误差 / 方差"), log=True
            ),
            (
                Curve(Text("measured", "测得"), tuple(map(float, WIDTHS)), tuple(middle)),
                Curve(
                    Text("as many as rows", "与行数相同"),
                    (float(TRAINED),) * 2,
                    (float(middle.min()), float(middle.max())),
                    predicted=True,
                ),
            ),
        )

    def _risk(self, n_inputs: int, rng: np.random.Generator, signal: float = SIGNAL) -> float:
        """E (x · (ŵ - w))² over new rows, which is ‖ŵ - w‖²."""
        w = rng.normal(size=n_inputs)
        w *= np.sqrt(signal) / np.linalg.norm(w)
        X = rng.normal(size=(N_ROWS, n_inputs))
        y = X @ w + np.sqrt(NOISE) * rng.normal(size=N_ROWS)
        return float(((self.solve(X, y) - w) ** 2).sum())

    def _errors(self, rng: np.random.Generator) -> list[float]:
        """On new rows of the diabetes data, for each number of features."""
        X, y = load_diabetes(return_X_y=True)
        X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
        order = rng.permutation(len(X))
        seen, new = order[:TRAINED], order[TRAINED:]
        found = []
        for width in WIDTHS:
            z = X @ HeNormal().draw(rng, X.shape[1], width)[0]
            features = ReLU().value(z) / np.sqrt(width)
            weights = self.solve(features[seen], y[seen])
            found.append(float(((features[new] @ weights - y[new]) ** 2).mean()))
        return found


def predicted(ratio: float, signal: float = SIGNAL) -> float:
    """The risk in the limit of many rows and parameters."""
    if ratio < 1:
        return NOISE * ratio / (1 - ratio)
    return signal * (1 - 1 / ratio) + NOISE / (ratio - 1)
