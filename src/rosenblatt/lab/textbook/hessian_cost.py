"""F4: what curvature costs beside a gradient (theory G3)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import final

import numpy as np

from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate
from rosenblatt.curvature import Objective
from rosenblatt.lab.criterion import AtLeast, Between
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.types import Float64Array

__all__ = ["HessianCost"]

N_INPUTS, N_ROWS = 32, 512
MANY = 20.0  # gradients: what the claim calls costly


@final
@dataclass(frozen=True)
class HessianCost(Experiment):
    """CPU time of products with the Hessian, in gradients of the same engine.

    Attributes
    ----------
    product : callable
        From an objective, θ and v to H v.
    """

    product: Callable[[Objective, Float64Array, Float64Array], Float64Array] = (
        Objective.hessian_vector_product
    )

    id = "F4"
    title = Text("What curvature costs", "曲率的代价")
    claim = Text(
        "The learning rate is fixed because the Hessian is too costly.",
        "学习率取固定值，是因为海森矩阵的计算代价太高。",
    )
    source = "Introductory texts; Pearlmutter 1994"
    theory = Text(
        "The best step along the gradient, gᵀg / gᵀHg, needs H g and not H. Back-propagation takes"
        " three matrix products a layer, one forward and two back; its derivative along a direction"
        " takes them again and six more: nine beside three. H g costs about three gradients,"
        " whatever the number of weights n; H costs n such products. Time differs from a"
        " count of products, above all on a busy machine: 1 to 12 gradients are allowed.",
        "沿梯度的最优步长 gᵀg / gᵀHg 需要 H g，而不是 H。反向传播每层需三次矩阵乘法，前向一次、反向"
        "两次；它沿某方向的导数重复这三次，另加六次：九比三。无论权重数 n 多大，H g 约为三次梯度的"
        "代价；H 则是 n 次这样的乘积。时间与乘法次数有出入，机器繁忙时尤甚：允许 1 到 12 次梯度。",
    )
    method = Text(
        "Networks 32-h-1 of tanh units on 512 rows: the least CPU time of several products and"
        " gradients, both in NumPy; the whole Hessian counts as n products.",
        "512 行上的 32-h-1 tanh 网络：多次乘积与梯度的最小 CPU 时间，均用 NumPy 计算；整个海森矩阵"
        "按 n 次乘积计。",
    )
    takeaway = Text(
        "Products with the Hessian are affordable at any size: for step lengths, Newton's method"
        " with conjugate gradients, and λ_max. What is costly is to store H or to invert it. Rates"
        " are fixed since noise of mini-batches and the cheapness of plain steps favour it.",
        "任何规模下都负担得起与海森矩阵的乘积：可用于步长、带共轭梯度的牛顿法和 λ_max。昂贵的是存"
        "储 H 或求逆。学习率之所以固定，是因为小批量的噪声和普通步的低廉代价。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        one = Text("gradients that H g costs, n = {:,}", "H g 相当于几次梯度，n = {:,}")
        sizes = [network_of(h).n_parameters for h in widths(conditions)]
        largest = Test("product", one.format(sizes[-1]), AtLeast(MANY))
        return Declaration(
            (
                Case(
                    Text("all of the Hessian is wanted", "需要整个海森矩阵"),
                    (
                        Test(
                            "whole",
                            Text("gradients that H costs", "H 相当于几次梯度"),
                            AtLeast(MANY),
                        ),
                    ),
                ),
                Case(
                    Text(
                        "its product with the gradient is enough, as for the best step",
                        "只需它与梯度的乘积，如求最优步长",
                    ),
                    (largest,),
                    expected=False,
                ),
            ),
            (
                Test("product", largest.what, Between(1.0, 12.0)),
                Test(
                    "growth",
                    Text(
                        "cost of H g in gradients, n = {:,} / n = {:,}",
                        "H g 以梯度计的代价，n = {:,} 与 n = {:,} 之比",
                    ).format(sizes[-1], sizes[0]),
                    Between(0.125, 8.0),
                ),
                Test(
                    "exact",
                    Text("gᵀ(H g) / its central difference", "gᵀ(H g) / 其中心差分"),
                    Between(1 - 1e-4, 1 + 1e-4),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        (rng,) = conditions.generators(1, 1)
        sizes, costs = [], []
        hidden = widths(conditions)
        for k, h in enumerate(hidden):
            objective = objective_of_width(h)
            theta = rng.normal(size=objective.n_parameters) / np.sqrt(N_INPUTS)
            g = gradient(objective, theta)
            sizes.append(float(objective.n_parameters))
            costs.append(self._cost(objective, theta, g, conditions.choose(10, 20)))
            if k == 0:
                yield Sample("exact", self._exactness(objective, theta, g))
            yield Progress(k + 1, len(hidden))
        yield Sample("product", costs[-1])
        yield Sample("whole", sizes[-1] * costs[-1])
        yield Sample("growth", costs[-1] / costs[0])
        at = tuple(sizes)
        yield Figure(
            Text("What curvature costs", "曲率的代价"),
            Axis(Text("weights n", "权重数 n"), log=True),
            Axis(Text("CPU time, in gradients", "CPU 时间，以梯度计"), log=True),
            (
                Curve(Text("H g, measured", "H g，测得"), at, tuple(costs), points=True),
                Curve(Text("H g: 3", "H g：3"), at, (3.0,) * len(at), predicted=True),
                Curve(Text("H: 3 n", "H：3 n"), at, tuple(3 * n for n in at), predicted=True),
            ),
        )

    def _cost(
        self, objective: Objective, theta: Float64Array, g: Float64Array, repeats: int
    ) -> float:
        """Least times of both, taken in turn, so that a busy machine slows down both."""
        times = np.empty((2, repeats))
        for k in range(repeats):
            times[0, k] = seconds(lambda: gradient(objective, theta))
            times[1, k] = seconds(lambda: self.product(objective, theta, g))
        of_gradient, of_product = times.min(axis=1)
        return float(of_product / of_gradient)

    def _exactness(self, objective: Objective, theta: Float64Array, g: Float64Array) -> float:
        step = 1e-4 / float(np.linalg.norm(g))
        ahead, behind = (gradient(objective, theta + s * g) for s in (step, -step))
        difference = float(g @ (ahead - behind)) / (2 * step)
        return float(g @ self.product(objective, theta, g)) / difference


def widths(conditions: Conditions) -> tuple[int, ...]:
    """Of the hidden layer."""
    return conditions.choose((32, 128, 512), (32, 128, 512, 2048))


def network_of(width: int) -> Network:
    return Network(N_INPUTS, (Dense(width, Tanh()), Dense(1)))


@cache
def objective_of_width(width: int) -> Objective:
    X = np.random.default_rng(0).normal(size=(N_ROWS, N_INPUTS))
    rows = Arrays(X, np.sin(X[:, :1]))
    return Objective(network_of(width), SquaredError(), L2(0.0), rows)


def gradient(objective: Objective, theta: Float64Array) -> Float64Array:
    """By the engine that takes the products as well."""
    rows = objective.rows
    passed = backpropagate(objective.network, theta, np.asarray(rows.X), rows.y, objective.loss)
    return np.asarray(passed.gradient)


def seconds(work: Callable[[], object]) -> float:
    """CPU time of a call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun
