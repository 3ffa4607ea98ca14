"""The description of a network and the layout of its flat parameter vector."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Identity, Tanh
from rosenblatt.initializers import GlorotUniform
from rosenblatt.network import Dense, Network

NET = Network(2, (Dense(3, Tanh()), Dense(1)))


def test_counts() -> None:
    assert NET.shapes == ((2, 3), (3, 1))
    assert NET.n_outputs == 1
    assert NET.n_parameters == 2 * 3 + 3 + 3 * 1 + 1
    assert Network(5, (Dense(4),)).n_parameters == 24


def test_layout() -> None:
    """θ = [W¹ b¹ W² b²], weights row by row."""
    (W1, b1), (W2, b2) = NET.weights_and_biases(np.arange(13.0))
    np.testing.assert_array_equal(W1, [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(b1, [6, 7, 8])
    np.testing.assert_array_equal(W2, [[9], [10], [11]])
    np.testing.assert_array_equal(b2, [12])


def test_views_write_through() -> None:
    theta = np.zeros(13)
    (W1, _), (_, b2) = NET.weights_and_biases(theta)
    W1[1, 2] = 5
    b2[0] = 7
    assert theta[5] == 5
    assert theta[12] == 7
    assert np.count_nonzero(theta) == 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pack_is_the_inverse_of_the_views(dtype: Any) -> None:
    theta = np.random.default_rng(0).standard_normal(13).astype(dtype)
    pairs = NET.weights_and_biases(theta)
    packed = NET.pack([W for W, _ in pairs], [b for _, b in pairs], dtype)
    assert packed.dtype == dtype
    np.testing.assert_array_equal(packed, theta)
    packed[:] = 0
    assert theta.any()


def test_pack_takes_lists() -> None:
    packed = NET.pack([[[1, 2, 3], [4, 5, 6]], [[7], [8], [9]]], [[10, 11, 12], [13]])
    np.testing.assert_array_equal(packed, [1, 2, 3, 4, 5, 6, 10, 11, 12, 7, 8, 9, 13])
    assert packed.dtype == np.float64


def test_initial_parameters_draw_layer_by_layer() -> None:
    rng = np.random.default_rng(1)
    W1, b1 = GlorotUniform().draw(rng, 2, 3)
    W2, b2 = GlorotUniform().draw(rng, 3, 1)
    expected = np.concatenate([W1.ravel(), b1, W2.ravel(), b2])
    theta = NET.initial_parameters(np.random.default_rng(1), GlorotUniform())
    np.testing.assert_array_equal(theta, expected)
    single = NET.initial_parameters(np.random.default_rng(1), GlorotUniform(), np.float32)
    np.testing.assert_array_equal(single, expected.astype(np.float32))


@pytest.mark.parametrize("units", [0, -1])
def test_a_layer_has_units(units: int) -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        Dense(units)
    with pytest.raises(ValueError, match="at least one input"):
        Network(units, (Dense(1),))


def test_a_network_has_layers() -> None:
    with pytest.raises(ValueError, match="at least one layer"):
        Network(3, ())


@pytest.mark.parametrize("shape", [(12,), (14,), (1, 13), ()])
def test_parameters_of_another_size(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="flat vector of 13 parameters"):
        NET.weights_and_biases(np.zeros(shape))


@pytest.mark.parametrize(
    ("weights", "biases"),
    [
        ([np.zeros((3, 2)), np.zeros((3, 1))], [np.zeros(3), np.zeros(1)]),
        ([np.zeros((2, 3)), np.zeros(3)], [np.zeros(3), np.zeros(1)]),
        ([np.zeros((2, 3)), np.zeros((3, 1))], [np.zeros(1), np.zeros(1)]),
        ([np.zeros((2, 3))], [np.zeros(3)]),
        ([np.zeros((2, 3)), np.zeros((3, 1))], [np.zeros(3)]),
    ],
)
def test_pack_refuses_what_does_not_fit(weights: list[Any], biases: list[Any]) -> None:
    """Also what NumPy would broadcast: a bias of one unit is no bias of three."""
    with pytest.raises(ValueError, match=r"expected weights|zip"):
        NET.pack(weights, biases)


def test_a_description_is_a_value() -> None:
    assert Network(2, (Dense(3, Tanh()), Dense(1, Identity()))) == NET
    assert hash(NET) == hash(Network(2, (Dense(3, Tanh()), Dense(1))))
    assert Network(2, (Dense(3), Dense(1))) != NET
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign"):
        NET.n_inputs = 3  # type: ignore[misc]


def test_squared_norms_beyond_the_floats_are_infinite() -> None:
    network = Network(1, (Dense(1),))
    with np.errstate(all="raise"):
        assert network.squared_norms(np.array([1e200, 1.0])) == [np.inf]
