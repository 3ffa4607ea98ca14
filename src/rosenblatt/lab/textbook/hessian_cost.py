"""F4: what curvature costs beside a gradient (theory G3)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import final

import numpy as np

from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate
from rosenblatt.curvature.r_operator import gradient_along
from rosenblatt.lab.criterion import AtLeast, Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample, Table
from rosenblatt.lab.text import Text
from rosenblatt.lab.textbook.tally import multiplications
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.support.types import FloatArray

__all__ = ["HessianCost"]

N_INPUTS, N_ROWS = 32, 256
MANY = 20.0  # gradients: what the claim calls costly
# Products of a layer: in a gradient, in H g, and in H g where its inputs do not move.
OF_GRADIENT, OF_PRODUCT, OF_FIRST = 3, 8, 6


@final
@dataclass(frozen=True)
class HessianCost(Experiment):
    """Multiplications of H g, in gradients.

    Attributes
    ----------
    product : callable
        From network, θ, v, X, y, loss and the rows' shares to H v.
    """

    product: Callable[..., FloatArray] = gradient_along

    id = "F4"
    title = Text("What curvature costs", "曲率的代价")
    claim = Text(
        "The learning rate is fixed because the Hessian is too costly.",
        "学习率取固定值，是因为海森矩阵的计算代价太高。",
    )
    source = "Introductory texts; Pearlmutter 1994"
    theory = Text(
        "The best step along the gradient, gᵀg / gᵀHg, needs H g and not H. Back-propagation takes"
        " three matrix products a layer: z, ∂W, and the error handed down. Its derivative along a"
        " direction takes z and that error again, and two products for the derivative of each of"
        " the three: eight beside three, and six in the first layer, whose inputs do not move. H g"
        " costs 8/3 gradients at most, whatever the number of weights n; H costs n such products.",
        "沿梯度的最优步长 gᵀg / gᵀHg 需要 H g，而不是 H。反向传播每层需三次矩阵乘法：z、∂W 和向"
        "下传的误差。它沿某方向的导数要再算 z 和该误差，三者的导数又各需两次：八次比三次；第一层的"
        "输入不变，只需六次。无论权重数 n 多大，H g 至多为 8/3 次梯度；H 则是 n 次这样的乘积。",
    )
    method = Text(
        "Networks 32-h-h-1 of tanh units on 256 rows: arrays that count the multiplications of"
        " matrix products go through back-propagation and through its derivative. The whole Hessian"
        " counts as n products. CPU times are in the table, and decide nothing.",
        "256 行上的 32-h-h-1 tanh 网络：让能统计矩阵乘法中乘法次数的数组通过反向传播及其导数。整个"
        "海森矩阵按 n 次乘积计。CPU 时间列在表中，不参与判定。",
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
        hidden = widths(conditions)
        of_width = {h: one.format(network_of(h).n_parameters) for h in hidden}
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
                    (Test(f"product_{hidden[-1]}", of_width[hidden[-1]], AtLeast(MANY)),),
                    expected=False,
                ),
            ),
            (
                *(
                    Test(f"product_{h}", of_width[h], Near(predicted(h), relative=0.01))
                    for h in hidden
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
        X = rng.normal(size=(N_ROWS, N_INPUTS))
        y = np.sin(X[:, :1])
        hidden = widths(conditions)
        sizes, counted, timed, rows = [], [], [], []
        for k, h in enumerate(hidden):
            network = network_of(h)
            theta = rng.normal(size=network.n_parameters) / np.sqrt(N_INPUTS + h)
            g = gradient(network, y, theta, X)
            along = partial(self._along, network, y)
            of_gradient = multiplications(partial(gradient, network, y), theta, X)
            counted.append(multiplications(along, theta, g, X) / of_gradient)
            yield Sample(f"product_{h}", counted[-1])
            if k == 0:
                yield Sample("exact", self._exactness(network, theta, g, X, y))
            seconds = (
                least_seconds(partial(gradient, network, y, theta, X)),
                least_seconds(partial(along, theta, g, X)),
            )
            sizes.append(float(network.n_parameters))
            timed.append(seconds[1] / max(seconds[0], 1e-9))
            rows.append((sizes[-1], counted[-1], 1e3 * seconds[0], 1e3 * seconds[1]))
            yield Progress(k + 1, len(hidden))
        yield Sample("whole", sizes[-1] * counted[-1])
        yield Table(
            Text(
                "Beside the count, CPU times of one run on this machine",
                "除计数外，本机一次运行的 CPU 时间",
            ),
            (
                Text("weights n", "权重数 n"),
                Text("H g in gradients", "H g 相当于几次梯度"),
                Text("gradient, ms", "梯度，毫秒"),
                Text("H g, ms", "H g，毫秒"),
            ),
            tuple(rows),
        )
        at = tuple(sizes)
        yield Figure(
            Text("What curvature costs", "曲率的代价"),
            Axis(Text("weights n", "权重数 n"), log=True),
            Axis(Text("cost, in gradients", "代价，以梯度计"), log=True),
            (
                Curve(
                    Text("H g, multiplications", "H g，乘法次数"), at, tuple(counted), points=True
                ),
                Curve(Text("H g, CPU time", "H g，CPU 时间"), at, tuple(timed), points=True),
                Curve(
                    Text("H g: 8/3", "H g：8/3"),
                    at,
                    (OF_PRODUCT / OF_GRADIENT,) * len(at),
                    predicted=True,
                ),
                Curve(
                    Text("H: 8/3 n", "H：8/3 n"),
                    at,
                    tuple(OF_PRODUCT / OF_GRADIENT * n for n in at),
                    predicted=True,
                ),
            ),
        )

    def _along(
        self, network: Network, y: FloatArray, theta: FloatArray, v: FloatArray, X: FloatArray
    ) -> FloatArray:
        """H v of the mean loss."""
        return self.product(network, theta, v, X, y, SquaredError(), np.full(len(X), 1 / len(X)))

    def _exactness(
        self, network: Network, theta: FloatArray, g: FloatArray, X: FloatArray, y: FloatArray
    ) -> float:
        step = 1e-4 / float(np.linalg.norm(g))
        ahead, behind = (gradient(network, y, theta + s * g, X) for s in (step, -step))
        difference = float(g @ (ahead - behind)) / (2 * step)
        return float(g @ self._along(network, y, theta, g, X)) / difference


def widths(conditions: Conditions) -> tuple[int, ...]:
    """Of the hidden layers."""
    return conditions.choose((16, 64, 256), (16, 64, 256, 1024))


def network_of(width: int) -> Network:
    return Network(N_INPUTS, (Dense(width, Tanh()), Dense(width, Tanh()), Dense(1)))


def predicted(width: int) -> float:
    """Gradients that H g costs: a product takes a multiplication a weight and row."""
    first, others = N_INPUTS * width, width * width + width
    return (OF_FIRST * first + OF_PRODUCT * others) / (OF_GRADIENT * (first + others))


def gradient(network: Network, y: FloatArray, theta: FloatArray, X: FloatArray) -> FloatArray:
    return backpropagate(network, theta, X, y, SquaredError()).gradient


def least_seconds(work: Callable[[], object]) -> float:
    """The least CPU time of three calls."""
    found = []
    for _ in range(3):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)
