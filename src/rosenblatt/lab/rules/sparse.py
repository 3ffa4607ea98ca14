"""G8: where AdaGrad beats SGD."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtLeast, AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, AdaGrad, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["SparseFeatures"]

FREQUENT, RARE, SHARE, NOISE = 40, 20, 0.01, 0.1
N_FEATURES = FREQUENT + RARE
RATES = tuple(2.0**k for k in range(-8, 4))
SCHEDULES: tuple[Callable[[int], float], ...] = (lambda t: 1.0, lambda t: t**-0.5)


@final
@dataclass(frozen=True)
class SparseFeatures(Experiment):
    """One pass over rows of linear regression, at the best of many rates for each rule.

    Attributes
    ----------
    adaptive : callable
        From a learning rate to the optimizer that adapts.
    """

    adaptive: Callable[[float], Optimizer] = AdaGrad

    id = "G8"
    title = Text("Where AdaGrad beats SGD", "AdaGrad 在哪里胜过 SGD")
    claim = Text("AdaGrad learns faster than SGD.", "AdaGrad 比 SGD 学得快。")
    source = "Duchi, Hazan & Singer 2011"
    theory = Text(
        "The frequent features of a row act together: a rate that all weights share has to be"
        " below about 2 / Σ x² = 2 / 40, or the descent diverges. A rare feature has that small"
        " rate for a few rows alone: after n of them e⁻ⁿ/⁴⁰ of its error is left at η = 1 / 40."
        " AdaGrad gives each weight a rate of its own, η / √(Σ g²), large where gradients were"
        " few. Where all features are alike there is nothing to adapt to.",
        "一行中的常见特征共同起作用：所有权重共用的学习率必须小于约 2 / Σ x² = 2 / 40，否则下降发"
        "散。稀有特征只在少数几行里用到这个小学习率：n 行之后，在 η = 1 / 40 时仍剩下约 e⁻ⁿ/⁴⁰ 的"
        "误差。AdaGrad 给每个权重自己的学习率 η / √(Σ g²)，在梯度少的地方保持较大。所有特征相似"
        "时，没有什么可适应的。",
    )
    method = Text(
        "40 features that each row has, and 20 that one row in a hundred has; and 60 that all"
        " rows have. One pass; the rate of each rule is the best of twelve, that of"
        " SGD constant or falling as 1 / √t. The error counts all weights alike.",
        "每行都有的 40 个特征和百行一见的 20 个；以及每行都有的 60 个特征。一遍训练；每种规则取十"
        "二个学习率中最好的，SGD 的学习率恒定或按 1 / √t 下降。误差对所有权重一视同仁。",
    )
    takeaway = Text(
        "Adapt to words, categories and other rare features. On dense, scaled inputs a tuned SGD is"
        " as good.",
        "词、类别等稀有特征适合自适应。对稠密且已缩放的输入，调好的 SGD 一样好。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        ratio = Text("error of AdaGrad / error of SGD", "AdaGrad 的误差 / SGD 的误差")
        return Declaration(
            (
                Case(
                    Text("some features are rare", "有些特征很稀有"),
                    (Test("sparse", ratio, AtMost(0.7)),),
                ),
                Case(
                    Text("all features are alike", "所有特征相似"),
                    (Test("dense", ratio, AtMost(0.7)),),
                    expected=False,
                ),
            ),
            (Test("dense", ratio, AtLeast(0.75)),),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(2, 5)
        n = conditions.choose(1500, 3000)
        shares = np.repeat([1.0, SHARE], [FREQUENT, RARE])
        curves: list[Curve] = []
        for k, rng in enumerate(generators):
            for key, share in (("sparse", shares), ("dense", np.ones(N_FEATURES))):
                X = rng.normal(size=(n, N_FEATURES)) * (rng.random((n, N_FEATURES)) < share)
                w = rng.choice([-1.0, 1.0], size=N_FEATURES)
                y = X @ w + NOISE * rng.normal(size=n)
                paths = [self._best(rule, X, y, w) for rule in (self.adaptive, SGD)]
                yield Sample(key, float(paths[0][-1] / paths[1][-1]))
                if k == 0 and key == "sparse":
                    seen = tuple(map(float, np.arange(1, n + 1)[::25]))
                    names = (Text("AdaGrad", "AdaGrad"), Text("SGD", "SGD"))
                    curves = [
                        Curve(name, seen, tuple(path[::25]))
                        for name, path in zip(names, paths, strict=True)
                    ]
            yield Progress(k + 1, len(generators))
        yield Figure(
            Text("With rare features: error of the weights", "有稀有特征时：权重的误差"),
            Axis(Text("rows seen", "已见行数")),
            Axis(Text("mean squared error of the weights", "权重的均方误差"), log=True),
            tuple(curves),
        )

    def _best(
        self,
        rule: Callable[[float], Optimizer],
        X: Float64Array,
        y: Float64Array,
        w: Float64Array,
    ) -> Float64Array:
        """Errors of the weights after each row, at the rate that ends best."""
        runs = [(rule(rate), factor) for rate in RATES for factor in SCHEDULES]
        theta = np.zeros((len(runs), len(w)))
        slots = [np.zeros((r.n_slots, len(w))) for r, _ in runs]
        errors = np.empty((len(X), len(runs)))
        with np.errstate(over="ignore", invalid="ignore"):  # of rates that are too large
            for t, (x, target) in enumerate(zip(X, y, strict=True), start=1):
                off = theta @ x - target
                for j, (r, factor) in enumerate(runs):
                    theta[j] += r.update(off[j] * x, slots[j], t, factor(t))
                errors[t - 1] = ((theta - w) ** 2).mean(axis=1)
        best = int(np.nanargmin(np.where(np.isfinite(errors[-1]), errors[-1], np.nan)))
        return errors[:, best]
