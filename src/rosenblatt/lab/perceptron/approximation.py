"""P5: what a wide hidden layer can approximate, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.activations import Activation, Tanh
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["Approximation"]

WIDTHS = (4, 8, 16, 32, 64, 128, 256)
N_INPUTS, SPREAD = 3, 1.5
GOOD = 1e-3  # of the variance of the function


@final
@dataclass(frozen=True)
class Approximation(Experiment):
    """A function that is a mean over infinitely many units, by n of them.

    Attributes
    ----------
    activation : Activation
        Of the hidden units.
    """

    activation: Activation = field(default_factory=Tanh)

    id = "P5"
    title = Text("Approximation by a wide layer", "宽隐藏层的逼近")
    claim = Text(
        "A wide enough hidden layer approximates any continuous function.",
        "足够宽的隐藏层能逼近任何连续函数。",
    )
    source = "Cybenko 1989; Hornik 1991; Leshno et al. 1993; Barron 1993"
    theory = Text(
        "True if and only if the activation is no polynomial: units z² span the quadratic"
        " functions, and no width brings the error below that of the best quadratic. A function"
        " that is a mean over units is met by n units drawn from it with the squared error V / n"
        " (Maurey; Barron), and by the best n with no more.",
        "当且仅当激活函数不是多项式时成立：单元 z² 张成二次函数空间，再宽误差也不低于最佳二次函"
        "数。若函数是单元的平均，则从中抽取的 n 个单元的平方误差为 V / n（Maurey；Barron），最佳的"
        " n 个不会更差。",
    )
    method = Text(
        "f(x) = E[cos(w·x + b)] weighted by signs, of three inputs. Units drawn for f itself;"
        " random hidden units with output weights by least squares, with the activation and with"
        " z².",
        "三个输入的 f(x) = 带符号的 E[cos(w·x + b)]。抽取 f 自身的单元；以及随机隐藏单元加最小二乘"
        "输出权重，分别用该激活函数和 z²。",
    )
    takeaway = Text(
        "Width buys accuracy with any activation that is no polynomial, at the rate 1 / n at least"
        " for functions of this kind, whatever the number of inputs. That training finds the"
        " weights is another matter (P4).",
        "只要激活函数不是多项式，增加宽度就能提高精度；对这类函数，误差至少按 1 / n 下降，与输入个"
        "数无关。训练能否找到这些权重是另一回事（P4）。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        target = Target(conditions)
        share = Text(
            "squared error of 256 units / variance of f", "256 个单元的平方误差 / f 的方差"
        )
        floor = Test(
            "square",
            share,
            Near(target.error_of_quadratics(), relative=0.02),
        )
        slope = Test(
            "slope",
            Text(
                "slope of ln(error) over ln n, units drawn", "ln(误差) 对 ln n 的斜率，抽取的单元"
            ),
            Near(-1.0, absolute=0.15),
        )
        constant = Test(
            "constant",
            Text("error · n / V, units drawn", "误差 · n / V，抽取的单元"),
            Near(1.0, relative=0.2),
        )
        return Declaration(
            (
                Case(
                    Text("the activation is no polynomial", "激活函数不是多项式"),
                    (Test("other", share, AtMost(GOOD)),),
                ),
                Case(
                    Text("the activation is a polynomial, z²", "激活函数是多项式 z²"),
                    (Test("square", share, AtMost(GOOD)),),
                    expected=False,
                ),
            ),
            (floor, slope, constant),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        target = Target(conditions)
        generators = conditions.generators(6, 30)
        drawn = np.zeros((len(generators), len(WIDTHS)))
        fitted, square = np.zeros_like(drawn), np.zeros_like(drawn)
        for k, rng in enumerate(generators):
            for j, n in enumerate(WIDTHS):
                # Several draws of each, whose mean is less noisy.
                drawn[k, j] = np.mean([target.error_of_drawn(rng, n) for _ in range(8)])
                W, b = rng.normal(size=(N_INPUTS, n)), rng.normal(size=n)
                fitted[k, j] = target.error_by(self.activation.value(target.X @ W + b))
                square[k, j] = target.error_by((target.X @ W + b) ** 2)
            yield Sample("slope", np.polyfit(np.log(WIDTHS), np.log(drawn[k]), 1)[0])
            yield Sample("constant", float((drawn[k] * WIDTHS / target.unit_variance).mean()))
            yield Sample("other", fitted[k, -1])
            yield Sample("square", square[k, -1])
            yield Progress(k + 1, len(generators))
        yield Figure(
            Text("Squared error over width", "平方误差随宽度的变化"),
            Axis(Text("hidden units n", "隐藏单元数 n"), log=True),
            Axis(Text("squared error / variance of f", "平方误差 / f 的方差"), log=True),
            (
                Curve(Text("units drawn for f", "为 f 抽取的单元"), WIDTHS, means(drawn)),
                Curve(
                    Text("random units, least squares", "随机单元，最小二乘"), WIDTHS, means(fitted)
                ),
                Curve(Text("the same, units z²", "同上，单元 z²"), WIDTHS, means(square)),
                Curve(
                    Text("V / n", "V / n"),
                    WIDTHS,
                    tuple(target.unit_variance / n for n in WIDTHS),
                    predicted=True,
                ),
                Curve(
                    Text("best quadratic", "最佳二次函数"),
                    (float(WIDTHS[0]), float(WIDTHS[-1])),
                    (target.error_of_quadratics(),) * 2,
                    predicted=True,
                ),
            ),
        )


def means(errors: Float64Array) -> tuple[float, ...]:
    """Geometric means over the repetitions."""
    return tuple(np.exp(np.log(np.maximum(errors, 1e-300)).mean(axis=0)))


@final
class Target:
    """f(x) = the mean of many units c cos(w·x + b), c = ±1, and its values on a cloud of points."""

    def __init__(self, conditions: Conditions) -> None:
        rng = np.random.default_rng(conditions.seed + 7)
        n_units = 20_000
        self.X = rng.uniform(-1, 1, size=(conditions.choose(300, 600), N_INPUTS))
        W = SPREAD * rng.normal(size=(N_INPUTS, n_units))
        b = rng.uniform(0, 2 * np.pi, size=n_units)
        # The sign makes the mean another function than 0.
        self.units = np.sign(np.cos(b)) * np.cos(self.X @ W + b)
        self.f = self.units.mean(axis=1)
        self.variance = float(self.f.var())
        # Of one unit drawn, in units of the variance of f.
        self.unit_variance = float(self.units.var(axis=1).mean()) / self.variance

    def error_of_drawn(self, rng: np.random.Generator, n: int) -> float:
        """The squared error of the mean of n units that are drawn for f."""
        drawn = self.units[:, rng.integers(self.units.shape[1], size=n)]
        return float(((drawn.mean(axis=1) - self.f) ** 2).mean()) / self.variance

    def error_by(self, hidden: FloatArray) -> float:
        """The squared error of the best output weights and bias over these hidden units."""
        features = np.column_stack([hidden, np.ones(len(hidden))])
        weights = np.linalg.lstsq(features, self.f, rcond=1e-12)[0]
        return float(((features @ weights - self.f) ** 2).mean()) / self.variance

    def error_of_quadratics(self) -> float:
        """The squared error of the best polynomial of degree 2."""
        i, j = np.triu_indices(N_INPUTS)
        return self.error_by(np.column_stack([self.X, self.X[:, i] * self.X[:, j]]))
