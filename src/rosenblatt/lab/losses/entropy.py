"""L9 and L10: the cross-entropy is an entropy plus a divergence, and a likelihood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy import stats

from rosenblatt.lab.criterion import AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.losses.minimising import minimiser
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import CategoricalCrossEntropy, Loss

__all__ = ["EntropyAndDivergence", "Frequencies"]

ALWAYS = Text("for all distributions", "对所有分布")
CLASSES = 5


@final
@dataclass(frozen=True)
class EntropyAndDivergence(Experiment):
    """The identity, on random distributions."""

    loss: Loss = field(default_factory=CategoricalCrossEntropy)

    id = "L9"
    title = Text("Cross-entropy, entropy and divergence", "交叉熵、熵与散度")
    claim = Text(
        "The cross-entropy is the entropy plus the Kullback-Leibler divergence.",
        "交叉熵等于熵加上 KL 散度。",
    )
    source = "Kullback & Leibler 1951"
    theory = Text(
        "H(p, q) = -Σ p ln q = H(p) + KL(p‖q), with KL ≥ 0 and = 0 at q = p alone. So the mean loss"
        " of labels drawn from p is at least the entropy of p, whatever the network.",
        "H(p, q) = -Σ p ln q = H(p) + KL(p‖q)，其中 KL ≥ 0，且仅在 q = p 时为 0。因此标签取自 p"
        " 时，无论什么网络，平均损失都不小于 p 的熵。",
    )
    method = Text(
        "The mean of the loss over labels of random p, at scores ln q of random q; entropy and"
        " divergence by SciPy.",
        "对随机的 p 和 q，在得分 ln q 处求标签的平均损失；熵和散度由 SciPy 计算。",
    )
    takeaway = Text(
        "The part of a log loss that no model can remove is the entropy of the labels.",
        "对数损失中任何模型都无法消除的部分，是标签的熵。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        identity = Test(
            "difference",
            Text("largest |H(p, q) - H(p) - KL(p‖q)|", "最大的 |H(p, q) - H(p) - KL(p‖q)|"),
            AtMost(1e-12),
        )
        least = Test(
            "below",
            Text("how far the least loss is below the entropy", "最小损失低于熵的程度"),
            AtMost(1e-12),
        )
        return Declaration((Case(ALWAYS, (identity, least)),))

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        differences, below = [], []
        divergences, excesses = [], []
        for _ in range(conditions.choose(200, 2000)):
            p, q = rng.dirichlet(np.full(CLASSES, 0.7), size=2).clip(1e-12)
            p, q = p / p.sum(), q / q.sum()
            codes = np.arange(CLASSES)[:, None].astype(np.float64)
            loss = float(p @ self.loss.value(np.tile(np.log(q), (CLASSES, 1)), codes))
            H, KL = float(stats.entropy(p)), float(stats.entropy(p, q))
            differences.append(abs(loss - H - KL) / max(1.0, loss))
            below.append(H - loss)
            divergences.append(KL)
            excesses.append(loss - H)
        yield Sample("difference", max(differences))
        yield Sample("below", max(0.0, *below))
        ends = (min(divergences), max(divergences))
        yield Figure(
            Text("Loss above the entropy of the labels", "超出标签熵的损失"),
            Axis(Text("KL(p‖q) (nats)", "KL(p‖q)（奈特）"), log=True),
            Axis(Text("mean loss - H(p) (nats)", "平均损失 - H(p)（奈特）"), log=True),
            (
                Curve(
                    Text("random p, q", "随机的 p、q"),
                    tuple(divergences[:200]),
                    tuple(excesses[:200]),
                    points=True,
                ),
                Curve(
                    Text("H(p, q) - H(p) = KL", "H(p, q) - H(p) = KL"), ends, ends, predicted=True
                ),
            ),
        )


@final
@dataclass(frozen=True)
class Frequencies(Experiment):
    """What the least loss predicts, beside the frequencies."""

    loss: Loss = field(default_factory=CategoricalCrossEntropy)

    id = "L10"
    title = Text("Cross-entropy and likelihood", "交叉熵与似然")
    claim = Text(
        "Minimising the cross-entropy is maximum likelihood estimation of probabilities.",
        "最小化交叉熵就是对概率的最大似然估计。",
    )
    source = "Standard; Good 1952 for the logarithmic score"
    theory = Text(
        "The loss of a row is -ln p of its label, so that the least mean loss is the largest"
        " likelihood. Without features the most likely probabilities are the frequencies; with them"
        " the residuals y - p are orthogonal to every feature.",
        "一行的损失是其标签的 -ln p，所以平均损失最小即似然最大。没有特征时，最可能的概率就是频率；"
        "有特征时，残差 y - p 与每个特征正交。",
    )
    method = Text(
        "Scores that minimise the loss of 300 labels of five classes, without features and with"
        " three of them.",
        "求使 300 个五类标签的损失最小的得分，分别不用特征和用三个特征。",
    )
    takeaway = Text(
        "A network that is trained by cross-entropy, and large enough, estimates probabilities,"
        " not mere decisions. Focal loss and label smoothing do not.",
        "用交叉熵训练且足够大的网络估计的是概率，而不只是决策。focal 损失和标签平滑则不是。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        return Declaration(
            (
                Case(
                    ALWAYS,
                    (
                        Test(
                            "frequencies",
                            Text("largest |p - frequency|", "最大的 |p - 频率|"),
                            AtMost(1e-5),
                        ),
                        Test(
                            "residuals",
                            Text("largest |mean of x (y - p)|", "最大的 |x (y - p) 的均值|"),
                            AtMost(1e-5),
                        ),
                    ),
                ),
            )
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        for rng in conditions.generators(3, 10):
            codes = rng.choice(CLASSES, size=300, p=rng.dirichlet(np.full(CLASSES, 5.0)))
            y, onehot = codes[:, None].astype(np.float64), np.eye(CLASSES)[codes]
            ones = np.ones((len(y), 1))
            W = minimiser(self.loss, ones, y, np.zeros((1, CLASSES)))
            p = softmax(ones @ W)
            yield Sample("frequencies", float(np.abs(p[0] - onehot.mean(axis=0)).max()))
            X = np.column_stack([ones, rng.normal(size=(len(y), 3))])
            p = softmax(X @ minimiser(self.loss, X, y, np.zeros((4, CLASSES))))
            yield Sample("residuals", float(np.abs(X.T @ (onehot - p)).max() / len(y)))


def softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))
