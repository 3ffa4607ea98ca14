"""G15: quasi-Newton methods, with all of the matrix and with little of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

import numpy as np
from scipy import optimize

from rosenblatt.lab.criterion import AtLeast, AtMost
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.descent.problems import diabetes, progression
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.support.types import Float64Array

__all__ = ["QuasiNewton"]

Update = Callable[[Float64Array, Float64Array, Float64Array], Float64Array]
PENALTY, PAIRS, TAIL = 1e-2, 3, 5  # λ, pairs that L-BFGS keeps, iterations of the tail


def bfgs(H: Float64Array, s: Float64Array, y: Float64Array) -> Float64Array:
    """(I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ, ρ = 1 / sᵀy: the inverse Hessian after a step s."""
    rho = 1 / float(s @ y)
    left = np.eye(len(s)) - rho * np.outer(s, y)
    return np.asarray(left @ H @ left.T + rho * np.outer(s, s))


@final
@dataclass(frozen=True)
class QuasiNewton(Experiment):
    """BFGS and L-BFGS on logistic regression with a penalty.

    Attributes
    ----------
    update : callable
        From H, s and y to the next approximation of the inverse Hessian.
    """

    update: Update = bfgs

    id = "G15"
    title = Text("Quasi-Newton methods", "拟牛顿法")
    claim = Text("Quasi-Newton methods converge superlinearly.", "拟牛顿法超线性收敛。")
    source = "Dennis & Moré 1974; Nocedal 1980; Nocedal & Wright 2006, chapters 6 and 7"
    theory = Text(
        "BFGS's matrix satisfies the secant condition H y = s after each step, ends on a"
        " quadratic of d weights after d exact line searches, and becomes exact along its steps:"
        " the ratio of successive errors goes to 0. L-BFGS keeps few pairs of s and y, and so a"
        " matrix that is never more than a rough one: its ratio stays away from 0.",
        "BFGS 的矩阵每步之后满足割线条件 H y = s；对 d 个权重的二次函数，经 d 次精确线搜索后结束；"
        "沿其步方向趋于精确：相邻误差之比趋于 0。L-BFGS 只保留少数几对 s 和 y，其矩阵始终粗略：该"
        "比值不趋于 0。",
    )
    method = Text(
        "Logistic regression of the diabetes data (progression above the median) with λ = 0.01:"
        " mean factor of the distance to the minimum in the last five iterations; least squares"
        " on the diabetes data with exact line searches.",
        "糖尿病数据（病情进展是否高于中位数）的逻辑回归（λ = 0.01）：最后五次迭代中到极小点距离的"
        "平均倍数；糖尿病数据的最小二乘，用精确线搜索。",
    )
    takeaway = Text(
        "BFGS for hundreds of weights, L-BFGS for many: it forgoes the fast end, and is"
        " mostly stopped before it would matter.",
        "几百个权重用 BFGS，更多时用 L-BFGS：它放弃了快速的收尾，不过通常在那之前就停了。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        factor = Text(
            "factor of the distance in an iteration, the last five", "最后五次迭代每次距离的倍数"
        )
        d = diabetes().n_parameters
        return Declaration(
            (
                Case(
                    Text("the whole matrix is kept (BFGS)", "保留整个矩阵（BFGS）"),
                    (Test("bfgs", factor, AtMost(0.35)),),
                ),
                Case(
                    Text("three pairs are kept (L-BFGS)", "只保留三对（L-BFGS）"),
                    (Test("lbfgs", factor, AtMost(0.35)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "secant",
                    Text("largest ‖H y - s‖ / ‖s‖", "最大的 ‖H y - s‖ / ‖s‖"),
                    AtMost(1e-8),
                ),
                Test(
                    "quadratic",
                    Text(
                        "gradient after d exact searches / at the start",
                        "d 次精确搜索后 / 起点的梯度",
                    ),
                    AtMost(1e-8),
                ),
                Test(
                    "before",
                    Text("the same after {} searches", "{} 次搜索后的同一比值").format(d - 2),
                    AtLeast(1e-6),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        best = solved()
        curves = []
        starts = conditions.generators(8, 20)
        for k, rng in enumerate(starts):
            start = best + 0.3 * rng.normal(size=len(best))
            path, secants = self._path(start)
            errors = np.linalg.norm(path - best, axis=1)
            yield Sample("bfgs", tail_factor(errors))
            yield Sample("secant", float(max(secants)))
            few = limited(start)
            of_few = np.linalg.norm(few - best, axis=1)
            yield Sample("lbfgs", tail_factor(of_few))
            curves = [
                Curve(Text("BFGS", "BFGS"), *shown(errors)),
                Curve(Text("L-BFGS, 3 pairs", "L-BFGS，3 对"), *shown(of_few)),
            ]
            yield Progress(k + 1, len(starts))
        gradients = self._on_quadratic()
        yield Sample("quadratic", float(gradients[-1] / gradients[0]))
        yield Sample("before", float(gradients[-3] / gradients[0]))
        yield Figure(
            Text("Distance to the minimum", "到极小点的距离"),
            Axis(Text("iteration", "迭代")),
            Axis(Text("distance", "距离"), log=True),
            tuple(curves),
        )

    def _path(self, start: Float64Array) -> tuple[Float64Array, list[float]]:
        """(The points of BFGS, ‖H y - s‖ / ‖s‖ after each step)."""
        w, g = start, gradient(start)
        H, path, secants = np.eye(len(w)), [start], list[float]()
        for k in range(200):
            p = -H @ g
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a search found nothing, near the end
                length = optimize.line_search(value, gradient, w, p, gfk=g)[0] or 1.0
            s = length * p
            new = gradient(w + s)
            y = new - g
            if float(s @ y) <= 0 or np.linalg.norm(new) < 1e-12:
                break
            if k == 0:  # the scale of the first step; Nocedal & Wright, eq. 6.20
                H *= float(s @ y) / float(y @ y)
            H = self.update(H, s, y)
            secants.append(float(np.linalg.norm(H @ y - s) / np.linalg.norm(s)))
            w, g = w + s, new
            path.append(w)
        return np.array(path), secants

    def _on_quadratic(self) -> Float64Array:
        """Norms of the gradient along d exact line searches on least squares."""
        A = diabetes().hessian
        w = np.ones(len(A))
        H, g = np.eye(len(A)), A @ w
        norms = [float(np.linalg.norm(g))]
        for _ in range(len(A)):
            p = -H @ g
            s = -float(g @ p) / float(p @ A @ p) * p
            w, y = w + s, A @ s
            H, g = self.update(H, s, y), g + y
            norms.append(float(np.linalg.norm(g)))
        return np.array(norms)


def value(w: Float64Array) -> float:
    return progression().value(w) + 0.5 * PENALTY * float(w @ w)


def gradient(w: Float64Array) -> Float64Array:
    return np.asarray(progression().gradient(w) + PENALTY * w)


def solved() -> Float64Array:
    """The minimum, by Newton's method."""
    problem = progression()
    w = np.zeros(problem.n_parameters)
    for _ in range(30):
        p = 1 / (1 + np.exp(-problem.X @ w))
        H = problem.X.T @ (problem.X * (p * (1 - p))[:, None]) / len(p) + PENALTY * np.eye(len(w))
        w = w - np.linalg.solve(H, gradient(w))
    return w


def limited(start: Float64Array) -> Float64Array:
    """The points of L-BFGS."""
    path = [start]
    optimize.minimize(
        value,
        start,
        jac=gradient,
        method="L-BFGS-B",
        callback=lambda w: path.append(w.copy()),
        options={"maxcor": PAIRS, "gtol": 1e-13, "ftol": 0.0, "maxiter": 2000},
    )
    return np.array(path)


def tail_factor(errors: Float64Array) -> float:
    """The mean factor in the last iterations before rounding rules."""
    last = int(np.flatnonzero(errors > 1e-10 * errors[0])[-1])
    first = max(0, last - TAIL)
    return float((errors[last] / errors[first]) ** (1 / max(1, last - first)))


def shown(errors: Float64Array) -> tuple[tuple[float, ...], tuple[float, ...]]:
    seen = errors[errors > 1e-12 * errors[0]]
    return tuple(map(float, range(len(seen)))), tuple(seen)
