"""F8: what training finds of what a network can represent (theory P5)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.activations import ReLU
from rosenblatt.estimators import MLPRegressor
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array

__all__ = ["Planted"]

N_INPUTS, N_UNITS, N_ROWS = 4, 6, 200  # of the teacher, and of the table
WIDTHS = (6, 12, 36)
SOLVED = 1e-3  # of the target's variance


@final
@dataclass(frozen=True)
class Planted(Experiment):
    """The share of random starts that find a function which the network can represent.

    Attributes
    ----------
    activation : str
        Of the networks that are trained; that of the teacher is ReLU.
    """

    activation: str = "relu"

    id = "F8"
    title = Text("What can be represented, and what is found", "能表示什么，能找到什么")
    claim = Text(
        "By universal approximation, training finds any function that the network can represent.",
        "根据万能近似定理，训练能找到网络可表示的任何函数。",
    )
    source = "Hornik 1991; Safran & Shamir 2018 for networks as wide as the teacher"
    theory = Text(
        "The theorem is about what weights exist, not about a descent. A table made by a network of"
        " six units has a network of six units without error; but the objective is not convex, and"
        " descents end in local minima and at flat places. Spare units give ways around them:"
        " with six units fewer than 0.6 of the starts succeed, with six times as many 0.8 at"
        " least.",
        "定理说的是存在怎样的权重，而不是下降过程。由六单元网络生成的数据表，存在无误差的六单元网"
        "络；但目标函数非凸，下降会停在局部极小点和平坦处。多余的单元提供绕行的路：六个单元时成功的"
        "起点不到 0.6，六倍单元时至少 0.8。",
    )
    method = Text(
        "Teachers with four inputs and six ReLU units of random weights; 200 rows without noise."
        " L-BFGS with 6 to 36 ReLU units, from random starts: the share that leaves less than a"
        " thousandth of the variance.",
        "教师网络有四个输入、六个权重随机的 ReLU 单元；200 行无噪声。用 L-BFGS 训练 6 到 36 个 ReLU"
        " 单元，随机起点：残差小于方差千分之一的比例。",
    )
    takeaway = Text(
        "That a solution exists says nothing about finding it. Train wider networks than needed,"
        " from several starts.",
        "解存在并不说明能找到。训练比所需更宽的网络，并多试几个起点。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        share = Text("share of starts that succeed, {} units", "成功的起点比例，{} 个单元")
        enough = AtLeast(0.8)
        least, most = WIDTHS[0], WIDTHS[-1]
        return Declaration(
            (
                Case(
                    Text("the network is as wide as the function needs", "网络宽度恰为函数所需"),
                    (Test("share_6", share.format(least), enough),),
                    expected=False,
                ),
                Case(
                    Text("the network is six times as wide", "网络宽度为所需的六倍"),
                    (Test("share_36", share.format(most), enough),),
                ),
            ),
            (
                Test(
                    "represented",
                    Text("error of six units with the teacher's weights", "取教师权重时的误差"),
                    Near(0.0, absolute=1e-12),
                ),
                Test("share_6", share.format(least), AtMost(0.6)),
                Test("share_12", share.format(12), AtLeast(0.4)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(3, 8)
        n_starts = conditions.choose(4, 12)
        solved = np.zeros((len(generators), len(WIDTHS)))
        for k, rng in enumerate(generators):
            X, y, teacher = self._table(rng)
            yield Sample("represented", float(np.mean((teacher.predict(X) - y) ** 2) / y.var()))
            for i, width in enumerate(WIDTHS):
                seeds = rng.integers(2**31, size=n_starts)
                left = [loss_left(X, y, self.activation, width, int(seed)) for seed in seeds]
                solved[k, i] = np.mean(np.array(left) < SOLVED)
                yield Sample(f"share_{width}", solved[k, i])
                yield Progress(len(WIDTHS) * k + i + 1, len(WIDTHS) * len(generators))
        yield Figure(
            Text("Starts that find the function", "找到该函数的起点"),
            Axis(Text("hidden units", "隐藏单元数")),
            Axis(Text("share of starts", "起点的比例")),
            (
                Curve(
                    Text("measured", "测得"),
                    tuple(map(float, WIDTHS)),
                    tuple(solved.mean(axis=0)),
                    points=True,
                ),
                Curve(
                    Text("what can be represented", "可表示的比例"),
                    (float(WIDTHS[0]), float(WIDTHS[-1])),
                    (1.0, 1.0),
                    predicted=True,
                ),
            ),
        )

    def _table(self, rng: np.random.Generator) -> tuple[Float64Array, Float64Array, MLPRegressor]:
        """Rows, their targets, and a network with the weights that made them."""
        W = rng.normal(size=(N_INPUTS, N_UNITS))
        b, v = rng.normal(size=N_UNITS), rng.choice([-1.0, 1.0], size=N_UNITS)
        X = rng.normal(size=(N_ROWS, N_INPUTS))
        y = ReLU().value(X @ W + b) @ v
        teacher = fitted(X, y, self.activation, N_UNITS, 0, 1)
        teacher.coefs_[0][...], teacher.intercepts_[0][...] = W, b
        teacher.coefs_[1][...], teacher.intercepts_[1][...] = v[:, None], 0.0
        return X, y, teacher


def fitted(
    X: Float64Array,
    y: Float64Array,
    activation: str,
    width: int,
    seed: int,
    n_iterations: int = 500,
) -> MLPRegressor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return MLPRegressor(
            hidden_layer_sizes=(width,),
            activation=activation,
            solver="lbfgs",
            alpha=0.0,
            max_iter=n_iterations,
            max_fun=10 * n_iterations,
            tol=1e-7,
            random_state=seed,
        ).fit(X, y)


def loss_left(X: Float64Array, y: Float64Array, activation: str, width: int, seed: int) -> float:
    """The squared error that training leaves, in variances of y."""
    return float(np.mean((fitted(X, y, activation, width, seed).predict(X) - y) ** 2) / y.var())
