"""P6: the number of hidden units."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.estimators import MLPRegressor
from rosenblatt.lab.criterion import AtLeast, AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array

__all__ = ["HiddenSize"]

N_INPUTS, ROWS, HELD_OUT, NOISE = 4, 200, 400, 0.3
SIZES = (1, 2, 3, 6, 12, 24, 48)


def two_thirds(n_inputs: int, n_outputs: int) -> int:
    """A rule of thumb: two thirds of the inputs, and the outputs."""
    return round(2 * n_inputs / 3) + n_outputs


@final
@dataclass(frozen=True)
class HiddenSize(Experiment):
    """Two problems of the same inputs, outputs and rows, and the sizes that suit them.

    Attributes
    ----------
    rule : callable
        From the numbers of inputs and outputs to that of hidden units.
    frequency : float
        Of the curved problem.
    """

    rule: Callable[[int, int], int] = two_thirds
    frequency: float = 4.0

    id = "P6"
    title = Text("The number of hidden units", "隐藏单元的个数")
    claim = Text(
        "The numbers of inputs and outputs determine the number of hidden units.",
        "输入和输出的个数决定隐藏单元的个数。",
    )
    source = "Rules of thumb; practice"
    theory = Text(
        "No theory gives it: the size that predicts best depends on the function and its noise."
        " Two problems of four inputs, one output and 200 rows: a plane under noise wants the"
        " fewest units, a wave many. Trying candidates on rows held out finds both; any rule of"
        " the inputs and outputs is the same for both, and far off for one of them.",
        "没有理论给出它：预测最好的大小取决于函数及其噪声。两个问题都有四个输入、一个输出、200"
        " 行：带噪声的平面需要最少的单元，波形需要很多。在留出的行上试候选值对两者都适用；任何只看"
        "输入输出个数的规则对两者给出同一个数，至少对一个相差甚远。",
    )
    method = Text(
        "L-BFGS fits of 1 to 48 tanh units; squared error on 2,000 new rows without noise; the"
        " candidate chosen by 400 further noisy rows.",
        "用 1 到 48 个 tanh 单元做 L-BFGS 拟合；在 2,000 行无噪声新数据上的平方误差；用另外 400 行"
        "含噪数据选择候选。",
    )
    takeaway = Text(
        "Try several sizes and keep the best by rows held out: `rosenblatt search`.",
        "试几个大小，用留出的行选出最好的：`rosenblatt search`。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        return Declaration(
            (
                Case(
                    Text("problems of the same inputs and outputs", "输入输出个数相同的问题"),
                    (
                        Test(
                            "rule",
                            Text(
                                "error by the rule / best error, the worse problem",
                                "按规则的误差 / 最佳误差（较差的问题）",
                            ),
                            AtMost(1.5),
                        ),
                    ),
                    expected=False,
                ),
            ),
            (
                Test(
                    "chosen",
                    Text(
                        "error of the candidate chosen / best error, mean",
                        "所选候选的误差 / 最佳误差，平均",
                    ),
                    AtMost(2.0),
                ),
                Test(
                    "apart",
                    Text(
                        "best size for the wave / for the plane", "波形的最佳大小 / 平面的最佳大小"
                    ),
                    AtLeast(2.0),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(2, 6)
        functions = (plane, lambda X: np.sin(self.frequency * (X[:, 0] + X[:, 1])) + X[:, 2])
        errors = np.zeros((len(functions), len(generators), len(SIZES)))
        chosen = np.zeros((len(functions), len(generators)))
        for k, rng in enumerate(generators):
            for f, function in enumerate(functions):
                errors[f, k], by_rows = compared(function, rng)
                chosen[f, k] = errors[f, k][by_rows]
                yield Progress(len(functions) * k + f + 1, len(functions) * len(generators))
        means = errors.mean(axis=1)
        best = means.min(axis=1)
        by_rule = int(np.abs(np.array(SIZES) - self.rule(N_INPUTS, 1)).argmin())
        yield Sample("rule", float((means[:, by_rule] / best).max()))
        yield Sample("chosen", float((chosen.mean(axis=1) / best).mean()))
        sizes = np.array(SIZES)[means.argmin(axis=1)]
        yield Sample("apart", float(sizes[1] / sizes[0]))
        names = (Text("plane", "平面"), Text("wave", "波形"))
        yield Figure(
            Text("Error on new rows", "新数据上的误差"),
            Axis(Text("hidden units", "隐藏单元数"), log=True),
            Axis(Text("squared error", "平方误差"), log=True),
            (
                *(Curve(n, SIZES, tuple(m)) for n, m in zip(names, means, strict=True)),
                Curve(
                    Text("rule of thumb", "经验规则"),
                    (float(SIZES[by_rule]),) * 2,
                    (float(means.min()), float(means.max())),
                    predicted=True,
                ),
            ),
        )


def plane(X: Float64Array) -> Float64Array:
    return np.asarray(X @ np.array([1.0, -1.0, 0.5, 0.25]))


def compared(
    function: Callable[[Float64Array], Float64Array], rng: np.random.Generator
) -> tuple[Float64Array, int]:
    """(The error of each size, which of them the rows held out choose)."""
    X, held_out, new = (rng.uniform(-1, 1, size=(n, N_INPUTS)) for n in (ROWS, HELD_OUT, 2000))
    y = function(X) + NOISE * rng.normal(size=len(X))
    y_held_out = function(held_out) + NOISE * rng.normal(size=len(held_out))
    seed = int(rng.integers(2**31))
    errors, losses = [], []
    for size in SIZES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            network = MLPRegressor(
                hidden_layer_sizes=(size,),
                activation="tanh",
                solver="lbfgs",
                alpha=1e-3,
                max_iter=400,
                random_state=seed,
            ).fit(X, y)
        errors.append(float(((network.predict(new) - function(new)) ** 2).mean()))
        losses.append(float(((network.predict(held_out) - y_held_out) ** 2).mean()))
    return np.array(errors), int(np.argmin(losses))
