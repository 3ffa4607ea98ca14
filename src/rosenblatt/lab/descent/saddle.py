"""G12: saddles under descent, with and without noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import optimize, stats

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["Saddle"]

RATE, AWAY, N_STEPS = 0.05, 0.3, 2000
NOISES = (1e-8, 1e-6, 1e-4, 1e-2)


@final
@dataclass(frozen=True)
class Saddle(Experiment):
    """J = ½ x² - ½ y² + ¼ y⁴: a saddle at 0 between minima at y = ±1.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "G12"
    title = Text("Saddles", "鞍点")
    claim = Text("Saddle points trap gradient descent.", "鞍点会困住梯度下降。")
    source = "Ge et al. 2015; Lee et al. 2016; Du et al. 2017"
    theory = Text(
        "J = ½ x² - ½ y² + ¼ y⁴ has a saddle at 0, between minima at y = ±1. The line y = 0 leads"
        " into it: a descent that starts on it stays, as the gradient"
        " has no part along y. Off it y grows by 1 + η in each step, from any random start or"
        " from noise of size s in the gradient: half of the runs are away after the t at which"
        " 0.674 ηs √(((1 + η)²ᵗ - 1) / ((1 + η)² - 1)) is the distance: logarithmic in 1 / s.",
        "J = ½ x² - ½ y² + ¼ y⁴ 在 0 处有鞍点，位于 y = ±1 两个极小点之间。直线 y = 0 通向它：从其"
        "上出发的下降会停在那里，因为梯度没有 y 分量。离开它后 y 每步乘以 1 + η，无论来自随机起"
        "点还是梯度中大小为 s 的噪声：一半的运行在 t 步后离开，此时 0.674 ηs √(((1 + η)²ᵗ - 1) /"
        " ((1 + η)² - 1)) 等于该距离：对 1 / s 是对数的。",
    )
    method = Text(
        "η = 0.05, 2,000 steps: from (1, 0) exactly, from random starts, and from (1, 0) with noise"
        " from 1e-8 to 1e-2; the median step at which |y| passes 0.3.",
        "η = 0.05，2,000 步：从 (1, 0) 精确出发、从随机起点出发，以及从 (1, 0) 出发并加 1e-8 到"
        " 1e-2 的噪声；|y| 超过 0.3 的步数的中位数。",
    )
    takeaway = Text(
        "A strict saddle costs time, not success: some noise or a random start suffices. Equal"
        " weights of hidden units are such a line, which nothing leaves but noise.",
        "严格鞍点只耗时间，不妨碍成功：一点噪声或随机起点就够了。隐藏单元权重相等就是这样的直线，"
        "只有噪声能离开。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        stayed = Text("distance to the saddle at the end, largest", "最后到鞍点的最大距离")
        times = [
            Test(
                f"time_{k}",
                Text("median steps away from it, noise {}", "离开的中位步数，噪声 {}").format(s),
                Near(predicted_time(s), relative=conditions.choose(0.1, 0.05)),
            )
            for k, s in enumerate(NOISES)
        ]
        return Declaration(
            (
                Case(
                    Text(
                        "the start is exactly on its line and there is no noise",
                        "起点恰在其线上且没有噪声",
                    ),
                    (Test("exact", stayed, AtMost(1e-12)),),
                ),
                Case(
                    Text("the start is random", "起点是随机的"),
                    (Test("random", stayed, AtMost(0.5)),),
                    expected=False,
                ),
                Case(
                    Text("the gradient has noise", "梯度有噪声"),
                    (Test("noisy", stayed, AtMost(0.5)),),
                    expected=False,
                ),
            ),
            (
                *times,
                Test(
                    "left",
                    Text(
                        "share of random starts that do not end at a minimum",
                        "未停在极小点的随机起点比例",
                    ),
                    AtMost(0.0),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        n = conditions.choose(200, 2000)
        ends, _ = self._run(np.tile([[1.0], [0.0]], 1), rng, 0.0)
        yield Sample("exact", float(np.hypot(*ends).max()))
        ends, _ = self._run(rng.normal(size=(2, n)), rng, 0.0)
        yield Sample("random", float(np.hypot(*ends).max()))
        yield Sample("left", float((np.abs(np.abs(ends[1]) - 1) > 1e-3).mean()))
        times = []
        for k, noise in enumerate(NOISES):
            ends, left = self._run(np.tile([[1.0], [0.0]], n), rng, noise)
            times.append(float(np.median(left)))
            yield Sample(f"time_{k}", times[-1])
            if noise == 1e-4:
                yield Sample("noisy", float(np.hypot(*ends).max()))
            yield Progress(k + 1, len(NOISES))
        yield Figure(
            Text("Steps until half of the runs have left the saddle", "半数运行离开鞍点所需步数"),
            Axis(Text("noise s of the gradient", "梯度噪声 s"), log=True),
            Axis(Text("steps", "步数")),
            (
                Curve(Text("measured", "测得"), NOISES, tuple(times), points=True),
                Curve(
                    Text("linear theory", "线性理论"),
                    tuple(np.logspace(-8, -2, 40)),
                    tuple(predicted_time(s) for s in np.logspace(-8, -2, 40)),
                    predicted=True,
                ),
            ),
        )

    def _run(
        self, start: Float64Array, rng: np.random.Generator, noise: float
    ) -> tuple[Float64Array, Float64Array]:
        """(The ends, shape (2, n), the first step of each run with |y| above `AWAY`)."""
        at, rule = start.copy(), self.rule(RATE)
        left = np.full(at.shape[1], float(N_STEPS))
        for t in range(1, N_STEPS + 1):
            x, y = at
            g = np.stack([x, y**3 - y])
            if noise:
                g = g + noise * rng.normal(size=g.shape)
            at = at + rule.update(g.ravel(), np.zeros((0, g.size)), t, 1.0).reshape(at.shape)
            at = np.clip(at, -1e6, 1e6)
            left[(left == N_STEPS) & (np.abs(at[1]) > AWAY)] = t
        return at, left


def predicted_time(noise: float) -> float:
    """Steps until the median |y| of the linear recursion y ← (1 + η) y - ηsξ is `AWAY`."""
    growth, half = 1 + RATE, float(stats.norm.ppf(0.75))

    def median(t: float) -> float:
        return half * RATE * noise * float(np.sqrt((growth ** (2 * t) - 1) / (growth**2 - 1)))

    return float(optimize.brentq(lambda t: np.log(median(t) / AWAY), 1e-3, N_STEPS))
