"""F2: ReLU and vanishing gradients (theory B14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np
from scipy import integrate
from scipy.stats import chi, norm
from sklearn.datasets import load_digits

from rosenblatt.activations import Activation, ReLU
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.initializers import HeNormal, Initializer, LeCunNormal
from rosenblatt.lab.criterion import AtLeast, AtMost, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.support.types import Float64Array

__all__ = ["Vanishing"]

DEPTH, WIDTH = 20, 128
BIAS, N_INPUTS, N_ROWS = -3.0, 10, 50  # of the units that begin dead
MODERATE, LARGE = 1e-4, 100.0  # learning rates
N_HIDDEN = 256


@final
@dataclass(frozen=True)
class Vanishing(Experiment):
    """Errors through deep networks, and units that are 0 on all rows.

    Attributes
    ----------
    activation : Activation
    initializer : Initializer
        Of He's variance.
    """

    activation: Activation = field(default_factory=ReLU)
    initializer: Initializer = field(default_factory=HeNormal)

    id = "F2"
    title = Text("ReLU and vanishing gradients", "ReLU 与梯度消失")
    claim = Text("ReLU solves vanishing gradients.", "ReLU 解决了梯度消失。")
    source = "Introductory texts; He et al. 2015; Lu et al. 2020 for units that begin dead"
    theory = Text(
        "ReLU passes an error on or stops it: half of the units stop it, and the mean square of the"
        " error changes by n Var(w) / 2 a layer. Var(w) = 2 / n keeps it; 1 / n halves it, which"
        " leaves 2⁻²⁰ after 20 layers. A unit is dead if z < 0 on all rows. With b = -3 and ten"
        " normal inputs E Φ(3 / ‖w‖)⁵⁰ of the units begin so on 50 rows, 0.50. Of inputs that are"
        " never negative and errors of one sign a single large step kills all units whose outgoing"
        " weight has that sign: half.",
        "ReLU 要么传递误差要么截断：一半单元截断，误差的均方每层变为 n Var(w) / 2 倍。Var(w) = 2"
        " / n 保持不变；1 / n 则减半，20 层后剩 2⁻²⁰。若 z 在所有行上都 < 0，单元就死了。b = -3、十"
        "个正态输入时，在 50 行上有 E Φ(3 / ‖w‖)⁵⁰ 的单元一开始就死，即 0.50。输入非负且误差同号"
        "时，一大步就杀死输出权重为该符号的所有单元：一半。",
    )
    method = Text(
        "Networks of 20 layers of 128 units: δ of the first layer beside the last. Units without a"
        " gradient on 50 normal rows; on the pixels of the digits, whose number is the target,"
        " before and after one step, of η = 10⁻⁴ and 100.",
        "每层 128 个单元的 20 层网络：首层的 δ 与末层之比。50 个正态行上没有梯度的单元；以手写数字"
        "的像素为输入、数字为目标，一步（η = 10⁻⁴ 和 100）前后没有梯度的单元。",
    )
    takeaway = Text(
        "ReLU needs He's variance, biases near 0, centred inputs and a moderate rate. Dead units do"
        " not come back: count them where a network learns badly.",
        "ReLU 需要 He 方差、接近 0 的偏置、中心化的输入和适中的学习率。死单元不会复活：网络学不好时"
        "数一数它们。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        kept = Text("E δ² of layer 1 / layer 20, {}", "第 1 层与第 20 层 E δ² 之比，{}")
        factor = Text(
            "factor on E δ² a layer, Var(w) = {} / n", "每层 E δ² 的倍数，Var(w) = {} / n"
        )
        dead = Text("share of dead units", "死单元的比例")
        after = Text("share of units that a step kills, η = {:g}", "一步杀死的单元的比例，η = {:g}")
        large = after.format(LARGE)
        # Four standard deviations of a share of the units.
        error = 2 / float(np.sqrt(N_HIDDEN * conditions.choose(3, 10)))
        return Declaration(
            (
                Case(
                    Text(
                        "weights have He's variance, and the rate is moderate",
                        "权重取 He 方差且学习率适中",
                    ),
                    (
                        Test("he", kept.format("He"), AtLeast(0.1)),
                        Test("moderate", after.format(MODERATE), AtMost(0.05)),
                    ),
                ),
                Case(
                    Text("weights have the variance 1 / n", "权重方差为 1 / n"),
                    (Test("lecun", kept.format("1 / n"), AtLeast(0.1)),),
                    expected=False,
                ),
                Case(
                    Text("biases begin at -3", "偏置从 -3 开始"),
                    (Test("biased", dead, AtMost(0.05)),),
                    expected=False,
                ),
                Case(
                    Text("the rate is far too large", "学习率过大"),
                    (Test("large", large, AtMost(0.05)),),
                    expected=False,
                ),
            ),
            (
                Test("factor_2", factor.format(2), Near(1.0, absolute=0.1)),
                Test("factor_1", factor.format(1), Near(0.5, absolute=0.05)),
                Test("biased", dead, Near(dead_share(), absolute=error)),
                Test("large", large, Near(0.5, absolute=error)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(3, 10)
        schemes = (("he", self.initializer, "factor_2"), ("lecun", LeCunNormal(), "factor_1"))
        squares = np.empty((len(schemes), len(generators), DEPTH))
        for k, rng in enumerate(generators):
            for i, (_, initializer, _) in enumerate(schemes):
                squares[i, k] = self._errors(initializer, rng)
            yield Sample("biased", self._dead_at_start(rng))
            yield Sample("moderate", self._dead_after(MODERATE, rng))
            yield Sample("large", self._dead_after(LARGE, rng))
            yield Progress(k + 1, len(generators))
        means = squares.mean(axis=1)
        for (key, _, factor), of_layers in zip(schemes, means, strict=True):
            ratio = float(of_layers[0] / of_layers[-1])
            yield Sample(key, ratio)
            yield Sample(factor, ratio ** (1 / (DEPTH - 1)))
        layers = np.arange(1.0, DEPTH + 1)
        yield Figure(
            Text("Errors on their way back", "误差的反向传播"),
            Axis(Text("layer", "层")),
            Axis(Text("E δ² / that of layer 20", "E δ² / 第 20 层的 E δ²"), log=True),
            tuple(
                Curve(name, tuple(layers), tuple(values / values[-1]), predicted=predicted)
                for name, values, predicted in (
                    (Text("Var(w) = 2 / n", "Var(w) = 2 / n"), means[0], False),
                    (Text("Var(w) = 1 / n", "Var(w) = 1 / n"), means[1], False),
                    (Text("1 a layer", "每层 1 倍"), np.ones(DEPTH), True),
                    (Text("½ a layer", "每层 ½ 倍"), 0.5 ** (DEPTH - layers), True),
                )
            ),
        )

    def _errors(self, initializer: Initializer, rng: np.random.Generator) -> Float64Array:
        """E δ² of each hidden layer."""
        layers = (Dense(WIDTH, self.activation),) * DEPTH
        network = Network(WIDTH, (*layers, Dense(WIDTH)))
        theta = drawn(network, initializer, rng)
        X, y = rng.normal(size=(2, 64, WIDTH))
        # Errors f - y of large y are nearly independent of the weights, as theory has them.
        delta = backpropagate(network, theta, X, 1000 * y, SquaredError()).delta
        return np.array([float((d**2).mean()) for d in delta[:-1]])

    def _dead_at_start(self, rng: np.random.Generator) -> float:
        network = Network(N_INPUTS, (Dense(N_HIDDEN, self.activation), Dense(1)))
        theta = drawn(network, HeNormal(), rng)
        network.layer_parameters(theta)[0]["bias"][:] = BIAS
        # Rows of its own for every 16 units, as those of the same rows die together.
        shares = [
            dead_units(network, theta, rng.normal(size=(N_ROWS, N_INPUTS)))[part : part + 16].mean()
            for part in range(0, N_HIDDEN, 16)
        ]
        return float(np.mean(shares))

    def _dead_after(self, rate: float, rng: np.random.Generator) -> float:
        """The share of live units that a step of gradient descent on the digits kills."""
        pixels, digits = load_digits(return_X_y=True)
        rows = rng.permutation(len(pixels))[:500]
        X, y = pixels[rows] / 16, digits[rows, None].astype(np.float64)
        network = Network(X.shape[1], (Dense(N_HIDDEN, self.activation), Dense(1)))
        theta = drawn(network, self.initializer, rng)
        alive = dead_units(network, theta, X) == 0
        theta -= rate * backpropagate(network, theta, X, y, SquaredError()).gradient
        return float(dead_units(network, theta, X)[alive].mean())


def drawn(network: Network, initializer: Initializer, rng: np.random.Generator) -> Float64Array:
    theta = np.zeros(network.n_parameters)
    for layer in network.layer_parameters(theta):
        layer["weight"][:], layer["bias"][:] = initializer.draw(rng, *layer["weight"].shape)
    return theta


def dead_units(network: Network, theta: Float64Array, X: Float64Array) -> Float64Array:
    """1 for each hidden unit that is 0 on all rows, and 0 for others."""
    return np.asarray((forward(network, theta, X).a[1] == 0).all(axis=0), np.float64)


def dead_share() -> float:
    """E Φ(-b / ‖w‖)ⁿ over w of He's variance, whose length has a chi distribution."""
    scale = np.sqrt(2 / N_INPUTS)
    share, _ = integrate.quad(
        lambda r: norm.cdf(-BIAS / (scale * r)) ** N_ROWS * chi.pdf(r, N_INPUTS), 0, np.inf
    )
    return float(share)
