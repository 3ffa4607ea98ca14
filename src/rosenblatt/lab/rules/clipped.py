"""G14: what clipping cures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import descend
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD
from rosenblatt.regularization.clipping import ClipNorm, Clipping, NoClipping
from rosenblatt.support.types import Float64Array

__all__ = ["Clipped"]

RATE, LIMIT, N_STEPS = 0.1, 1.0, 400
STEEP = 30.0  # η λ = 3: beyond the limit of 2
TAIL = 1.5  # degrees of freedom of the noise, whose variance is infinite


@final
@dataclass(frozen=True)
class Clipped(Experiment):
    """Descents that diverge, with and without clipping.

    Attributes
    ----------
    clipping : callable
        From the largest norm to the clipping.
    """

    clipping: Callable[[float], Clipping] = ClipNorm

    id = "G14"
    title = Text("What clipping cures", "梯度裁剪能治什么")
    claim = Text(
        "Clipping the gradient's norm makes a diverging descent converge.",
        "裁剪梯度范数能使发散的下降收敛。",
    )
    source = "Pascanu, Mikolov & Bengio 2013; Zhang et al. 2020"
    theory = Text(
        "It bounds the step by ηc, so that no wall throws the weights away: ¼ θ⁴ from θ = 10 at η ="
        " 0.1, or noise of infinite variance. It does not lower the curvature at the minimum: where"
        " ηλ > 2 there, the clipped descent jumps between ± ηc / 2 for ever.",
        "它把步长限制在 ηc，因此陡壁不会把权重抛走：例如 ¼ θ⁴ 从 θ = 10、η = 0.1 出发，或方差无穷"
        "的噪声。它不降低极小点处的曲率：若那里 ηλ > 2，裁剪后的下降永远在 ± ηc / 2 之间跳动。",
    )
    method = Text(
        "400 steps at η = 0.1, c = 1: a quartic wall; a quadratic with λ = 30; and ½ θ² under"
        " Student's noise of 1.5 degrees of freedom, many runs.",
        "η = 0.1、c = 1，400 步：四次方的陡壁；λ = 30 的二次函数；以及 ½ θ² 加 1.5 自由度的学生噪"
        "声，多次运行。",
    )
    takeaway = Text(
        "Clip against walls and heavy tails. If a clipped run hops without end, the rate is too"
        " large: lower it.",
        "用裁剪对付陡壁和重尾。若裁剪后仍不停跳动，说明学习率太大：降低它。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        end = Text("|θ| at the end", "最后的 |θ|")
        return Declaration(
            (
                Case(
                    Text("a wall throws the weights away", "陡壁把权重抛走"),
                    (Test("wall", end, AtMost(0.2)),),
                ),
                Case(
                    Text("the rate is beyond 2 / λ at the minimum", "学习率超过极小点处的 2 / λ"),
                    (Test("hopping", end, AtMost(0.01)),),
                    expected=False,
                ),
            ),
            (
                Test("hopping", end, Near(RATE * LIMIT / 2, relative=0.05)),
                Test(
                    "unclipped",
                    Text("|θ| without clipping, the wall", "不裁剪时的 |θ|，陡壁"),
                    AtLeast(1e6),
                ),
                Test(
                    "tail",
                    Text(
                        "99 % of |θ| without / with clipping, heavy tails",
                        "|θ| 的 99 % 分位：不裁剪 / 裁剪，重尾",
                    ),
                    AtLeast(3.0),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        clipped, free = self.clipping(LIMIT), NoClipping()
        yield Sample("wall", abs(float(self._path(clipped, quartic, 10.0)[-1])))
        yield Sample("unclipped", min(abs(float(self._path(free, quartic, 10.0, 4)[-1])), 1e12))
        # From where the jumps are even: the mean of both ends of a jump is 0.
        hops = self._path(clipped, lambda w: STEEP * w, 0.32)
        yield Sample("hopping", float(np.abs(hops[-100:]).mean()))
        (rng,) = conditions.generators(1, 1)
        ends = [self._tails(rng, one, conditions.choose(300, 2000)) for one in (free, clipped)]
        yield Sample("tail", float(np.quantile(ends[0], 0.99) / np.quantile(ends[1], 0.99)))
        steps = tuple(map(float, range(N_STEPS + 1)))
        wall = np.abs(self._path(clipped, quartic, 10.0))
        yield Figure(
            Text("Descents with clipped gradients", "裁剪梯度的下降"),
            Axis(Text("step", "步数")),
            Axis(Text("|θ|", "|θ|"), log=True),
            (
                Curve(Text("¼ θ⁴ from 10", "¼ θ⁴，从 10 出发"), steps, tuple(wall)),
                Curve(
                    Text("15 θ², ηλ = 3", "15 θ²，ηλ = 3"),
                    steps,
                    tuple(np.maximum(np.abs(hops), 1e-6)),
                ),
                Curve(
                    Text("ηc / 2", "ηc / 2"),
                    (0.0, float(N_STEPS)),
                    (RATE * LIMIT / 2,) * 2,
                    predicted=True,
                ),
            ),
        )

    def _path(
        self,
        clipping: Clipping,
        gradient: Callable[[Float64Array], Float64Array],
        start: float,
        n_steps: int = N_STEPS,
    ) -> Float64Array:
        path = descend(
            SGD(RATE),
            lambda w, t: np.asarray(clipping.clip(gradient(w))),
            np.array([start]),
            n_steps,
        )
        return path[:, 0]

    def _tails(self, rng: np.random.Generator, clipping: Clipping, n_runs: int) -> Float64Array:
        """|θ| of many runs in the end; each is clipped by itself."""
        theta = np.zeros(n_runs)
        for _ in range(N_STEPS // 4):
            g = theta + rng.standard_t(TAIL, size=n_runs)
            theta -= RATE * np.array([clipping.clip(g[i : i + 1])[0] for i in range(n_runs)])
        return np.abs(theta)


def quartic(w: Float64Array) -> Float64Array:
    return np.asarray(w**3)
