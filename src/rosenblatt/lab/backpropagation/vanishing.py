"""B14: gradients through twenty layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import final

import numpy as np
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler

from rosenblatt.activations import Activation, ReLU, Sigmoid
from rosenblatt.backprop import Trace, backpropagate
from rosenblatt.initializers import GlorotUniform, HeNormal, Initializer
from rosenblatt.lab.criterion import AtMost, Between, Near
from rosenblatt.lab.declaration import Case, Declaration, Test
from rosenblatt.lab.experiment import Conditions, Experiment
from rosenblatt.lab.observation import Axis, Curve, Figure, Observation, Progress, Sample
from rosenblatt.lab.text import Text
from rosenblatt.losses import CategoricalCrossEntropy
from rosenblatt.network import Dense, Network
from rosenblatt.support.types import Float64Array

__all__ = ["Vanishing"]

DEPTH, WIDTH, ROWS = 20, 64, 200


@final
@dataclass(frozen=True)
class Vanishing(Experiment):
    """Sizes of the error δ from the last hidden layer to the first, on handwritten digits.

    Attributes
    ----------
    sigmoid : Activation
        The one that saturates.
    """

    sigmoid: Activation = field(default_factory=Sigmoid)

    id = "B14"
    title = Text("Gradients through twenty layers", "穿过二十层的梯度")
    claim = Text("The gradient vanishes in deep networks.", "梯度在深层网络中消失。")
    source = "Hochreiter 1991; Glorot & Bengio 2010; He et al. 2015, 2016"
    theory = Text(
        "A sigmoid layer scales the error by at most ¼ ‖W‖, and with Glorot's weights by about ¼:"
        " 1e-11 in 18 layers. ReLU with He's weights keeps E ‖δ‖² from layer to layer: a factor"
        " of 1. A residual connection adds the error itself to what the layer hands back, so that"
        " it cannot fade even through sigmoids.",
        "sigmoid 层至多把误差乘以 ¼ ‖W‖，用 Glorot 权重时约乘以 ¼：18 层后为 1e-11。ReLU 加 He 权"
        "重逐层保持 E ‖δ‖²：倍数为 1。残差连接把误差本身加到该层传回的量上，所以即使经过 sigmoid"
        " 也不会消失。",
    )
    method = Text(
        "Networks of 20 layers of 64 units at their initial weights on 200 digits; the norm of δ in"
        " each layer.",
        "20 层、每层 64 个单元的网络，在初始权重处用 200 个数字样本；各层 δ 的范数。",
    )
    takeaway = Text(
        "What decides is the factor of a layer: its slope times the size of its weights. Choose the"
        " activation and the initial variance together, or add residual connections.",
        "决定性的是每层的倍数：斜率乘以权重大小。应一起选择激活函数和初始方差，或加残差连接。",
    )

    def declare(self, conditions: Conditions) -> Declaration:
        ratio = Text("‖δ‖ in the first layer / in the last", "第一层的 ‖δ‖ / 最后一层的")
        return Declaration(
            (
                Case(
                    Text(
                        "layers are sigmoids with Glorot's weights", "各层是 sigmoid 加 Glorot 权重"
                    ),
                    (Test("sigmoid", ratio, AtMost(1e-6)),),
                ),
                Case(
                    Text("layers are ReLU with He's weights", "各层是 ReLU 加 He 权重"),
                    (Test("relu", ratio, AtMost(1e-6)),),
                    expected=False,
                ),
                Case(
                    Text("layers have residual connections", "各层有残差连接"),
                    (Test("residual", ratio, AtMost(1e-6)),),
                    expected=False,
                ),
            ),
            (
                Test(
                    "bound",
                    Text(
                        "largest factor of a sigmoid layer / ¼ ‖W‖", "sigmoid 层的最大倍数 / ¼ ‖W‖"
                    ),
                    AtMost(1.0),
                ),
                Test(
                    "factor",
                    Text(
                        "factor of ‖δ‖² in a ReLU layer, geometric mean",
                        "ReLU 层 ‖δ‖² 的倍数，几何平均",
                    ),
                    Near(1.0, relative=0.12),
                ),
                Test("relu", ratio, Between(0.1, 10.0)),
                Test("residual", ratio, Between(0.5, 10.0)),
            ),
        )

    def measure(self, conditions: Conditions) -> Iterator[Observation]:
        generators = conditions.generators(4, 20)
        layers = tuple(map(float, range(1, DEPTH + 1)))
        kinds: dict[str, tuple[Activation, Initializer, bool]] = {
            "sigmoid": (self.sigmoid, GlorotUniform(), False),
            "relu": (ReLU(), HeNormal(), False),
            "residual": (self.sigmoid, GlorotUniform(), True),
        }
        sizes = {key: np.zeros((len(generators), DEPTH)) for key in kinds}
        for k, rng in enumerate(generators):
            for key, (activation, initializer, residual) in kinds.items():
                trace, weights = passed(activation, initializer, residual, rng)
                norms = np.array([np.linalg.norm(d) for d in trace.delta[:-1]])
                sizes[key][k] = norms / norms[-1]
                yield Sample(key, float(norms[0] / norms[-1]))
                if key == "sigmoid":
                    bounds = [np.linalg.norm(W, 2) / 4 for W in weights[1:-1]]
                    yield Sample("bound", float((norms[:-1] / norms[1:] / bounds).max()))
            # The first layers: towards the output the factor depends on few classes.
            yield Sample(
                "factor", float((sizes["relu"][k, 0] / sizes["relu"][k, -1]) ** (2 / (DEPTH - 1)))
            )
            yield Progress(k + 1, len(generators))
        names = {
            "sigmoid": Text("sigmoid, Glorot", "sigmoid，Glorot"),
            "relu": Text("ReLU, He", "ReLU，He"),
            "residual": Text("sigmoid, residual", "sigmoid，残差"),
        }
        curves = [
            Curve(names[key], layers, tuple(np.exp(np.log(values).mean(axis=0))))
            for key, values in sizes.items()
        ]
        quarter = tuple(0.25 ** (DEPTH - layer) for layer in layers)
        yield Figure(
            Text("Size of the error at the initial weights", "初始权重处误差的大小"),
            Axis(Text("layer", "层")),
            Axis(Text("‖δ‖ / ‖δ‖ of the last hidden layer", "‖δ‖ / 最后隐藏层的 ‖δ‖"), log=True),
            (*curves, Curve(Text("¼ a layer", "每层 ¼"), layers, quarter, predicted=True)),
        )


def passed(
    activation: Activation, initializer: Initializer, residual: bool, rng: np.random.Generator
) -> tuple[Trace, list[Float64Array]]:
    """(A pass over some digits, the weights of the layers)."""
    X, codes = load_digits(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    rows = rng.permutation(len(X))[:ROWS]
    hidden = [Dense(WIDTH, activation, residual=residual) for _ in range(DEPTH)]
    network = Network(X.shape[1], (*hidden, Dense(10)))
    theta = network.initial_parameters(
        np.random.RandomState(rng.integers(2**31)), initializer, np.float64
    )
    y = codes[rows][:, None].astype(np.float64)
    trace = backpropagate(network, theta, X[rows], y, CategoricalCrossEntropy())
    return trace, [np.asarray(layer["weight"]) for layer in network.layer_parameters(theta)]
