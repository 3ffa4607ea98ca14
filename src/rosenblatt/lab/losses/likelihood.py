"""Theory L2: the squared error is a likelihood, of Gaussian noise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy import optimize, stats

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.losses.minimising import minimiser
from rosenblatt.lab.observation import Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import Loss, SquaredError
from rosenblatt.support.types import Float64Array

__all__ = ["GaussianLikelihood"]

N, WEIGHTS, SIGMA = 400, np.array([1.0, -2.0, 0.5]), 0.7
ROWS_OF_ONE = 101  # odd, so that the median is one of them


@final
@dataclass(frozen=True)
class GaussianLikelihood(Experiment):
    """The minimiser of a loss beside that of the negative log-likelihood."""

    loss: Loss = field(default_factory=SquaredError)

    id = "L2"
    title = Text("Squared error and likelihood", "平方误差与似然")
    claim = Text(
        "Minimising the squared error is maximum likelihood estimation.",
        "最小化平方误差就是最大似然估计。",
    )
    source = "Gauss 1809; Laplace 1774 for the median"
    theory = Text(
        "For Gaussian noise of one variance -ln p = (ŷ - y)² / 2σ² + ln σ + constant: the weights"
        " that minimise it do not depend on σ and are those of least squares, and its σ² is RSS /"
        " N, too small by the factor 1 - d / N in the mean. For Laplace's noise the likelihood is"
        " largest at the median, and the mean has up to twice the median's variance: 1.72 times"
        " for 101 numbers.",
        "对方差恒定的高斯噪声，-ln p = (ŷ - y)² / 2σ² + ln σ + 常数：使其最小的权重与 σ 无关，正是"
        "最小二乘解；其 σ² 为 RSS / N，平均为 σ² 的 1 - d / N 倍。对拉普拉斯噪声，似然在中位数处最"
        "大，而均值的方差至多是中位数的两倍：101 个数时为 1.72 倍。",
    )
    method = Text(
        "A linear model of three weights: minimiser of the loss and, by another method, of the"
        " likelihood in weights and σ. One constant under Laplace's noise: the likelihood at the"
        " loss's minimiser and at the median, and the variance of both.",
        "三个权重的线性模型：损失的最小点，以及用另一方法求得的似然（对权重和 σ）的最大点。拉普拉斯"
        "噪声下的一个常数：比较损失最小点与中位数处的似然，以及两者的方差。",
    )
    takeaway = Text(
        "The squared error is the right loss if errors are Gaussian with one spread. For heavier"
        " tails other losses have the larger likelihood and the smaller variance.",
        "误差服从同一方差的高斯分布时，平方误差才是合适的损失。尾部更重时，别的损失似然更大、方差"
        "更小。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        gaussian = Test(
            "distance",
            Text("largest distance of the two minimisers' weights", "两个最小点的最大权重差"),
            AtMost(1e-5),
        )
        laplace = Test(
            "gap",
            Text("ln p lost against the best constant", "比最佳常数少的 ln p"),
            AtMost(1e-6),
        )
        variance = Test(
            "variance",
            Text("mean of the estimated σ² / σ²", "估计的 σ² 的均值 / σ²"),
            Near(1 - len(WEIGHTS) / N, absolute=conditions.choose(0.05, 0.02)),
        )
        efficiency = Test(
            "efficiency",
            Text("variance of the mean / of the median", "均值的方差 / 中位数的方差"),
            Near(exact_efficiency(ROWS_OF_ONE), relative=conditions.choose(0.15, 0.06)),
        )
        return Declaration(
            (
                Case(
                    Text("the noise is Gaussian of one variance", "噪声是方差恒定的高斯噪声"),
                    (gaussian,),
                ),
                Case(Text("the noise is Laplace's", "噪声是拉普拉斯噪声"), (laplace,), False),
            ),
            (variance, efficiency),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(30, 200)
        for k, rng in enumerate(generators):
            X = rng.normal(size=(N, len(WEIGHTS)))
            y = X @ WEIGHTS + SIGMA * rng.normal(size=N)
            w = minimiser(self.loss, X, y[:, None], np.zeros((len(WEIGHTS), 1)))[:, 0]
            likeliest = most_likely(X, y)
            yield Sample("distance", float(np.abs(w - likeliest[:-1]).max()))
            yield Sample("variance", float(np.exp(2 * likeliest[-1])) / SIGMA**2)
            yield Progress(k + 1, len(generators) + 1)
        rng = generators[0]
        draws = rng.laplace(size=(conditions.choose(4000, 20_000), ROWS_OF_ONE))
        means, medians = draws.mean(axis=1), np.median(draws, axis=1)
        for row in draws[:20]:
            best = stats.laplace.logpdf(row, np.median(row)).sum()
            found = minimiser(self.loss, np.ones((len(row), 1)), row[:, None], np.zeros((1, 1)))
            yield Sample("gap", float(best - stats.laplace.logpdf(row, found[0, 0]).sum()))
        yield Sample("efficiency", float(means.var() / medians.var()))
        yield Progress(len(generators) + 1, len(generators) + 1)


def most_likely(X: Float64Array, y: Float64Array) -> Float64Array:
    """(w, ln σ) of the largest Gaussian likelihood."""

    def negative_log_likelihood(at: Float64Array) -> float:
        return -float(stats.norm.logpdf(y, X @ at[:-1], np.exp(at[-1])).mean())

    start = np.zeros(X.shape[1] + 1)
    found = optimize.minimize(negative_log_likelihood, start, method="BFGS", options={"gtol": 1e-7})
    return np.asarray(found.x)


def exact_efficiency(n: int) -> float:
    """Variance of the mean over that of the median of n (odd) Laplace numbers, by its density."""
    x = np.linspace(-3, 3, 20_001)
    order = (n - 1) // 2
    log_density = stats.laplace.logpdf(x) + order * (
        stats.laplace.logcdf(x) + stats.laplace.logsf(x)
    )
    density = np.exp(log_density - log_density.max())
    variance = float((density * x**2).sum() / density.sum())
    return 2 / n / variance
