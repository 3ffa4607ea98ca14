"""Estimators of pictures: what they learn, what X may be, and what they have of the perceptrons."""

from __future__ import annotations

import ctypes
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from rosenblatt import Checkpoint, ConvNetClassifier, ConvNetRegressor, MLPClassifier
from rosenblatt.engine.kernels import runs_natively
from rosenblatt.errors import InputError
from rosenblatt.network import (
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    MaxPool2D,
    Reshape,
    residual_network,
)
from tests.support.c_compiler import compiled

DIGITS = load_digits()
PICTURES, Y = DIGITS.images / 16, DIGITS.target
LAYERS = (Conv2D(8, 3, padding=1), MaxPool2D(2), Dense(32))
QUICK: dict[str, Any] = {"random_state": 0, "max_iter": 3, "tol": 0.0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def digits(**parameters: Any) -> ConvNetClassifier:
    return ConvNetClassifier(LAYERS, **{**QUICK, **parameters})


def bars(n: int, seed: int) -> tuple[Any, Any]:
    """Noise with a bar somewhere, which lies or stands."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(0, 0.3, (n, 12, 12)), rng.integers(0, 2, n)
    for picture, stands, (i, j) in zip(X, y, rng.integers(0, 9, (n, 2)), strict=True):
        picture[i : i + 4, j] += stands
        picture[i, j : j + 4] += 1 - stands
    return X, y


def test_it_finds_a_shape_wherever_it_lies() -> None:
    """Which a perceptron has to learn for every place anew."""
    X, y = bars(300, 0)
    others, theirs = bars(1000, 1)
    layers = (Conv2D(6, 4), MaxPool2D(9))
    same: dict[str, Any] = {"random_state": 0, "max_iter": 60, "batch_size": 20, "tol": 0.0}
    same["learning_rate_init"] = 0.01
    net = ConvNetClassifier(layers, **same).fit(X, y)
    dense = MLPClassifier(60, **same).fit(X.reshape(300, -1), y)
    assert net.score(others, theirs) > 0.95
    assert dense.score(others.reshape(1000, -1), theirs) < 0.85


def test_the_chain_is_completed() -> None:
    network = digits().fit(PICTURES, Y).model_.network
    assert [type(layer) for layer in network.layers] == [
        *(Reshape, Conv2D, MaxPool2D, Flatten, Dense, Dense)
    ]
    assert [
        layer.activation.__class__.__name__
        for layer in network.layers
        if hasattr(layer, "activation")
    ] == [*("ReLU", "ReLU", "Identity")]
    assert runs_natively(network)


def test_rows_with_a_shape_are_pictures() -> None:
    pictures = digits().fit(PICTURES, Y)
    rows = digits(image_shape=(8, 8)).fit(DIGITS.data / 16, Y)
    with_channel = digits().fit(PICTURES[..., None], Y)
    expected = pictures.predict_proba(PICTURES)
    assert pictures.image_shape_ == rows.image_shape_ == (8, 8, 1)
    np.testing.assert_array_equal(rows.predict_proba(PICTURES), expected)
    np.testing.assert_array_equal(with_channel.predict_proba(DIGITS.data / 16), expected)
    np.testing.assert_array_equal(pictures.predictor()(DIGITS.data / 16), expected)
    followed = digits(image_shape=(8, -1, 1)).fit(DIGITS.data / 16, Y)
    assert followed.image_shape_ == (8, 8, 1)


def test_bytes_are_shares_of_255() -> None:
    X = (PICTURES * 255).astype(np.uint8)
    of_bytes = digits().fit(X, Y)
    of_floats = digits().fit(X.astype(np.float32) / np.float32(255), Y)
    assert of_bytes.parameters_["layers.1.weight"].dtype == np.float32
    np.testing.assert_array_equal(of_bytes.predict_proba(X), of_floats.predict_proba(X))


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({}, DIGITS.data, "give image_shape"),
        ({"image_shape": (8, 9)}, DIGITS.data, r"no pictures of image_shape=\(8, 9, 1\)"),
        (
            {"image_shape": (4, 8)},
            DIGITS.data,
            r"no pictures of image_shape=\(4, 8, 1\): with 2 channels it is \(4, 8, 2\)",
        ),
        ({"image_shape": (8, 8, 3)}, PICTURES, r"has pictures of \(8, 8, 1\)"),
        ({"image_shape": (8,)}, PICTURES, "image_shape must be"),
        ({}, [np.zeros((3, 3)), np.zeros((4, 3))] * 2, "several sizes, such as .3, 3. and .4, 3."),
        ({}, np.zeros((2, 3, 3, 1, 1)), "has 5 dimensions, and pictures have three or four"),
        ({"layers": (Conv2D(4, 9),)}, PICTURES, r"window of \(9, 9\) is larger"),
        (
            {"layers": (Conv2D(4, 3), Conv2D(4, 3, groups=2), Conv2D(6, 3, groups=3))},
            PICTURES,
            "groups must divide",
        ),
        ({"layers": (32,)}, PICTURES, "layers must be such as"),
        ({}, np.full((1797, 8, 8), np.nan), "contains NaN"),
    ],
)
def test_what_is_no_picture_is_refused(parameters: dict[str, Any], X: Any, message: str) -> None:
    net = ConvNetClassifier(**{"layers": LAYERS, **parameters})
    with pytest.raises(ValueError, match=message):
        net.fit(X, Y[: len(X)])
    assert not hasattr(net, "classes_")


def test_pictures_to_predict_have_the_size_of_the_fit() -> None:
    net = digits()
    with pytest.raises(NotFittedError):
        net.predict(PICTURES)
    net.fit(PICTURES, Y)
    with pytest.raises(InputError, match=r"X has pictures of \(9, 8, 1\), and image_shape is"):
        net.predict(np.zeros((2, 9, 8)))
    net.coefs_ = [W.copy() for W in net.coefs_]
    with pytest.raises(InputError, match="write into their arrays"):
        net.predict(PICTURES)


def test_it_is_cloned_pickled_and_goes_on() -> None:
    net = digits(warm_start=True).fit(PICTURES, Y)
    again = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(again.predict_proba(PICTURES), net.predict_proba(PICTURES))
    assert [W.shape for W in again.coefs_] == [(3, 3, 1, 8), (128, 32), (32, 10)]
    assert clone(net).get_params()["layers"] == LAYERS
    loss = net.loss_
    assert net.fit(PICTURES, Y).loss_ < loss
    steps = digits()
    for _ in range(2):
        steps.partial_fit(PICTURES, Y, classes=range(10))
    assert steps.t_ == 2 * len(Y)


def test_a_fit_that_ended_early_is_resumed_bit_for_bit(tmp_path: Path) -> None:
    whole = digits(max_iter=6, early_stopping=True, validation_fraction=0.2).fit(PICTURES, Y)
    same = {"early_stopping": True, "validation_fraction": 0.2}
    checkpoint = Checkpoint(tmp_path / "fit", 0.0)
    digits(max_iter=3, checkpoint=checkpoint, **same).fit(PICTURES, Y)
    resumed = digits(max_iter=6, checkpoint=checkpoint, **same).fit(PICTURES, Y)
    assert resumed.resumed_from_ == 3
    np.testing.assert_array_equal(resumed.predict_proba(PICTURES), whole.predict_proba(PICTURES))
    other = ConvNetClassifier((Conv2D(4, 3),), **QUICK, checkpoint=checkpoint, **same)
    with pytest.raises(ValueError, match=r"hidden_layer_sizes|layers"):
        other.fit(PICTURES, Y)


def test_threads_do_not_change_the_bits() -> None:
    layers = residual_network(4, 1, 2)
    runs = [
        ConvNetClassifier(layers, **QUICK, n_jobs=n, deterministic=True)
        .fit(PICTURES, Y)
        .predict_proba(PICTURES)
        for n in (1, 2)
    ]
    np.testing.assert_array_equal(*runs)


def test_numbers_of_pictures() -> None:
    y = np.column_stack([PICTURES[:, :4].mean((1, 2)), PICTURES[:, 4:].mean((1, 2))])
    layers = (Conv2D(6, 3), MaxPool2D(2), Dense(16))
    net = ConvNetRegressor(layers, solver="lbfgs", max_iter=150, random_state=0).fit(PICTURES, y)
    assert net.score(PICTURES, y) > 0.9
    assert net.predict(PICTURES[:3]).shape == (3, 2)
    mean = ConvNetRegressor((Conv2D(3, 3), GlobalAveragePool2D()), **QUICK)
    assert mean.fit(PICTURES, y[:, 0]).partial_fit(PICTURES, y[:, 0]).predict(
        PICTURES[:3]
    ).shape == (3,)


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_it_is_exported(tmp_path: Path) -> None:
    net = digits().fit(PICTURES, Y)
    library = compiled(net.to_c(dtype="float64"), tmp_path)
    row = np.ascontiguousarray(PICTURES[5].ravel())
    out = np.empty(10)
    pointers = [a.ctypes.data_as(ctypes.POINTER(ctypes.c_double)) for a in (row, out)]
    library.predict(*pointers)
    np.testing.assert_allclose(out, net.predict_proba(PICTURES[5:6])[0], rtol=1e-10)


def test_no_pictures_are_refused_as_no_rows_are():
    with pytest.raises(ValueError, match=r"0 sample\(s\) .*minimum of 1 is required"):
        ConvNetClassifier(()).fit(np.zeros((0, 6, 6)), [])
