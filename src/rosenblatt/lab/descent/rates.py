"""G4: how fast gradient descent converges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import descend, diabetes
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["Rates"]

N_STEPS, N_FLAT = 4000, 400
SPECTRUM = np.arange(1, N_FLAT + 1) ** -2.0  # ever flatter, with hardly a least curvature


@final
@dataclass(frozen=True)
class Rates(Experiment):
    """Full-batch descent at η = 1 / β on a strongly convex and on a flat quadratic.

    Attributes
    ----------
    rule : callable
        From a learning rate to the optimizer.
    """

    rule: Callable[[float], Optimizer] = SGD

    id = "G4"
    title = Text("How fast gradient descent converges", "梯度下降收敛得多快")
    claim = Text(
        "Gradient descent converges geometrically, by a constant factor in each step.",
        "梯度下降以几何速度收敛，每步按固定比例缩小。",
    )
    source = "Nesterov 2004, theorems 2.1.14 and 2.1.15"
    theory = Text(
        "At η = 1 / β a μ-strongly convex J falls at least as (1 - μ / β)ᵗ, and the distance to the"
        " minimum in the end by exactly 1 - μ / β in each step. Where J is only convex all that is"
        " left is J - J* ≤ β ‖θ₀ - θ*‖² / 2t: with eigenvalues k⁻² and starts of equal size along"
        " each, J - J* falls as about t^(-1/2).",
        "在 η = 1 / β 时，μ-强凸的 J 至少按 (1 - μ / β)ᵗ 下降，最终到极小点的距离每步恰好乘以 1 -"
        " μ / β。若 J 只是凸的，则只剩 J - J* ≤ β ‖θ₀ - θ*‖² / 2t：特征值为 k⁻²、各方向起点大小"
        "相同时，J - J* 约按 t^(-1/2) 下降。",
    )
    method = Text(
        "Least squares on the diabetes data (κ = β / μ = 470) and a constructed quadratic of 400"
        " eigenvalues k⁻².",
        "糖尿病数据的最小二乘（κ = β / μ = 470），以及一个有 400 个特征值 k⁻² 的构造二次函数。",
    )
    takeaway = Text(
        "The condition number κ = β / μ sets the pace: scale the inputs. Where there is no least"
        " curvature, progress follows a power of the time.",
        "条件数 κ = β / μ 决定速度：应缩放输入。没有最小曲率时，进展按时间的幂次。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        values = np.linalg.eigvalsh(diabetes().hessian)
        mu, beta = float(values[0]), float(values[-1])
        factor = Text("factor of the distance in a step, at the end", "最后每步距离的倍数")
        bound = Text("largest J - J* / bound", "(J - J*) / 上界 的最大值")
        halves = Text(
            "J - J* after 2T / after T steps, T = 2,000", "2T 步后 / T 步后的 J - J*，T = 2,000"
        )
        return Declaration(
            (
                Case(
                    Text("J is strongly convex", "J 是强凸的"),
                    (Test("halves", halves, AtMost(0.05)),),
                ),
                Case(
                    Text("J is convex alone", "J 仅是凸的"),
                    (Test("halves_flat", halves, AtMost(0.05)),),
                    expected=False,
                ),
            ),
            (
                Test("factor", factor, Near(1 - mu / beta, absolute=0.01 * mu / beta)),
                Test(
                    "bound",
                    Text(f"{bound}, (1 - μ / β)ᵗ", f"{bound.zh}，(1 - μ / β)ᵗ"),
                    AtMost(1 + 1e-9),
                ),
                Test(
                    "bound_flat",
                    Text(f"{bound}, β ‖θ₀ - θ*‖² / 2t", f"{bound.zh}，β ‖θ₀ - θ*‖² / 2t"),
                    AtMost(1 + 1e-9),
                ),
                Test(
                    "slope",
                    Text(
                        "slope of ln(J - J*) over ln t, eigenvalues k⁻²",
                        "ln(J - J*) 对 ln t 的斜率，特征值 k⁻²",
                    ),
                    Near(slope_of(excess_of_flat(np.arange(N_STEPS + 1))), absolute=0.005),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        n_steps = N_STEPS
        steps = np.arange(n_steps + 1)
        problem = diabetes()
        values, vectors = np.linalg.eigh(problem.hessian)
        mu, beta = float(values[0]), float(values[-1])
        best = np.linalg.solve(problem.hessian, problem.X.T @ problem.y / len(problem.y))
        curves = []
        generators = conditions.generators(1, 5)
        for k, rng in enumerate(generators):
            start = rng.normal(size=len(best))
            path = descend(self.rule(1 / beta), lambda w, t: problem.gradient(w), start, n_steps)
            off = (path - best) @ vectors
            excess = 0.5 * (off**2 @ values)
            bound = (1 - mu / beta) ** steps * excess[0]
            last = np.linalg.norm(off[-200:], axis=1)
            yield Sample("factor", float((last[-1] / last[0]) ** (1 / 199)))
            yield Sample("bound", float((excess / bound).max()))
            yield Sample("halves", float(excess[-1] / excess[n_steps // 2]))
            if k == 0:
                curves += shown(steps, excess, Text("diabetes", "糖尿病数据"))
                curves += shown(steps, bound, Text("(1 - μ / β)ᵗ", "(1 - μ / β)ᵗ"), predicted=True)
            yield Progress(k + 1, len(generators) + 1)
        path = descend(self.rule(1.0), lambda w, t: SPECTRUM * w, np.ones(N_FLAT), n_steps)
        excess = 0.5 * (path**2 @ SPECTRUM)
        bound = N_FLAT / (2 * np.maximum(steps, 1))
        yield Sample("bound_flat", float((excess / bound)[1:].max()))
        yield Sample("halves_flat", float(excess[-1] / excess[n_steps // 2]))
        yield Sample("slope", slope_of(excess))
        curves += shown(steps, excess, Text("eigenvalues k⁻²", "特征值 k⁻²"))
        curves += shown(
            steps,
            excess[20] * (np.maximum(steps, 1) / 20) ** -0.5,
            Text("∝ t^(-1/2)", "∝ t^(-1/2)"),
            predicted=True,
        )
        yield Progress(len(generators) + 1, len(generators) + 1)
        yield Figure(
            Text("Full-batch descent at η = 1 / β", "η = 1 / β 的全批量下降"),
            Axis(Text("step", "步数"), log=True),
            Axis(Text("J - J*", "J - J*"), log=True),
            tuple(curves),
        )


def excess_of_flat(steps: IntArray) -> Float64Array:
    """J - J* = ½ Σ λ (1 - λ)²ᵗ of the constructed quadratic."""
    return np.asarray(0.5 * ((1 - SPECTRUM[:, None]) ** (2 * steps)).T @ SPECTRUM)


def slope_of(excess: Float64Array) -> float:
    steps = np.arange(len(excess))
    middle = (steps >= 20) & (steps <= 2000)
    return float(np.polyfit(np.log(steps[middle]), np.log(excess[middle]), 1)[0])


def shown(
    steps: IntArray, values: Float64Array, name: Text, predicted: bool = False
) -> list[Curve]:
    """A curve of 200 of the steps, evenly on a logarithmic axis."""
    at = np.unique(np.logspace(0, np.log10(len(steps) - 1), 200).astype(int))
    at = at[values[at] > 1e-15]
    return [Curve(name, tuple(map(float, at)), tuple(values[at]), predicted=predicted)]
