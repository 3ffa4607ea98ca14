"""Layers of pictures: PyTorch's numbers, shapes, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import ReLU, Softmax, Tanh
from rosenblatt.initializers import HeNormal
from rosenblatt.network import (
    AveragePool2D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    Layer,
    LocalResponseNorm,
    MaxPool2D,
    Network,
    Reshape,
    ResidualBlock,
)
from rosenblatt.normalizations import BatchNorm
from rosenblatt.support.philox import Draws

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "pictures.json").read_text())
BLOCK = Conv2D(4, 3, padding=1, activation=Tanh(), normalization=BatchNorm(), residual=True)
LAYERS: dict[str, Layer] = {
    "convolution": Conv2D(3, 3),
    "kernel that is no square": Conv2D(2, (2, 3), (2, 1), (0, 2)),
    "border and steps": Conv2D(5, 3, stride=2, padding=1),
    "groups": Conv2D(6, 3, padding=1, groups=2),
    "each channel alone": Conv2D(4, (3, 2), padding=1, groups=4),
    "pixels alone": Conv2D(3, 1),
    "largest": MaxPool2D(2),
    "largest of overlapping windows": MaxPool2D(3, 2),
    "mean": AveragePool2D((3, 2)),
    "mean of overlapping windows": AveragePool2D(3, 1),
    "mean of the picture": GlobalAveragePool2D(),
    "local response": LocalResponseNorm(3, alpha=0.9 / 3),
    "local response of another power": LocalResponseNorm(5, 0.5 / 5, 0.6, 1.0),
    "block": BLOCK,
    "residual block": ResidualBlock(4),
    "residual block that projects": ResidualBlock(6, stride=2),
    "residual block of larger kernels": ResidualBlock(3, 5),
}
NAMES = {
    "convolution.weight": "weight",
    "convolution.bias": "bias",
    "norm.weight": "scale",
    "norm.bias": "shift",
    "norm.running_mean": "running_mean",
    "norm.running_var": "running_var",
    **{f"{at}.weight": f"{at}.scale" for at in ("1", "4", "shortcut.1")},
    **{f"{at}.bias": f"{at}.shift" for at in ("1", "4", "shortcut.1")},
}


def named(arrays: dict[str, Any]) -> dict[str, Any]:
    """PyTorch's arrays by our names for them."""
    found = {key.removeprefix("layer."): np.array(p) for key, p in arrays.items()}
    return {NAMES.get(key, key): p for key, p in found.items()}


@pytest.mark.parametrize("name", LAYERS)
def test_numbers_are_pytorchs(name: str) -> None:
    run, layer, x = GOLDEN["runs"][name], LAYERS[name], np.array(GOLDEN["X"])
    given = named(run["parameters"])
    shapes = {key: p.shape for key, p in given.items()}
    assert layer.parameter_shapes(x.shape[1:]) == shapes
    state = {key: np.zeros(s) for key, s in layer.state_shapes(x.shape[1:]).items()}
    layer.initialize_state(state)
    passed = layer.forward(given, state, x, Draws(0, 0).stream(0))
    np.testing.assert_allclose(passed.out, run["output"], rtol=1e-12, atol=1e-14)
    assert passed.out.shape[1:] == layer.output_shape(x.shape[1:])
    back = layer.backward(given, passed, np.array(run["factors"]))
    np.testing.assert_allclose(back.upstream, run["of_input"], rtol=1e-10, atol=1e-13)
    for key, gradient in named(run["gradients"]).items():
        np.testing.assert_allclose(back.gradients[key], gradient, rtol=1e-10, atol=1e-12)
    if "evaluated" in run:
        layer.track(state, passed)
        for key, expected in named(run["running"]).items():
            np.testing.assert_allclose(state[key], expected, rtol=1e-12)
        evaluated = layer.forward(given, state, x, None).out
        np.testing.assert_allclose(evaluated, run["evaluated"], rtol=1e-12, atol=1e-14)


def test_every_golden_layer_is_tested() -> None:
    assert GOLDEN["runs"].keys() == LAYERS.keys()


