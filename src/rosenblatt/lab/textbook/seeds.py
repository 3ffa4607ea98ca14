"""F10: what the seed of a network decides."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy.stats import norm
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from rosenblatt.estimators import MLPClassifier
from rosenblatt.lab.criterion import AtLeast, AtMost, Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array

__all__ = ["Seeds"]

N_TRAINED, N_MEMBERS = 300, 10
LITTLE = 0.04  # what the claim allows a probability to vary by
SHARES = np.linspace(0.02, 0.98, 49)


def network(seed: int) -> MLPClassifier:
    return MLPClassifier(
        (16,),
        batch_size=32,
        learning_rate_init=0.01,
        max_iter=30,
        tol=0.0,
        n_iter_no_change=30,
        random_state=seed,
    )


@final
@dataclass(frozen=True)
class Seeds(Experiment):
    """Networks that differ by their seed alone.

    Attributes
    ----------
    make : callable
        From a seed to a network.
    """

    make: Callable[[int], MLPClassifier] = network

    id = "F10"
    title = Text("Does the seed matter?", "随机种子重要吗？")
    claim = Text("The seed does not matter.", "随机种子无关紧要。")
    source = "Bouthillier et al. 2021; Picard 2021; Lakshminarayanan et al. 2017"
    theory = Text(
        "A test set of m rows alone makes the accuracy a uncertain by √(a (1 - a) / m). Seeds add"
        " a deviation of their own, of the same order: those rows that some seeds get right and"
        " others wrong. The mean of K networks has exactly 1 / K of the variance of the"
        " probabilities. Called small here: 0.04 of a probability, and a fifth of the test set's"
        " uncertainty.",
        "仅 m 行测试集就使准确率 a 有 √(a (1 - a) / m) 的不确定性。种子再加上同一量级的偏差：有些"
        "行在一些种子下判对，在另一些下判错。K 个网络的平均，其概率的方差恰为 1 / K。这里称为小的"
        "是：概率相差 0.04，以及测试集不确定性的五分之一。",
    )
    method = Text(
        "Networks of 16 units on 300 of the digits, all on the same rows, tested on the other"
        " 1,497; and means of ten of them.",
        "在手写数字的同样 300 行上训练 16 个单元的网络，在其余 1,497 行上测试；以及每十个的平均。",
    )
    takeaway = Text(
        "Report several seeds and their spread; a gain smaller than that is luck. Never choose a"
        " seed by the test set. The mean of several networks makes the seed matter less, and is"
        " more accurate.",
        "报告多个种子及其离散程度；比这更小的提升是运气。切勿按测试集挑选种子。多个网络的平均使种"
        "子不那么重要，也更准确。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        spread = Text(
            "deviation of a row's probability over seeds, {}", "每行概率在种子间的标准差，{}"
        )
        accuracy = Text(
            "deviation of the accuracy over seeds / √(a (1 - a) / m)",
            "准确率在种子间的标准差 / √(a (1 - a) / m)",
        )
        one = Text(spread.format("one network"), spread.zh.format("单个网络"))
        mean = Text(spread.format("means of ten"), spread.zh.format("十个的平均"))
        return Declaration(
            (
                Case(
                    Text("one network predicts", "由单个网络预测"),
                    (Test("one", one, AtMost(LITTLE)), Test("accuracy", accuracy, AtMost(0.2))),
                    expected=False,
                ),
                Case(
                    Text("the mean of ten networks predicts", "由十个网络的平均预测"),
                    (Test("mean", mean, AtMost(LITTLE)),),
                ),
            ),
            (
                Test("accuracy", accuracy, Between(0.4, 2.0)),
                Test(
                    "variance",
                    Text(
                        "variance of probabilities, means of ten / one network",
                        "概率的方差之比：十个的平均 / 单个网络",
                    ),
                    Near(1 / N_MEMBERS, relative=0.2),
                ),
                Test(
                    "gain",
                    Text(
                        "accuracy, means of ten - one network", "准确率之差：十个的平均 - 单个网络"
                    ),
                    AtLeast(0.0),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        X, y = load_digits(return_X_y=True)
        order = rng.permutation(len(X))
        X, y = X[order] / 16, y[order]
        n = conditions.choose(60, 300)
        tested, of_seeds = y[N_TRAINED:], []
        for k, seed in enumerate(rng.integers(2**31, size=n)):
            fitted = self._fitted(X[:N_TRAINED], y[:N_TRAINED], int(seed))
            of_seeds.append(fitted.predict_proba(X[N_TRAINED:]))
            yield Progress(k + 1, n)
        single = np.array(of_seeds)
        means = single.reshape(-1, N_MEMBERS, *single.shape[1:]).mean(axis=1)
        right = (single.argmax(axis=2) == tested).mean(axis=1)
        right_of_means = (means.argmax(axis=2) == tested).mean(axis=1)
        a = float(right.mean())
        by_chance = float(np.sqrt(a * (1 - a) / len(tested)))
        # Over seeds, of the probability of the true class; the mean square over rows.
        of_one, of_mean = (
            float(p[:, np.arange(len(tested)), tested].var(axis=0, ddof=1).mean())
            for p in (single, means)
        )
        yield Sample("one", float(np.sqrt(of_one)))
        yield Sample("mean", float(np.sqrt(of_mean)))
        yield Sample("variance", of_mean / of_one if of_one else 1.0)
        yield Sample("accuracy", float(right.std(ddof=1)) / by_chance)
        yield Sample("gain", float(right_of_means.mean()) - a)
        yield Figure(
            Text("Test accuracy of seeds, in rising order", "各种子的测试准确率，升序"),
            Axis(Text("share of the seeds", "种子的比例")),
            Axis(Text("accuracy", "准确率")),
            (
                ranked(Text("one network", "单个网络"), right),
                ranked(Text("means of ten", "十个的平均"), right_of_means),
                Curve(
                    Text(
                        "of a test set alone: a + Φ⁻¹ √(a (1 - a) / m)",
                        "仅因测试集：a + Φ⁻¹ √(a (1 - a) / m)",
                    ),
                    tuple(SHARES),
                    tuple(a + norm.ppf(SHARES) * by_chance),
                    predicted=True,
                ),
            ),
        )

    def _fitted(self, X: Float64Array, y: np.ndarray, seed: int) -> MLPClassifier:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return self.make(seed).fit(X, y)


def ranked(name: Text, values: Float64Array) -> Curve:
    at = (np.arange(len(values)) + 0.5) / len(values)
    return Curve(name, tuple(at), tuple(np.sort(values)), points=True)
