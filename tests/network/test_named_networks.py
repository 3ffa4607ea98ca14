"""Networks that have names: shapes and counts, layer by layer, of the papers and of torchvision."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest

from rosenblatt.backprop import forward
from rosenblatt.engine.kernels import runs_natively
from rosenblatt.initializers import HeNormal
from rosenblatt.network import (
    Dense,
    GlobalAveragePool2D,
    Network,
    Reshape,
    alexnet,
    lenet5,
    residual_network,
)


def whole(shape: tuple[int, int, int], layers: Any, n_outputs: int) -> Network:
    return Network(prod(shape), (Reshape(shape), *layers, Dense(n_outputs)))


def counts(network: Network) -> list[int]:
    """The parameters of every layer that has any."""
    each = [sum(map(prod, shapes.values())) for shapes in network.parameter_shapes]
    return [n for n in each if n]


def test_lenet5() -> None:
    network = whole((28, 28, 1), lenet5(), 10)
    maps = [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (400,), (120,), (84,), (10,)]
    assert list(network.layer_shapes[2:]) == maps
    assert counts(network) == [156, 2416, 48120, 10164, 850]
    assert network.n_parameters == 61_706


def test_alexnet_is_that_of_2012() -> None:
    network = whole((227, 227, 3), alexnet(), 1000)
    assert network.layer_shapes[2:] == (
        (55, 55, 96),
        (55, 55, 96),
        (27, 27, 96),
        (27, 27, 256),
        (27, 27, 256),
        (13, 13, 256),
        (13, 13, 384),
        (13, 13, 384),
        (13, 13, 256),
        (6, 6, 256),
        (9216,),
        (4096,),
        (4096,),
        (1000,),
    )
    convolutions = [34_944, 307_456, 885_120, 663_936, 442_624]
    dense = [37_752_832, 16_781_312, 4_097_000]
    assert counts(network) == [*convolutions, *dense]
    assert network.n_parameters == 60_965_224
    assert runs_natively(network)


def test_alexnet_of_one_column_is_torchvisions() -> None:
    network = whole((224, 224, 3), alexnet(one_column=True), 1000)
    convolutions = [23_296, 307_392, 663_936, 884_992, 590_080]
    assert counts(network) == [*convolutions, 37_752_832, 16_781_312, 4_097_000]
    assert network.n_parameters == 61_100_840


def test_a_residual_network_halves_the_picture() -> None:
    network = whole((32, 32, 3), residual_network(8, 1), 10)
    assert network.layer_shapes[2:6] == ((32, 32, 8), (32, 32, 8), (16, 16, 16), (8, 8, 32))
    assert isinstance(network.layers[-2], GlobalAveragePool2D)
    theta = network.initial_parameters(np.random.RandomState(0), HeNormal())
    X = np.random.default_rng(0).normal(size=(2, 32 * 32 * 3))
    scores = forward(network, theta, X, state=network.initial_state()).scores
    assert scores.shape == (2, 10)
    assert np.isfinite(scores).all()


def test_three_blocks_a_stage_are_resnet_20() -> None:
    """The paper's table 6 says 0.27 million; its shortcuts have no parameters, and its convolutions
    no biases."""
    network = whole((32, 32, 3), residual_network(blocks=3), 10)
    shapes = [each.values() for each in network.parameter_shapes if each]
    n_weights = [sum(len(shape) > 1 for shape in each) for each in shapes]
    assert n_weights == [1, *[2] * 3, 3, 2, 2, 3, 2, 2, 1]
    assert sum(n_weights) - 2 == 20
    projections = 16 * 32 + 32 * 64 + 3 * (32 + 64)
    biases = 16 + 6 * 16 + 6 * 32 + 6 * 64
    assert network.n_parameters - projections - biases == 269_722


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((16, 1.5, 3), "blocks must be a whole number, got 1.5"),
        ((16, 3, "3"), "stages must be a whole number"),
        (("16", 3, 3), "width must be a whole number"),
        ((16, 0, 3), "blocks must be 1 or more, got 0"),
        ((16, 3, -5), "stages must be 1 or more"),
        ((0, 3, 3), "width must be 1 or more"),
        ((16, 10**6, 1), "stages times blocks must be 10,000 at most"),
        ((16, 1, 2000), "filters must be below"),
    ],
)
def test_numbers_that_are_no_network(numbers: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        residual_network(*numbers)


def test_one_column_is_true_or_false() -> None:
    with pytest.raises(ValueError, match="one_column must be True or False"):
        alexnet("no")  # type: ignore[arg-type]
