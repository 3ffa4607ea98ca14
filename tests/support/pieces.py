"""Networks that begin with piecewise-linear pieces, or have some later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rosenblatt.activations import GELU, ReLU, Tanh
from rosenblatt.initializers import GlorotUniform
from rosenblatt.network import Dense, Network, NumericEmbedding, Periodic, PiecewiseLinear, Scale
from rosenblatt.normalizations import LayerNorm
from rosenblatt.problem import Arrays

LAYER = PiecewiseLinear(
    lows=(-1.0, -2.0, -3.0),
    highs=(1.0, 2.0, 3.0),
    edges=((-1.0, 0.0, 0.5), (), (-2.0, -1.0, 0.0, 2.0)),
    centers=((0.1, 0.2), (), (0.3, 0.2, 0.1)),
    gains=(0.5, 1.0, 2.0),
)


def behind(n_vectors: int, *, in_vectors: bool = False) -> PiecewiseLinear:
    """Pieces of the last of as many features as there are numbers in vectors, and three inputs."""
    ends, of_last = (0.6,) * n_vectors, (LAYER.edges[0], LAYER.centers[0])
    of_first = of_last if in_vectors else ((), ())
    return PiecewiseLinear(
        lows=tuple(-end for end in ends) + LAYER.lows,
        highs=ends + LAYER.highs,
        edges=(of_first[0],) + ((),) * (n_vectors - 1) + LAYER.edges,
        centers=(of_first[1],) + ((),) * (n_vectors - 1) + LAYER.centers,
        gains=(1.0,) * n_vectors + LAYER.gains,
    )


VECTORS = NumericEmbedding(Periodic(4, 1.0, has_phase=True), 2, keeps_input=True)
NETWORKS = {
    "behind vectors": Network(3, (VECTORS, behind(6), Dense(75, ReLU()), Dense(2))),
    "behind some vectors": Network(
        3, (replace(VECTORS, n_numbers=2), behind(4), Dense(4, Tanh(), dropout=0.3), Dense(2))
    ),
    "scaled": Network(3, (LAYER, Scale(), Dense(75, ReLU()), Dense(2))),
    "scaled, and dropout": Network(3, (LAYER, Scale(), Dense(4, GELU(), dropout=0.3), Dense(2))),
    "scaled behind vectors": Network(3, (VECTORS, behind(6), Scale(), Dense(20, Tanh()), Dense(2))),
    "of vectors": Network(3, (VECTORS, behind(6, in_vectors=True), Dense(4, Tanh()), Dense(2))),
    "going on": Network(3, (replace(LAYER, reach=50.0), Dense(4, Tanh()), Dense(2))),
    "first": Network(3, (LAYER, Dense(4, Tanh()), Dense(2))),
    # More units than a panel of the native product has, and a part of another one.
    "wide": Network(3, (LAYER, Dense(75, ReLU()), Dense(2))),
    "needs z": Network(3, (LAYER, Dense(4, GELU()), Dense(2))),
    "rows together": Network(3, (LAYER, Dense(4, Tanh(), normalization=LayerNorm()), Dense(2))),
    "residual": Network(3, (LAYER, Dense(8, Tanh(), residual=True), Dense(2))),
    "one output": Network(3, (LAYER, Dense(1))),
    "without pieces": Network(
        3, (PiecewiseLinear((-1.0,) * 3, (1.0,) * 3, ((),) * 3, ((),) * 3, (1.0,) * 3), Dense(2))
    ),
    "second": Network(3, (Dense(3, Tanh()), LAYER, Dense(4, Tanh()), Dense(2))),
    "dropout": Network(3, (LAYER, Dense(4, Tanh(), dropout=0.3), Dense(2))),
}
each_network = pytest.mark.parametrize("net", NETWORKS.values(), ids=NETWORKS)


def theta_of(net: Network, dtype: type = np.float64) -> np.ndarray:
    rng = np.random.RandomState(0)
    theta = net.initial_parameters(rng, GlorotUniform(), dtype)
    theta += 0.1 * rng.normal(size=len(theta)).astype(dtype)  # factors are 1 at first
    return theta


def arrays(n: int = 50, n_outputs: int = 2) -> Arrays:
    rng = np.random.default_rng(0)
    return Arrays(2 * rng.normal(size=(n, 3)), rng.normal(size=(n, n_outputs)))
