"""G11: gradients of a non-convex objective under descent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import NetworkProblem, descend, wave
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["Stationary"]

HORIZONS = (30, 100, 300, 1000)
BATCH, RATE = 4, 0.3


@final
@dataclass(frozen=True)
class Stationary(Experiment):
    """The least gradient of a network's loss along a descent.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "G11"
    title = Text("Descent on a non-convex objective", "非凸目标上的下降")
    claim = Text(
        "Descent brings the gradient of a network to 0, ‖g‖² as O(1 / T) at least.",
        "下降使网络的梯度趋于 0，‖g‖² 至少按 O(1 / T) 减小。",
    )
    source = "Nesterov 2004, section 1.2.3; Ghadimi & Lan 2013"
    theory = Text(
        "With a full gradient and η = 1 / β: min ‖g‖² ≤ 2β (J₀ - J*) / T, where β bounds the"
        " curvature along the path (a network has no global one) and J* ≥ 0. SGD with η ∝ 1 / √T:"
        " the mean of ‖g‖² along the path falls as T^(-1/2) at least. With a constant rate it"
        " ends at a floor of the noise.",
        "用全梯度且 η = 1 / β：min ‖g‖² ≤ 2β (J₀ - J*) / T，其中 β 限制路径上的曲率（网络没有全局"
        "的界），J* ≥ 0。SGD 取 η ∝ 1 / √T：路径上 ‖g‖² 的平均至少按 T^(-1/2) 下降。固定学习率则停"
        "在噪声底部。",
    )
    method = Text(
        "Eight tanh units on a noisy wave of 64 points. β: the largest ‖g - g'‖ / ‖θ - θ'‖ of"
        " neighbours on the path, along which η is halved until η ≤ 1 / β. SGD: batches of four.",
        "八个 tanh 单元拟合 64 点的含噪波形。β 取路径上相邻点 ‖g - g'‖ / ‖θ - θ'‖ 的最大值，并把"
        " η 减半直到 η ≤ 1 / β。SGD：每批四行。",
    )
    takeaway = Text(
        "A small gradient is what descent promises, not a small loss: the point may be a saddle"
        " or a poor minimum (L4, G12).",
        "下降保证的是小梯度，而不是小损失：该点可能是鞍点或不好的极小点（L4、G12）。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        share = Text("largest min ‖g‖² · T / 2β J₀", "min ‖g‖² · T / 2β J₀ 的最大值")
        slope = Text("slope of ln(‖g‖²) over ln T, {}", "ln(‖g‖²) 对 ln T 的斜率，{}")
        return Declaration(
            (
                Case(
                    Text(
                        "the gradient is that of all rows and η = 1 / β",
                        "用全部行的梯度且 η = 1 / β",
                    ),
                    (Test("bound", share, AtMost(1.0)),),
                ),
                Case(
                    Text("it is that of batches, at a constant rate", "用小批量梯度且学习率固定"),
                    (
                        Test(
                            "floor",
                            Text(slope.format("constant rate"), slope.zh.format("固定学习率")),
                            AtMost(-0.9),
                        ),
                    ),
                    expected=False,
                ),
            ),
            (
                Test(
                    "sgd",
                    Text(slope.format("η ∝ 1 / √T, mean"), slope.zh.format("η ∝ 1 / √T，平均")),
                    AtMost(-0.35),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(3, 8)
        n_steps = conditions.choose(600, 4000)
        means = np.zeros((len(generators), len(HORIZONS)))
        for k, rng in enumerate(generators):
            problem = noisy(rng)
            start = 0.5 * rng.normal(size=problem.n_parameters)
            squares, bound = self._full(problem, start, n_steps)
            least = np.minimum.accumulate(squares)
            yield Sample("bound", float((least / bound).max()))
            for j, horizon in enumerate(HORIZONS):
                means[k, j] = self._mean_square(problem, start, rng, horizon, horizon**-0.5 * 3)
            late = [
                self._mean_square(problem, start, rng, T, 1.0, since=T // 2) for T in (300, 1000)
            ]
            yield Sample("floor", float(np.log(late[1] / late[0]) / np.log(1000 / 300)))
            yield Progress(k + 1, len(generators))
        logs = np.log(means).mean(axis=0)
        yield Sample("sgd", float(np.polyfit(np.log(HORIZONS), logs, 1)[0]))
        steps = np.arange(1, len(squares) + 1)
        at = np.unique(np.logspace(0, np.log10(len(steps)), 150).astype(int)) - 1
        yield Figure(
            Text("Least squared gradient", "最小的梯度平方"),
            Axis(Text("steps T", "步数 T"), log=True),
            Axis(Text("‖g‖²", "‖g‖²"), log=True),
            (
                Curve(
                    Text("all rows, least so far", "全部行，迄今最小"),
                    tuple(map(float, steps[at])),
                    tuple(least[at]),
                ),
                Curve(
                    Text("batches of 4, η ∝ 1 / √T, mean", "每批 4 行，η ∝ 1 / √T，平均"),
                    tuple(map(float, HORIZONS)),
                    tuple(np.exp(logs)),
                ),
                Curve(
                    Text("2β J₀ / T", "2β J₀ / T"),
                    tuple(map(float, steps[at])),
                    tuple(bound[at]),
                    predicted=True,
                ),
            ),
        )

    def _full(
        self, problem: NetworkProblem, start: Float64Array, n_steps: int
    ) -> tuple[Float64Array, Float64Array]:
        """(‖g‖² of each step, 2β J₀ / T), with the largest η = 2⁻ᵏ that is at most 1 / β."""
        rate = 0.5
        while True:
            path = descend(self.rule(rate), lambda w, t: problem.gradient(w), start, n_steps)
            if not np.isfinite(path).all():
                rate /= 2
                continue
            g = np.array([problem.gradient(w) for w in path])
            moved = np.linalg.norm(np.diff(path, axis=0), axis=1)
            bends = np.linalg.norm(np.diff(g, axis=0), axis=1) / np.maximum(moved, 1e-12)
            beta = float(bends.max())
            if rate * beta <= 1 or rate < 1e-3:
                break
            rate /= 2
        # The lemma with η in place of 1 / β: min ‖g‖² ≤ 2 (J₀ - J*) / ηT for η ≤ 1 / β.
        bound = 2 * problem.value(start) / rate / np.arange(1, n_steps + 1)
        return (g[:-1] ** 2).sum(axis=1), bound

    def _mean_square(
        self,
        problem: NetworkProblem,
        start: Float64Array,
        rng: np.random.Generator,
        n_steps: int,
        factor: float,
        since: int = 0,
    ) -> float:
        """The mean of ‖g‖², of all rows, along SGD; at most 60 points of the path are looked at."""

        def of_batch(w: Float64Array, t: int) -> Float64Array:
            return problem.part(rng.integers(len(problem.X), size=BATCH)).gradient(w)

        path = descend(self.rule(RATE), of_batch, start, n_steps, lambda t: factor)
        seen = path[np.linspace(since, n_steps - 1, 60).astype(int)]
        return float(np.mean([(problem.gradient(w) ** 2).sum() for w in seen]))


def noisy(rng: np.random.Generator) -> NetworkProblem:
    """The wave under noise, so that no weights fit all rows."""
    problem = wave()
    y = problem.y + 0.3 * rng.normal(size=problem.y.shape)
    return NetworkProblem(problem.network, problem.X, y, problem.loss)
