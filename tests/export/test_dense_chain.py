"""The dense layers of a network over many columns."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from rosenblatt.activations import Identity, ReLU
from rosenblatt.export.dense_chain import dense_layers
from rosenblatt.export.parts import Scaled
from rosenblatt.export.trained import Trained
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network

N = 4000
BYTES = 8 * N


def wide(*hidden: Dense) -> tuple[Trained, np.ndarray]:
    network = Network(N, (*hidden, Dense(2, Identity())))
    theta = np.random.default_rng(0).normal(size=network.n_parameters)
    return Trained(Model(network, theta, SquaredError())), network.weights_and_biases(theta)[0][0]


@pytest.mark.parametrize("hidden", [(), (Dense(3, ReLU()),)])
def test_memory_grows_with_the_columns_and_not_with_their_square(hidden: tuple[Dense, ...]) -> None:
    model, W = wide(*hidden)
    before = Scaled(np.full(N, 2.0), np.zeros(N))
    tracemalloc.start()
    layers = dense_layers(model, "PMML", before=before)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * BYTES
    np.testing.assert_array_equal(layers[0].weight, 2 * W)
