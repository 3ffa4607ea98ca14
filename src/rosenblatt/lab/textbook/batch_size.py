"""F5: mini-batches beside full batches (theory G6)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.callbacks import EpochEnd
from rosenblatt.curvature import Objective, gradient_noise
from rosenblatt.estimators import MLPClassifier
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import Float64Array

__all__ = ["BatchSize"]

N_WEIGHTS, LEFT = 15, 0.01  # of the regression; of the squared error, when steps are counted
CRITICAL = N_WEIGHTS + 1
SIZES = (1, 4, 16, 64, 256)
MOST = 1000
GOAL = 0.05  # training loss of the network
# Rows of a batch → most epochs, and learning rates to choose from.
SETTINGS = {500: (800, (0.1, 0.4)), 25: (200, (0.025, 0.1))}


def mean_over_rows(gradients: Float64Array) -> Float64Array:
    """The gradient of each batch, from those of its rows, shape (n_batches, b, n_parameters)."""
    return np.asarray(gradients.mean(axis=1))


@final
@dataclass(frozen=True)
class BatchSize(Experiment):
    """Steps and rows until a regression is solved, and what a network does on new rows.

    Attributes
    ----------
    of_batch : callable
        From the gradients of the rows of batches to those of the batches.
    """

    of_batch: Callable[[Float64Array], Float64Array] = mean_over_rows

    id = "F5"
    title = Text("Mini-batches or full batches", "小批量还是全批量")
    claim = Text("Mini-batches learn better than full batches.", "小批量比全批量学得好。")
    source = (
        "Ma, Bassily & Belkin 2018; McCandlish et al. 2018; Keskar et al. 2017 and Shallue et al."
        " 2019 on generalisation"
    )
    theory = Text(
        "Regression on d normal inputs without noise: at the best rate for batches of b,"
        " b / (b + d + 1), a step leaves (d + 1) / (b + d + 1) of the mean squared error. Steps"
        " fall as 1 / b up to the critical size d + 1 = 16, which is the noise scale tr Σ / ‖g‖²,"
        " and as 1 / ln b beyond. Counted in rows small batches win, 0.18 of what b = 256 takes;"
        " counted in steps they take 47 times as many. At equal fit neither generalises better.",
        "d 个正态输入的无噪声回归：批量 b 取最优学习率 b / (b + d + 1)，一步后均方误差剩 (d + 1)"
        " / (b + d + 1)。步数先按 1 / b 减少，直到临界批量 d + 1 = 16，即噪声尺度 tr Σ / ‖g‖²；之"
        "后按 1 / ln b。按行数计，小批量胜出，只需 b = 256 的 0.18；按步数计则需 47 倍。拟合相同"
        "时，泛化没有优劣。",
    )
    method = Text(
        "Many regressions at once, with new rows each step, until 1 % of the mean squared error is"
        " left. Networks of 32 units on 500 of the digits, in batches of 25 and of all rows, to the"
        " same training loss; each at the rate, of two, that gets there in fewer epochs.",
        "同时运行多个回归，每步用新行，直到均方误差剩 1 %。手写数字 500 行上 32 个单元的网络，批量"
        "为 25 行和全部行，训练到同样的训练损失；各取两个学习率中先到达者。",
    )
    takeaway = Text(
        "Below the noise scale twice the batch saves half of the steps at no more rows; above it"
        " rows are wasted. Choose the batch by your hardware, tune the rate anew, and compare at"
        " equal rows or equal steps, saying which.",
        "批量低于噪声尺度时，加倍可省一半步数而不多用行；高于它则浪费行。按硬件选批量，重新调学习"
        "率，并在相同行数或相同步数下比较，且说明是哪一种。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        rows = Text("rows for b = 1 / for b = 256", "b = 1 与 b = 256 所需行数之比")
        steps = Text("steps for b = 1 / for b = 256", "b = 1 与 b = 256 所需步数之比")
        better = Text(
            "errors on new rows, full batch - mini-batch", "新数据错误率之差：全批量 - 小批量"
        )
        tolerance = conditions.choose(0.15, 0.1)
        taken = Text("steps / predicted ones, b = {}", "步数 / 预测步数，b = {}")
        by_steps = float(predicted(1) / predicted(256))
        return Declaration(
            (
                Case(
                    Text("rows, or epochs, are counted", "按行数（轮数）计"),
                    (Test("rows", rows, AtMost(0.5)),),
                ),
                Case(
                    Text("steps are counted", "按步数计"),
                    (Test("steps", steps, AtMost(1.0)),),
                    expected=False,
                ),
                Case(
                    Text(
                        "errors on new rows count, at equal training loss",
                        "训练损失相同时看新数据的错误率",
                    ),
                    (Test("better", better, AtLeast(0.02)),),
                    expected=False,
                ),
            ),
            (
                Test("rows", rows, Near(by_steps / 256, relative=2 * tolerance)),
                Test("steps", steps, Near(by_steps, relative=2 * tolerance)),
                *(
                    Test(f"steps_{b}", taken.format(b), Near(1.0, absolute=tolerance))
                    for b in SIZES
                ),
                Test(
                    "noise",
                    Text("noise scale tr Σ / ‖g‖²", "噪声尺度 tr Σ / ‖g‖²"),
                    Near(CRITICAL, relative=0.1),
                ),
                Test("better", better, Near(0.0, absolute=0.02)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        n_runs = conditions.choose(400, 2000)
        counts = {}
        for b in SIZES:
            counts[b] = self._steps(b, n_runs if b < 256 else n_runs // 4, rng)
            yield Sample(f"steps_{b}", counts[b] / predicted(b))
        yield Sample("steps", counts[1] / counts[256])
        yield Sample("rows", counts[1] / (256 * counts[256]))
        yield Sample("noise", noise_scale(rng))
        generators = conditions.generators(3, 10)
        for k, of_seed in enumerate(generators):
            yield Sample("better", gain_on_new_rows(of_seed))
            yield Progress(k + 1, len(generators))
        at = tuple(map(float, SIZES))
        fine = np.logspace(0, np.log10(SIZES[-1]), 60)
        yield Figure(
            Text("Steps until 1 % of the error is left", "误差剩 1 % 所需的步数"),
            Axis(Text("rows b of the batch", "批内行数 b"), log=True),
            Axis(Text("steps", "步数"), log=True),
            (
                Curve(Text("measured", "测得"), at, tuple(counts.values()), points=True),
                Curve(
                    Text("ln 100 / ln(1 + b / 16)", "ln 100 / ln(1 + b / 16)"),
                    tuple(fine),
                    tuple(map(predicted, fine)),
                    predicted=True,
                ),
                Curve(
                    Text("1 / b", "1 / b"), tuple(fine), tuple(predicted(1) / fine), predicted=True
                ),
            ),
        )

    def _steps(self, b: int, n_runs: int, rng: np.random.Generator) -> float:
        """Until the mean squared error is at 1 %, between the steps on a line of its logarithm."""
        error = rng.normal(size=(n_runs, N_WEIGHTS))
        rate, loss = b / (b + CRITICAL), SquaredError()
        goal = LEFT * float((error**2).mean())
        before = goal / LEFT
        for t in range(1, MOST + 1):
            X = rng.normal(size=(n_runs, b, N_WEIGHTS))
            scores = (X @ error[:, :, None]).reshape(-1, 1)
            of_rows = loss.gradient(scores, np.zeros_like(scores)).reshape(n_runs, b, 1)
            error = error - rate * self.of_batch(of_rows * X)
            after = float((error**2).mean())
            if after > goal / LEFT**4:  # it diverges
                break
            if after <= goal:
                return t - 1 + np.log(before / goal) / np.log(before / after)
            before = after
        return float(MOST)


def predicted(b: float) -> float:
    """Steps for batches of b at their best rate."""
    return float(np.log(1 / LEFT) / np.log(1 + b / CRITICAL))


def noise_scale(rng: np.random.Generator) -> float:
    X = rng.normal(size=(20_000, N_WEIGHTS))
    w = rng.normal(size=N_WEIGHTS)
    rows = Arrays(X, (X @ w)[:, None])
    objective = Objective(Network(N_WEIGHTS, (Dense(1),)), SquaredError(), L2(0.0), rows)
    # Of the weights alone: theory has no bias.
    noise = gradient_noise(objective, np.zeros(N_WEIGHTS + 1))
    squared = float(noise.gradient[:-1] @ noise.gradient[:-1])
    return float(noise.variance[:-1].sum()) / squared


def gain_on_new_rows(rng: np.random.Generator) -> float:
    """Share of errors of a network trained on full batches, minus that of mini-batches."""
    X, y = load_digits(return_X_y=True)
    order, seed = rng.permutation(len(X)), int(rng.integers(2**31))
    X, y = X[order] / 16, y[order]
    errors = []
    for size, (most, rates) in SETTINGS.items():
        fits = [fitted(X[:500], y[:500], size, rate, most, seed) for rate in rates]
        reached = [network for network in fits if network.loss_ <= GOAL] or fits
        best = min(reached, key=lambda network: network.n_iter_)
        errors.append(1 - float(best.score(X[500:], y[500:])))
    return errors[0] - errors[1]


def fitted(
    X: Float64Array, y: np.ndarray, size: int, rate: float, most: int, seed: int
) -> MLPClassifier:
    """A network whose training ends at the loss `GOAL`."""

    def at_goal(end: EpochEnd) -> bool:
        return bool(end.record["loss"] <= GOAL)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return MLPClassifier(
            (32,),
            solver="sgd",
            alpha=0.0,
            batch_size=size,
            learning_rate_init=rate,
            max_iter=most,
            tol=0.0,
            n_iter_no_change=most,
            random_state=seed,
            callbacks=[at_goal],
        ).fit(X, y)
