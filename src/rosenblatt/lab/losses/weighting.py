"""L14: what class weights do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy import stats

from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.losses.minimising import minimiser
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import BinaryCrossEntropy, Loss
from rosenblatt.support.types import Float64Array

__all__ = ["Weighting"]

RARE, APART = 0.05, 2.0  # share of class 1, and the distance of the means


def balanced(y: Float64Array) -> Float64Array:
    """Weights that give both classes the same sum: N / 2Nₖ, as scikit-learn's."""
    share = y.mean()
    return np.where(y == 1, 0.5 / share, 0.5 / (1 - share))


@final
@dataclass(frozen=True)
class Weighting(Experiment):
    """Logistic regression of two Gaussian classes, one of them rare.

    Attributes
    ----------
    loss : Loss
    weights : callable
        From labels, shape (n,), to the weights of the rows.
    """

    loss: Loss = field(default_factory=BinaryCrossEntropy)
    weights: Callable[[Float64Array], Float64Array] = balanced

    id = "L14"
    title = Text("Class weights", "类别权重")
    claim = Text(
        "Class weights rebalance rare classes: weight 2 is the row given twice.",
        "类别权重使稀有类别重新平衡：权重 2 相当于该行出现两次。",
    )
    source = "Standard; King & Zeng 2001 for the shift of the intercept"
    theory = Text(
        "The weighted mean loss with weight 2 is that of the row twice: the weights agree to"
        " rounding. In a logistic model that fits, balanced weights move the intercept by ln((1 -"
        " π) / π) and leave the slope: the recall of the rare class rises from Φ of one threshold"
        " to Φ of another, and its probabilities are no longer those of the data.",
        "权重为 2 的加权平均损失就是该行出现两次的损失：权重在舍入误差内相同。若逻辑模型正确，平衡"
        "权重使截距移动 ln((1 - π) / π)，斜率不变：稀有类别的召回率从一个阈值的 Φ 升到另一个的 Φ，"
        "但概率不再是数据的概率。",
    )
    method = Text(
        "Classes N(0, 1) and N(2, 1), 5 % of the second. Fits with and without weights and with"
        " rows repeated; recall at p = ½ on new rows.",
        "两类 N(0, 1) 与 N(2, 1)，第二类占 5 %。比较加权、不加权和重复行的拟合；在新数据上取 p ="
        " ½ 计算召回率。",
    )
    takeaway = Text(
        "Weights move the threshold; they add no information. If probabilities are wanted, leave"
        " them out and move the threshold at the decision.",
        "权重只是移动阈值，并不增加信息。若需要概率，就不要加权，而在决策时移动阈值。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        log_odds = float(np.log((1 - RARE) / RARE))
        few = Test(
            "twice",
            Text("weights: 2 against twice, largest", "权重 2 与重复行的最大差"),
            AtMost(1e-6),
        )
        weighted = Text("recall of the rare class, weighted", "稀有类别的召回率（加权）")
        plain = Text("recall of the rare class, not weighted", "稀有类别的召回率（不加权）")
        return Declaration(
            (
                Case(
                    Text("for all fits", "对所有拟合"),
                    (few, Test("weighted", weighted, AtLeast(0.7))),
                ),
            ),
            (
                Test(
                    "shift",
                    Text("shift of the intercept", "截距的移动"),
                    Near(log_odds, absolute=conditions.choose(0.35, 0.15)),
                ),
                Test("weighted", weighted, Near(recall_of(0.0), absolute=0.05)),
                Test("plain", plain, Near(recall_of(-log_odds), absolute=0.06)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(5, 20)
        n = conditions.choose(4000, 20_000)
        for k, rng in enumerate(generators):
            X, y = drawn(rng, n)
            new, labels = drawn(rng, 20_000)
            plain = fitted(self.loss, X, y)
            weighted = fitted(self.loss, X, y, self.weights(y))
            yield Sample("shift", float(weighted[1, 0] - plain[1, 0]))
            for key, w in (("plain", plain), ("weighted", weighted)):
                yield Sample(key, float(((new @ w)[labels == 1] > 0).mean()))
            few, of_few = X[:200], y[:200]
            twice = np.where(of_few == 1, 2, 1)
            rows = np.repeat(np.arange(200), twice)
            repeated = fitted(self.loss, few[rows], of_few[rows])
            doubled = fitted(self.loss, few, of_few, twice.astype(np.float64))
            yield Sample("twice", float(np.abs(repeated - doubled).max()))
            yield Progress(k + 1, len(generators))
        at = np.linspace(-2, 5, 141)
        yield Figure(
            Text("Probability of the rare class", "稀有类别的概率"),
            Axis(Text("feature x", "特征 x")),
            Axis(Text("probability", "概率")),
            (
                Curve(Text("not weighted", "不加权"), tuple(at), probability(plain, at)),
                Curve(Text("weighted", "加权"), tuple(at), probability(weighted, at)),
                Curve(
                    Text("true", "真实概率"),
                    tuple(at),
                    probability(
                        np.array([[APART], [-(APART**2) / 2 - np.log((1 - RARE) / RARE)]]), at
                    ),
                    predicted=True,
                ),
            ),
        )


def drawn(rng: np.random.Generator, n: int) -> tuple[Float64Array, Float64Array]:
    """x beside a column of ones, and the label."""
    y = (rng.random(n) < RARE).astype(np.float64)
    return np.column_stack([rng.normal(size=n) + APART * y, np.ones(n)]), y


def fitted(
    loss: Loss, X: Float64Array, y: Float64Array, weights: Float64Array | None = None
) -> Float64Array:
    return minimiser(loss, X, y[:, None], np.zeros((2, 1)), weights)


def probability(w: Float64Array, at: Float64Array) -> tuple[float, ...]:
    return tuple(1 / (1 + np.exp(-(w[0, 0] * at + w[1, 0]))))


def recall_of(log_odds: float) -> float:
    """Of the rule x > threshold, where the log odds of x are 2 x - 2 + log_odds."""
    threshold = (APART**2 / 2 - log_odds) / APART
    return float(stats.norm.sf(threshold - APART))
