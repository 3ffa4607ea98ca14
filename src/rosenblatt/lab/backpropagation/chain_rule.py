"""B13: the chain rule, number by number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import final

import numpy as np

from rosenblatt.activations import Activation, Sigmoid
from rosenblatt.backprop import backpropagate
from rosenblatt.lab.criterion import AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.support.types import Float64Array

__all__ = ["ChainRule"]

SIZES = (2, 3, 3, 3, 1)  # units of the layers, from the input on


@final
@dataclass(frozen=True)
class ChainRule(Experiment):
    """A gradient by back-propagation beside the sum over all paths.

    Attributes
    ----------
    activation : Activation
        Of the hidden layers.
    """

    activation: Activation = field(default_factory=Sigmoid)

    id = "B13"
    title = Text("The chain rule, number by number", "逐个数字的链式法则")
    claim = Text(
        "A weight's derivative is the sum over all paths from it to the output of the products"
        " along them, which back-propagation computes at the price of one pass back.",
        "权重的导数等于从它到输出的所有路径上乘积之和，反向传播只用一次反向计算就得到它。",
    )
    source = "Linnainmaa 1970; Rumelhart, Hinton & Williams 1986; Griewank & Walther 2008"
    theory = Text(
        "Each path contributes its weights and slopes g'(z), one factor a layer. From the first"
        " layer of a 2-3-3-3-1 network nine paths leave each unit; in general their number is the"
        " product of the sizes, exponential in the depth. Back-propagation shares what they have in"
        " common, and takes two products of matrices a layer where forward takes one.",
        "每条路径贡献其上的权重和斜率 g'(z)，每层一个因子。2-3-3-3-1 网络的第一层每个单元有九条路"
        "径；一般地，路径数是各层大小之积，随深度指数增长。反向传播共享其公共部分，每层两次矩阵乘"
        "积，而前向只需一次。",
    )
    method = Text(
        "All derivatives of the first layer's weights of random networks, by enumeration of the"
        " paths with slopes by differences, and by back-propagation; products counted.",
        "随机网络第一层权重的全部导数：枚举路径（斜率用差分）与反向传播比较；并计数乘积。",
    )
    takeaway = Text(
        "Back-propagation is no approximation: it is the chain rule, summed in the right order.",
        "反向传播不是近似：它就是按正确顺序求和的链式法则。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        return Declaration(
            (
                Case(
                    Text("for every network without cycles", "对任何无环网络"),
                    (
                        Test(
                            "difference",
                            Text(
                                "largest |by paths - by passes| / largest",
                                "最大的 |按路径 - 按反传| / 最大值",
                            ),
                            AtMost(1e-8),
                        ),
                    ),
                ),
            ),
            (
                Test(
                    "paths",
                    Text("paths of one weight of the first layer", "第一层一个权重的路径数"),
                    Near(float(np.prod(SIZES[2:]))),
                ),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        hidden = [Dense(n, self.activation) for n in SIZES[1:-1]]
        network = Network(SIZES[0], (*hidden, Dense(SIZES[-1])))
        generators = conditions.generators(5, 30)
        for k, rng in enumerate(generators):
            theta = rng.normal(size=network.n_parameters)
            x, y = rng.normal(size=(1, SIZES[0])), rng.normal(size=(1, SIZES[-1]))
            trace = backpropagate(network, theta, x, y, SquaredError())
            layers = network.layer_parameters(theta)
            weights = [np.asarray(layer["weight"], np.float64) for layer in layers]
            slopes = [self._slope(z[0]) for z in trace.forward.z[:-1]]
            by_paths, n_paths = along_paths(
                x[0], weights, slopes, float(trace.prediction[0, 0] - y[0, 0])
            )
            of_passes = np.asarray(trace.weight_gradients[0])
            yield Sample(
                "difference", float(np.abs(by_paths - of_passes).max() / np.abs(of_passes).max())
            )
            yield Sample("paths", float(n_paths))
            yield Progress(k + 1, len(generators))
        depths = np.arange(1, 11)
        yield Figure(
            Text(
                "Paths from a weight of the first layer, ten units a layer",
                "第一层一个权重的路径数，每层十个单元",
            ),
            Axis(Text("hidden layers behind it", "其后的隐藏层数")),
            Axis(Text("number", "数目"), log=True),
            (
                Curve(
                    Text("paths", "路径"),
                    tuple(map(float, depths)),
                    tuple(10.0**d for d in depths),
                    predicted=True,
                ),
                Curve(
                    Text("products of back-propagation", "反向传播的乘积数"),
                    tuple(map(float, depths)),
                    tuple(2.0 * 100 * d for d in depths),
                ),
            ),
        )

    def _slope(self, z: Float64Array, step: float = 1e-6) -> Float64Array:
        """g'(z) by central differences of the value."""
        up, down = self.activation.value(z + step), self.activation.value(z - step)
        return np.asarray(up - down) / (2 * step)


def along_paths(
    x: Float64Array, weights: list[Float64Array], slopes: list[Float64Array], error: float
) -> tuple[Float64Array, int]:
    """(∂J/∂W¹ by enumeration, the paths of one weight)."""
    gradient = np.zeros_like(weights[0])
    n_paths = 0
    for i, j in product(range(gradient.shape[0]), range(gradient.shape[1])):
        total, n_paths = 0.0, 0
        for units in product(*(range(w.shape[1]) for w in weights[1:])):
            route = (j, *units)
            value = x[i] * slopes[0][j]
            for layer in range(1, len(weights)):
                value *= weights[layer][route[layer - 1], route[layer]]
                if layer < len(slopes):
                    value *= slopes[layer][route[layer]]
            total += value
            n_paths += 1
        gradient[i, j] = error * total
    return gradient, n_paths
