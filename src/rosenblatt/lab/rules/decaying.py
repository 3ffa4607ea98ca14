"""G13: what a decaying rate buys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample, Table
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD
from rosenblatt.schedules import (
    Constant,
    CosineAnnealing,
    InverseTimeDecay,
    OneCycle,
    PolynomialDecay,
    Run,
    Schedule,
    StepDecay,
)
from rosenblatt.support.types import Float64Array

__all__ = ["DecayingRates"]

CURVATURES = np.array([0.01, 0.1, 1.0])
N_STEPS = 2000
RATES = np.logspace(-3, 0.25, 40)
DECAYS: tuple[tuple[str, Schedule], ...] = (
    ("cosine", CosineAnnealing()),
    ("linear", PolynomialDecay()),
    ("inverse_time", InverseTimeDecay(0.01)),
    ("steps", StepDecay()),
    ("one_cycle", OneCycle()),
)


@final
@dataclass(frozen=True)
class DecayingRates(Experiment):
    """Schedules at a fixed number of steps, each with its best base rate.

    Attributes
    ----------
    decays : tuple of (str, Schedule)
    """

    decays: tuple[tuple[str, Schedule], ...] = DECAYS

    id = "G13"
    title = Text("What a decaying rate buys", "学习率衰减带来什么")
    claim = Text(
        "A decaying learning rate ends better than a constant one.",
        "衰减的学习率比恒定的学习率结果更好。",
    )
    source = "Robbins & Monro 1951; Loshchilov & Hutter 2017; Defazio et al. 2023 for linear decay"
    theory = Text(
        "Under noise a constant rate has to be large to forget the start and small to keep the"
        " noise out; a rate that falls to 0 is both in turn, if there are steps enough to forget"
        " the start: of 20 steps cosine gains 8 % and of 20,000 half. For quadratics the mean"
        " squared distance follows from E θ² ← (1 - ηλ)² E θ² + η²σ² for each schedule: predicted,"
        " at the best of 40 base rates. A rate that falls to a tenth after each third is too small"
        " for most of so short a run. Without noise nothing is gained: the largest rate"
        " that is stable wins.",
        "有噪声时，恒定学习率既要大到忘记起点，又要小到压住噪声；降到 0 的学习率先后兼顾，只要步数"
        "足以忘记起点：20 步时余弦好 8 %，20,000 步时好一半。对二次函数，各调度的均方距离由"
        " E θ² ← (1 - ηλ)² E θ² + η²σ² 得出：在 40 个基准学习率中取最佳作为预测。每过三分之"
        "一降到十分之一的学习率，在这样短的训练中大部分时间太小。没有噪声时毫无收益：最大的稳定学"
        "习率获胜。",
    )
    method = Text(
        "½ Σ λ θ² with λ = 0.01, 0.1, 1 from θ = 3, 2,000 steps, noise N(0, 1) in the gradient;"
        " many runs of SGD under each schedule of the library.",
        "½ Σ λ θ²，λ = 0.01、0.1、1，从 θ = 3 出发，2,000 步，梯度噪声 N(0, 1)；用本库的各调度多次"
        "运行 SGD。",
    )
    takeaway = Text(
        "Choose how long to train, then let the rate fall to 0 by then: linear and cosine are"
        " alike. In full batch leave the rate as it is.",
        "先定训练多久，再让学习率到那时降到 0：线性与余弦相近。全批量时保持学习率不变。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        ratio = Text(
            "error of the worst decay / of the constant rate", "最差衰减的误差 / 恒定学习率的误差"
        )
        constant = best_of(Constant(), 1.0)[1]
        predictions = [
            Test(
                name,
                Text("E J of {} / of the constant rate", "{} 的 E J / 恒定学习率的").format(
                    name.replace("_", " ")
                ),
                Near(best_of(schedule, 1.0)[1] / constant, relative=conditions.choose(0.2, 0.1)),
            )
            for name, schedule in DECAYS
        ]
        return Declaration(
            (
                Case(
                    Text(
                        "gradients are noisy, and the rate falls to 0 over a long run",
                        "梯度有噪声，且学习率在长时间训练中降到 0",
                    ),
                    (
                        Test(
                            "noisy",
                            Text(
                                "error of linear or cosine, the worse / constant",
                                "线性与余弦中较差者的误差 / 恒定",
                            ),
                            AtMost(0.88),
                        ),
                    ),
                ),
                Case(
                    Text(
                        "gradients are noisy, and the rate falls to a tenth after each third of"
                        " 2,000 steps",
                        "梯度有噪声，学习率在 2,000 步中每过三分之一降到十分之一",
                    ),
                    (
                        Test(
                            "steps",
                            Text("error of steps / constant", "分段下降的误差 / 恒定"),
                            AtMost(0.88),
                        ),
                    ),
                    expected=False,
                ),
                Case(
                    Text("gradients are exact", "梯度精确"),
                    (Test("exact", ratio, AtMost(0.8)),),
                    expected=False,
                ),
            ),
            tuple(predictions),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        n_runs = conditions.choose(1500, 4000)
        rate, _ = best_of(Constant(), 1.0)
        constant = simulated(Constant(), rate, rng, n_runs, 1.0)
        rows: list[tuple[str | float, ...]] = [("constant", rate, float(constant[-1]))]
        curves = [curve("constant", constant)]
        ends = {}
        for k, (name, schedule) in enumerate(self.decays):
            rate, _ = best_of(schedule, 1.0)
            path = simulated(schedule, rate, rng, n_runs, 1.0)
            ends[name] = float(path[-1] / constant[-1])
            yield Sample(name, ends[name])
            rows.append((name.replace("_", " "), rate, float(path[-1])))
            if k < 3:
                curves.append(curve(name, path))
                exact = recursion(schedule, rate, 1.0)
                curves.append(curve(name, exact, predicted=True))
            yield Progress(k + 1, len(self.decays))
        names = [name for name, _ in self.decays[:2]]
        yield Sample("noisy", max(ends[name] for name in names))
        exact_ends = [best_of(schedule, 0.0)[1] for _, schedule in self.decays]
        yield Sample("exact", max(exact_ends) / best_of(Constant(), 0.0)[1])
        headings = (
            Text("schedule", "调度"),
            Text("best base rate", "最佳基准学习率"),
            Text("E J at the end", "最后的 E J"),
        )
        yield Table(Text("At the best base rate", "最佳基准学习率下"), headings, tuple(rows))
        yield Figure(
            Text(
                "Expected loss, each schedule at its best base rate",
                "期望损失，各调度取最佳基准学习率",
            ),
            Axis(Text("step", "步数")),
            Axis(Text("E J", "E J"), log=True),
            tuple(curves),
        )


def factors_of(schedule: Schedule) -> Float64Array:
    t = np.arange(N_STEPS)
    return np.asarray(schedule.lr_factors(t, Run(1.0, N_STEPS, 100)), np.float64)


def recursion(schedule: Schedule, rate: float, noise: float) -> Float64Array:
    """E J after each step."""
    squares, values = np.full(len(CURVATURES), 9.0), np.empty(N_STEPS)
    for t, factor in enumerate(factors_of(schedule)):
        eta = rate * factor
        squares = (1 - eta * CURVATURES) ** 2 * squares + (eta * noise) ** 2
        values[t] = 0.5 * CURVATURES @ squares
    return values


def best_of(schedule: Schedule, noise: float) -> tuple[float, float]:
    """(The best base rate, E J at the end with it)."""
    factors, squares = factors_of(schedule), np.full((len(RATES), len(CURVATURES)), 9.0)
    with np.errstate(over="ignore"):
        for factor in factors:
            eta = (RATES * factor)[:, None]
            squares = (1 - eta * CURVATURES) ** 2 * squares + (eta * noise) ** 2
    ends = 0.5 * squares @ CURVATURES
    best = int(np.nanargmin(ends))
    return float(RATES[best]), float(ends[best])


def simulated(
    schedule: Schedule, rate: float, rng: np.random.Generator, n_runs: int, noise: float
) -> Float64Array:
    """The mean loss of many runs of SGD after each step."""
    theta, rule, values = np.full((n_runs, len(CURVATURES)), 3.0), SGD(rate), np.empty(N_STEPS)
    for t, factor in enumerate(factors_of(schedule)):
        g = CURVATURES * theta + noise * rng.normal(size=theta.shape)
        theta += rule.update(g.ravel(), np.zeros((0, g.size)), t + 1, float(factor)).reshape(
            g.shape
        )
        values[t] = 0.5 * float((theta**2 @ CURVATURES).mean())
    return values


def curve(name: str, values: Float64Array, predicted: bool = False) -> Curve:
    shown = name.replace("_", " ")
    text = Text(f"{shown}, recursion", f"{shown}，递推") if predicted else Text(shown, shown)
    steps = tuple(map(float, range(1, N_STEPS + 1, 10)))
    return Curve(text, steps, tuple(values[::10]), predicted=predicted)
