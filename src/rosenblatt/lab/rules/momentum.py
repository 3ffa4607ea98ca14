"""G7: what momentum buys, and its two forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import descend, diabetes
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Sample
from rosenblatt.lab.text import Text
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.support.types import Float64Array

__all__ = ["Momentum"]

MILD, USUAL = 4.0, 0.9  # a small condition number, and the usual momentum
N_STEPS = 2000


@final
@dataclass(frozen=True)
class Momentum(Experiment):
    """Heavy-ball momentum on quadratics, with the eigenvalues of real data and with mild ones.

    Attributes
    ----------
    rule : callable
        From a learning rate and a momentum to the optimizer.
    """

    rule: Callable[[float, float], Optimizer] = SGD

    id = "G7"
    title = Text("What momentum buys", "动量带来什么")
    claim = Text("Momentum makes gradient descent faster.", "动量使梯度下降更快。")
    source = "Polyak 1964; Sutskever et al. 2013"
    theory = Text(
        "On a quadratic of condition number κ a step at the best rate multiplies the distance by"
        " (κ - 1) / (κ + 1), and with the best momentum by (√κ - 1) / (√κ + 1): about √κ times"
        " fewer steps, here 21.7. With γ held at 0.9 a step multiplies it by √γ = 0.949 where η"
        " is large enough for every direction: 12.4 times fewer steps at κ = 470, and 9.7 times"
        " as many at κ = 4, where 0.6 is to be had without. The two published forms take the same"
        " path at a constant rate and part under a schedule.",
        "在条件数为 κ 的二次函数上，最佳学习率的一步把距离乘以 (κ - 1) / (κ + 1)，加最佳动量则乘以"
        " (√κ - 1) / (√κ + 1)：步数约为原来的 1 / √κ，这里是 1 / 21.7。γ 固定为 0.9 时，若 η 对每"
        "个方向都足够大，每步乘以 √γ = 0.949：κ = 470 时步数为 1 / 12.4，κ = 4 时反而是 9.7 倍，因"
        "为不用动量就有 0.6。两种已发表的形式在恒定学习率下路径相同，在学习率变化时分开。",
    )
    method = Text(
        "Quadratics with the eigenvalues of the diabetes data (κ = 470) and with κ = 4; the factor"
        " of the distance in a step, late; both forms under a rate that is halved every 50 steps.",
        "二次函数，特征值取自糖尿病数据（κ = 470）或 κ = 4；后期每步距离的倍数；学习率每 50 步减半"
        "时比较两种形式。",
    )
    takeaway = Text(
        "Momentum pays on badly conditioned problems, most with γ near ((√κ - 1) / (√κ + 1))²."
        " Say which form a result was made with once the rate changes.",
        "在病态问题上，动量划算，γ 接近 ((√κ - 1) / (√κ + 1))² 时最划算。学习率会变时，要说明结果"
        "用的是哪种形式。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        kappa = float(np.ptp(spectrum()) / spectrum()[0] + 1)
        root = np.sqrt(kappa)
        tuned = steps_of((root - 1) / (root + 1), kappa)
        faster = Text("steps without / steps with momentum", "不用动量的步数 / 用动量的步数")
        return Declaration(
            (
                Case(
                    Text("κ is large, and γ and η are tuned to it", "κ 很大，且 γ 和 η 按 κ 调整"),
                    (Test("tuned", faster, AtLeast(0.8 * tuned)),),
                ),
                Case(
                    Text("κ = 470 and γ = 0.9", "κ = 470 而 γ = 0.9"),
                    (Test("usual", faster, AtLeast(1.0)),),
                ),
                Case(
                    Text("κ = 4 and γ = 0.9", "κ = 4 而 γ = 0.9"),
                    (Test("mild", faster, AtLeast(1.0)),),
                    expected=False,
                ),
            ),
            (
                Test("tuned", faster, Near(tuned, relative=0.05)),
                Test("usual", faster, Near(steps_of(np.sqrt(USUAL), kappa), relative=0.05)),
                Test(
                    "factor",
                    Text("factor of a step, κ = 4, γ = 0.9", "每步的倍数，κ = 4，γ = 0.9"),
                    Near(float(np.sqrt(USUAL)), relative=0.005),
                ),
                Test(
                    "same",
                    Text("distance of the two forms, constant rate", "两种形式的距离，恒定学习率"),
                    AtMost(1e-12),
                ),
                Test(
                    "apart",
                    Text("distance of the two forms, halved rates", "两种形式的距离，减半的学习率"),
                    AtLeast(1e-3),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        values = spectrum()
        kappa = float(values[-1] / values[0])
        root = np.sqrt(kappa)
        best = ((root - 1) / (root + 1)) ** 2
        rate = 4 / (np.sqrt(values[-1]) + np.sqrt(values[0])) ** 2
        plain = self._path(values, 2 / (values[0] + values[-1]), 0.0)
        heavy = self._path(values, rate, best)
        yield Sample("tuned", steps_saved(plain, heavy))
        usual = self._path(values, 2 / (values[0] + values[-1]), USUAL)
        yield Sample("usual", steps_saved(plain, usual))
        mild = np.linspace(1.0, MILD, 10)
        usual = self._path(mild, 2 / (1 + MILD), USUAL)
        yield Sample("mild", steps_saved(self._path(mild, 2 / (1 + MILD), 0.0, 60), usual))
        yield Sample("factor", float(np.exp(slope_of(usual))))
        inside, outside = (SGD(1 / values[-1], 0.5, lr_in_velocity=form) for form in (True, False))
        for key, factors in (("same", steady), ("apart", halved)):
            ends = [
                descend(form, lambda w, t: values * w, np.ones(len(values)), 200, factors)
                for form in (inside, outside)
            ]
            yield Sample(key, float(np.abs(ends[0] - ends[1]).max()))
        steps = tuple(map(float, range(0, N_STEPS + 1, 20)))
        yield Figure(
            Text("Distance to the minimum, κ = 470", "到极小点的距离，κ = 470"),
            Axis(Text("step", "步数")),
            Axis(Text("distance", "距离"), log=True),
            (
                Curve(Text("best rate", "最佳学习率"), steps, tuple(plain[::20])),
                Curve(
                    Text("best rate and momentum", "最佳学习率和动量"), steps, tuple(heavy[::20])
                ),
                Curve(
                    Text("((κ - 1) / (κ + 1))ᵗ", "((κ - 1) / (κ + 1))ᵗ"),
                    steps,
                    tuple(plain[0] * ((kappa - 1) / (kappa + 1)) ** t for t in steps),
                    predicted=True,
                ),
                Curve(
                    Text("((√κ - 1) / (√κ + 1))ᵗ", "((√κ - 1) / (√κ + 1))ᵗ"),
                    steps,
                    tuple(heavy[0] * ((root - 1) / (root + 1)) ** t for t in steps),
                    predicted=True,
                ),
            ),
        )

    def _path(
        self, values: Float64Array, rate: float, momentum: float, n_steps: int = N_STEPS
    ) -> Float64Array:
        """Distances to the minimum at 0 of ½ Σ λ w², from w = 1."""
        path = descend(
            self.rule(rate, momentum), lambda w, t: values * w, np.ones(len(values)), n_steps
        )
        with np.errstate(over="ignore"):
            return np.asarray(np.linalg.norm(path, axis=1))


def spectrum() -> Float64Array:
    """Eigenvalues of the Hessian of least squares on the diabetes data."""
    return np.asarray(np.linalg.eigvalsh(diabetes().hessian))


def steps_of(factor: float, kappa: float) -> float:
    """Steps at the best rate without momentum that make up for one by this factor."""
    return float(np.log(factor) / np.log((kappa - 1) / (kappa + 1)))


def slope_of(distances: Float64Array) -> float:
    """Of the logarithm, in the second half of the steps."""
    half = len(distances) // 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(
            (np.log(distances[-1]) - np.log(distances[half])) / (len(distances) - 1 - half)
        )


def steps_saved(plain: Float64Array, other: Float64Array) -> float:
    """How many steps of the one make up for a step of the other."""
    return slope_of(other) / slope_of(plain)


def steady(t: int) -> float:
    return 1.0


def halved(t: int) -> float:
    return 0.5 ** ((t - 1) // 50)
