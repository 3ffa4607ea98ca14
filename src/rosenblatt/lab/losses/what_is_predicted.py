"""L15: what a trained network predicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.losses.entropy import softmax
from rosenblatt.lab.losses.minimising import minimiser
from rosenblatt.lab.observation import Observation, Sample, Table
from rosenblatt.lab.text import Text
from rosenblatt.losses import CategoricalCrossEntropy, LogCosh, Loss, SquaredError

__all__ = ["WhatIsPredicted"]

# P(y | x) of three values of x (rows) and y = 0, 1, 10 (columns).
VALUES = np.array([0.0, 1.0, 10.0])
PROBABILITIES = np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.2, 0.2, 0.6]])
PARTS = 10  # that all probabilities are whole multiples of


@final
@dataclass(frozen=True)
class WhatIsPredicted(Experiment):
    """A model that can represent anything of x, on rows of exactly known distribution."""

    squared_error: Loss = field(default_factory=SquaredError)
    cross_entropy: Loss = field(default_factory=CategoricalCrossEntropy)

    id = "L15"
    title = Text("What the losses predict", "各损失预测的是什么")
    claim = Text(
        "The squared error predicts E[y | x], the cross-entropy P(y | x).",
        "平方误差预测 E[y | x]，交叉熵预测 P(y | x)。",
    )
    source = "Standard; Gneiting 2011 for the functionals of losses"
    theory = Text(
        "Where the model can take any value for each x, the best one is the mean of y given x under"
        " the squared error, and the frequencies of the classes under the cross-entropy. Another"
        " loss has another best value: that of log-cosh lies between median and mean.",
        "若模型对每个 x 可取任意值，则平方误差下的最佳值是给定 x 时 y 的均值，交叉熵下的是各类的频"
        "率。其他损失有其他最佳值：log-cosh 的介于中位数与均值之间。",
    )
    method = Text(
        "Three values of x, ten rows each, in which y = 0, 1, 10 have known frequencies; a weight"
        " of its own for each x.",
        "x 取三个值，各十行，y = 0、1、10 的频率已知；每个 x 有自己的权重。",
    )
    takeaway = Text(
        "Choose the loss by what is to be predicted: mean, median, quantile or probability.",
        "按要预测的量选择损失：均值、中位数、分位数或概率。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        return Declaration(
            (
                Case(
                    Text("the model can represent them", "模型能够表示它们"),
                    (
                        Test(
                            "means",
                            Text("largest |prediction - E[y | x]|", "最大的 |预测 - E[y | x]|"),
                            AtMost(1e-6),
                        ),
                        Test(
                            "probabilities",
                            Text("largest |prediction - P(y | x)|", "最大的 |预测 - P(y | x)|"),
                            AtMost(1e-6),
                        ),
                    ),
                ),
            ),
            (
                Test(
                    "log_cosh",
                    Text(
                        "log-cosh: share of the way from median to mean, most",
                        "log-cosh：从中位数到均值的最大比例",
                    ),
                    AtMost(0.9),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        counts = np.rint(PROBABILITIES * PARTS).astype(int)
        x = np.repeat(np.arange(3), counts.sum(axis=1))
        codes = np.concatenate([np.repeat(np.arange(3), row) for row in counts])
        X, y = np.eye(3)[x], VALUES[codes][:, None]
        means = PROBABILITIES @ VALUES
        medians = np.array([np.median(y[x == k]) for k in range(3)])
        found = minimiser(self.squared_error, X, y, np.zeros((3, 1)))[:, 0]
        yield Sample("means", float(np.abs(found - means).max()))
        scores = minimiser(self.cross_entropy, X, codes[:, None].astype(float), np.zeros((3, 3)))
        p = softmax(scores)
        yield Sample("probabilities", float(np.abs(p - PROBABILITIES).max()))
        robust = minimiser(LogCosh(), X, y, medians[:, None])[:, 0]
        yield Sample("log_cosh", float(((robust - medians) / (means - medians)).max()))
        headings = (
            Text("x", "x"),
            Text("E[y | x]", "E[y | x]"),
            Text("squared error", "平方误差"),
            Text("median", "中位数"),
            Text("log-cosh", "log-cosh"),
            Text("P(10 | x)", "P(10 | x)"),
            Text("cross-entropy", "交叉熵"),
        )
        columns = (means, found, medians, robust, PROBABILITIES[:, 2], p[:, 2])
        numbers = [[float(column[k]) for column in columns] for k in range(3)]
        rows: list[tuple[str | float, ...]] = [(str(k), *numbers[k]) for k in range(3)]
        yield Table(Text("Predictions", "预测"), headings, tuple(rows))
