"""G6: the variance of a mini-batch's gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Between
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import tumours
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array

__all__ = ["BatchVariance"]

SIZES = (1, 4, 16, 64, 256, 512)


def mean_over_rows(gradients: Float64Array) -> Float64Array:
    """The gradient of each batch, from those of its rows, shape (n_batches, b, n_parameters)."""
    return np.asarray(gradients.mean(axis=1))


@final
@dataclass(frozen=True)
class BatchVariance(Experiment):
    """Gradients of many batches beside that of all rows.

    Attributes
    ----------
    of_batch : callable
        From the gradients of the rows of batches to those of the batches.
    """

    of_batch: Callable[[Float64Array], Float64Array] = mean_over_rows

    id = "G6"
    title = Text("The noise of a mini-batch", "小批量的噪声")
    claim = Text(
        "The variance of a mini-batch's gradient is σ² / b.", "小批量梯度的方差是 σ² / b。"
    )
    source = "Sampling theory; Cochran 1977"
    theory = Text(
        "With replacement the rows of a batch are independent, and the variance is σ² / b. Without"
        " it is (σ² / b)(N - b) / (N - 1): less, and 0 for the whole table. An epoch of shuffled"
        " batches draws without.",
        "有放回抽样时批内各行独立，方差为 σ² / b。无放回时为 (σ² / b)(N - b) / (N - 1)：更小，取全"
        "表时为 0。一轮打乱的批量是无放回的。",
    )
    method = Text(
        "Logistic regression of the breast-cancer data (N = 569) at random weights; the mean"
        " squared distance of batch gradients to the whole one, for b from 1 to 512.",
        "随机权重处乳腺癌数据（N = 569）的逻辑回归；b 从 1 到 512，批量梯度到全梯度的均方距离。",
    )
    takeaway = Text(
        "Four times the batch halves the noise's standard deviation and costs four times as much."
        " Near the whole table shuffling removes the rest.",
        "批量增至四倍，噪声标准差减半，代价也是四倍。接近全表时，无放回消除其余噪声。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        off = Text("largest |variance / (σ² / b) - 1|, {}", "最大的 |方差 / (σ² / b) - 1|，{}")
        without = Text(
            "variance / (σ² / b)(N - b) / (N - 1), {}", "方差 / (σ² / b)(N - b) / (N - 1)，{}"
        )
        tolerance = conditions.choose(0.12, 0.05)
        near = Between(1 - tolerance, 1 + tolerance)
        return Declaration(
            (
                Case(
                    Text("rows are drawn with replacement", "有放回抽样"),
                    (
                        Test(
                            "with",
                            Text(off.format("with"), off.zh.format("有放回")),
                            AtMost(tolerance),
                        ),
                    ),
                ),
                Case(
                    Text("rows are drawn without replacement", "无放回抽样"),
                    (
                        Test(
                            "without",
                            Text(off.format("without"), off.zh.format("无放回")),
                            AtMost(tolerance),
                        ),
                    ),
                    expected=False,
                ),
            ),
            (
                Test("least", Text(without.format("least"), without.zh.format("最小")), near),
                Test("most", Text(without.format("most"), without.zh.format("最大")), near),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        problem, n = tumours(), len(tumours().X)
        (rng,) = conditions.generators(1, 1)
        w = 0.1 * rng.normal(size=problem.n_parameters)
        gradients = problem.gradients(w)
        whole = gradients.mean(axis=0)
        sigma2 = float(((gradients - whole) ** 2).sum(axis=1).mean())
        # So many batches, and more of small ones, whose variance has the heavier tail.
        fewest, n_rows = conditions.choose((2000, 100_000), (8000, 400_000))
        measured: dict[str, list[float]] = {"with": [], "without": []}
        for k, b in enumerate(SIZES):
            for key, values in measured.items():
                n_batches = max(fewest, n_rows // b)
                rows = drawn(rng, n, b, n_batches, replaced=key == "with")
                values.append(self._variance(gradients, whole, rows))
            yield Progress(k + 1, len(SIZES))
        sizes = np.array(SIZES)
        simple = sigma2 / sizes
        corrected = simple * (n - sizes) / (n - 1)
        for key, values in measured.items():
            yield Sample(key, float(np.abs(np.array(values) / simple - 1).max()))
        ratios = np.array(measured["without"]) / corrected
        yield Sample("least", float(ratios.min()))
        yield Sample("most", float(ratios.max()))
        at = tuple(map(float, SIZES))
        yield Figure(
            Text("Variance of the gradient of a batch", "批量梯度的方差"),
            Axis(Text("rows b of the batch", "批内行数 b"), log=True),
            Axis(Text("E ‖g_b - g‖²", "E ‖g_b - g‖²"), log=True),
            (
                Curve(Text("with replacement", "有放回"), at, tuple(measured["with"]), points=True),
                Curve(Text("without", "无放回"), at, tuple(measured["without"]), points=True),
                Curve(Text("σ² / b", "σ² / b"), at, tuple(simple), predicted=True),
                Curve(
                    Text("(σ² / b)(N - b) / (N - 1)", "(σ² / b)(N - b) / (N - 1)"),
                    at,
                    tuple(corrected),
                    predicted=True,
                ),
            ),
        )

    def _variance(self, gradients: Float64Array, whole: Float64Array, rows: np.ndarray) -> float:
        total = 0.0
        for some in np.array_split(rows, max(1, rows.size // 50_000)):
            total += float(((self.of_batch(gradients[some]) - whole) ** 2).sum())
        return total / len(rows)


def drawn(
    rng: np.random.Generator, n: int, b: int, n_batches: int, *, replaced: bool
) -> np.ndarray:
    """Numbers of rows, shape (n_batches, b)."""
    if replaced:
        return rng.integers(n, size=(n_batches, b))
    return np.stack([rng.permutation(n)[:b] for _ in range(n_batches)])
