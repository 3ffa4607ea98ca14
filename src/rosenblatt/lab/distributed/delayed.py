"""G18: asynchronous workers push gradients of parameters that have moved on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.cluster.functions import DescentUpdate, FunctionWork
from rosenblatt.cluster.modes import Asynchronous, Mode
from rosenblatt.cluster.shard import ServerShard
from rosenblatt.cluster.simulation import Simulation
from rosenblatt.cluster.worker import Worker
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import diabetes
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import FloatArray

__all__ = ["Delayed"]

WORKERS = 8


@final
@dataclass(frozen=True)
class Delayed(Experiment):
    """Least squares by workers of equal speed, whose gradients are all τ = workers - 1 steps old.

    Attributes
    ----------
    mode : Mode
        In which the workers run.
    """

    mode: Mode = field(default_factory=Asynchronous)

    id = "G18"
    title = Text("Workers that do not wait", "互不等待的工作进程")
    claim = Text(
        "Workers that do not wait for each other converge at any learning rate at which one worker"
        " alone does.",
        "互不等待的工作进程，在单个工作进程能收敛的任何学习率下都收敛。",
    )
    source = "Li et al. 2014; Ho et al. 2013"
    theory = Text(
        "W workers in turn push gradients that are τ = W - 1 steps old:"
        " θ ← θ - η∇L(θ of τ steps ago). On a quadratic with the largest curvature λ this is stable"
        " while ηλ < 2 sin(π / (2(2τ + 1))), the root of z^(τ+1) - z^τ + ηλ that leaves the unit"
        " circle first: 2 for one worker, and about π / (2τ + 1) for many.",
        "W 个工作进程轮流推送旧了 τ = W - 1 步的梯度：θ ← θ - η∇L（τ 步之前的 θ）。在最大曲率为 λ"
        " 的二次函数上，当 ηλ < 2 sin(π / (2(2τ + 1))) 时稳定，由最先离开单位圆的"
        " z^(τ+1) - z^τ + ηλ 的根决定：单个工作进程为 2，很多时约为 π / (2τ + 1)。",
    )
    method = Text(
        "Least squares on the diabetes data by eight simulated workers, at 0.9 of the edge for"
        " their delay and at 0.9 of the edge for one worker; the edge itself by bisection for 1,"
        " 2, 4 and 8 workers.",
        "糖尿病数据上的最小二乘，八个模拟的工作进程，学习率分别取其延迟下边界的 0.9 倍和单进程边"
        "界的 0.9 倍；再对 1、2、4、8 个工作进程用二分法测量边界本身。",
    )
    takeaway = Text(
        "A rate for one worker is too large for many that do not wait: divide it by about their"
        " number, or bound the staleness.",
        "适合单个工作进程的学习率，对许多互不等待者太大：大约除以其数目，或限制陈旧度。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        grown = Text("loss above the minimum, end / start", "高出最小值的损失，结束 / 开始")
        edge = Text("edge of ηλ with {} workers", "{} 个工作进程时 ηλ 的边界")
        return Declaration(
            (
                Case(
                    Text("ηλ is below the edge for the delay", "ηλ 低于该延迟的边界"),
                    (Test("below", grown, AtMost(1.0)),),
                ),
                Case(
                    Text("ηλ is below the edge for one worker alone", "ηλ 只低于单进程的边界"),
                    (Test("above", grown, AtMost(1.0)),),
                    expected=False,
                ),
            ),
            tuple(
                Test(f"edge {n}", edge.format(n), Near(stable_below(n - 1), relative=0.03))
                for n in (1, 2, 4, 8)
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        problem = diabetes()
        largest = float(np.linalg.eigvalsh(problem.hessian)[-1])
        best = np.linalg.lstsq(problem.X, problem.y, rcond=None)[0]
        least = problem.value(np.asarray(best, np.float64))
        curves = []
        steps = conditions.choose(40, 150)
        for key, edge, name in (
            ("below", stable_below(WORKERS - 1), Text("0.9 of the edge", "边界的 0.9 倍")),
            ("above", 2.0, Text("0.9 of one worker's edge", "单进程边界的 0.9 倍")),
        ):
            path = self._path(
                lambda w, _: problem.gradient(np.asarray(w, np.float64)),
                np.zeros(problem.n_parameters),
                0.9 * edge / largest,
                WORKERS,
                steps,
            )
            gaps = [problem.value(np.asarray(w, np.float64)) - least for w in path]
            yield Sample(key, gaps[-1] / gaps[0])
            shown = [gap for gap in gaps if gap < 1e12 * gaps[0]]
            curves.append(Curve(name, tuple(map(float, range(len(shown)))), tuple(shown)))
        yield Figure(
            Text("Eight workers that do not wait", "八个互不等待的工作进程"),
            Axis(Text("step", "步数")),
            Axis(Text("loss above the minimum", "高出最小值的损失"), log=True),
            tuple(curves),
        )
        found = []
        for done, n in enumerate((1, 2, 4, 8)):
            found.append(self._edge(n, conditions.choose(200, 600)))
            yield Sample(f"edge {n}", found[-1])
            yield Progress(done + 1, 4)
        delays = tuple(map(float, range(8)))
        yield Figure(
            Text("The largest stable rate", "最大的稳定学习率"),
            Axis(Text("delay τ in steps", "延迟 τ（步）")),
            Axis(Text("edge of ηλ", "ηλ 的边界"), log=True),
            (
                Curve(
                    Text("2 sin(π/(2(2τ+1)))", "2 sin(π/(2(2τ+1)))"),
                    delays,
                    tuple(stable_below(int(delay)) for delay in delays),
                    predicted=True,
                ),
                Curve(
                    Text("by bisection", "二分法"), (0.0, 1.0, 3.0, 7.0), tuple(found), points=True
                ),
            ),
        )

    def _path(
        self,
        gradient: Callable[[FloatArray, int], FloatArray],
        start: FloatArray,
        rate: float,
        workers: int,
        steps: int,
    ) -> list[FloatArray]:
        """θ after each step of the simulated workers, and before the first."""
        shard = ServerShard(start, DescentUpdate(rate), self.mode, workers)
        share = 1 / workers if self.mode.summed else 1.0
        team = [
            Worker(k, 0, FunctionWork(gradient, steps, share), np.empty_like(start), [slice(None)])
            for k in range(workers)
        ]
        path = [start]
        with np.errstate(over="ignore", invalid="ignore"):  # what diverges is stopped
            Simulation(team, [shard], observe=lambda _: path.append(shard.theta)).run()
        return path

    def _edge(self, workers: int, steps: int) -> float:
        """The rate between decay and growth of θ by the gradient θ."""
        low, high = 0.01, 4.0
        for _ in range(12):
            rate = math.sqrt(low * high)
            steps_of = self._path(lambda x, _: x.copy(), np.ones(1), rate, workers, steps)
            path = np.concatenate(steps_of)
            n = len(path)
            early, late = (np.abs(path[k * n // 4 : (k + 1) * n // 4]).max() for k in (1, 3))
            if late < early:
                low = rate
            else:
                high = rate
        return math.sqrt(low * high)


def stable_below(delay: int) -> float:
    """The edge of ηλ for gradients that are `delay` steps old."""
    return 2 * math.sin(math.pi / (2 * (2 * delay + 1)))