def test_the_gradient_goes_to_the_first_of_equal_maxima() -> None:
    x = np.array([[1.0, 2, 2], [2, 0, 2]])[None, :, :, None]
    layer = MaxPool2D(2, 1)
    back = layer.backward({}, layer.forward({}, {}, x, None), np.array([[[[10.0], [20.0]]]]))
    np.testing.assert_array_equal(back.upstream[0, :, :, 0], [[0, 30, 0], [0, 0, 0]])


def test_no_number_that_is_none_is_lost() -> None:
    x = np.array([[np.nan, 1.0], [0.0, 2.0]])[None, :, :, None]
    assert np.isnan(MaxPool2D(2).forward({}, {}, x, None).out).all()


def test_a_filter_begins_as_a_unit_with_the_inputs_of_its_window() -> None:
    network = Network(8 * 8 * 4, (Reshape((8, 8, 4)), Conv2D(400, 5), GlobalAveragePool2D()))
    theta = network.initial_parameters(np.random.RandomState(0), HeNormal())
    weight = network.named_parameters(theta)["layers.1.weight"]
    assert weight.shape == (5, 5, 4, 400)
    assert weight.std() == pytest.approx(np.sqrt(2 / 100), rel=0.01)


def test_rows_become_pictures_and_rows_again() -> None:
    row = np.arange(24.0)[None]
    passed = Reshape((2, 4, 3)).forward({}, {}, row, None)
    np.testing.assert_array_equal(passed.out[0, 1, 2], [18, 19, 20])
    np.testing.assert_array_equal(Flatten().forward({}, {}, passed.out, None).out, row)


def test_multiply_adds() -> None:
    layer = Conv2D(6, 5, padding=2)
    assert layer.cost((28, 28, 1)) == 28 * 28 * 25 * 6
    assert Conv2D(16, 3, groups=2).cost((6, 6, 4)) == 4 * 4 * 9 * 2 * 16


SHAPED = Reshape((6, 6, 4))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Network(144, (SHAPED, Conv2D(8, 7), Flatten())), "window of .7, 7. is larger"),
        (lambda: Network(144, (SHAPED, MaxPool2D(7), Flatten())), "window of .7, 7. is larger"),
        (lambda: Conv2D(8, 3, groups=3), "3 groups do not divide 8 filters"),
        (
            lambda: Network(144, (SHAPED, Conv2D(9, 3, groups=3), Flatten())),
            "3 groups do not divide 4 channels",
        ),
        (lambda: Network(144, (Conv2D(8, 3), Flatten())), r"put Reshape\(\(height"),
        (lambda: Network(144, (SHAPED, Conv2D(8, 3), Dense(2))), r"put Flatten\(\) before it"),
        (lambda: Network(144, (SHAPED, Conv2D(8, 3))), "a network ends with outputs"),
        (lambda: Network(143, (SHAPED, Flatten())), "has 144 numbers"),
        (lambda: Reshape((6, 6)), "a height, a width and channels"),
        (lambda: Reshape((6, 0, 1)), "a height, a width and channels"),
        (lambda: Conv2D(8, 0), "kernel_size must be from 1"),
        (lambda: Conv2D(8, (3, 3, 3)), "kernel_size must be a whole number or two"),
        (lambda: Conv2D(8, 3, padding=-1), "padding must be from 0"),
        (lambda: Conv2D(0, 3), "filters must be 1 or more"),
        (lambda: Conv2D(8, 3, activation=Softmax()), "activation of single numbers"),
        (
            lambda: Network(144, (SHAPED, Conv2D(4, 3, residual=True), Flatten())),
            "keeps their shape",
        ),
        (lambda: LocalResponseNorm(4), "an odd number of channels"),
        (lambda: LocalResponseNorm(k=0), "k must be above 0"),
    ],
)
def test_what_does_not_fit_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_pixels_are_the_rows_of_other_layers_too() -> None:
    """A convolution of single pixels is a dense layer over them."""
    rng = np.random.default_rng(0)
    x, W, b = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(5, 6)), rng.normal(size=6)
    ours = Conv2D(6, 1, activation=ReLU()).forward(
        {"weight": W[None, None], "bias": b}, {}, x, None
    )
    theirs = Dense(6, ReLU()).forward({"weight": W, "bias": b}, {}, x.reshape(-1, 5), None)
    np.testing.assert_allclose(ours.out.reshape(-1, 6), theirs.out, rtol=1e-13)
