"""Displays: numbers against PyTorch's and plain NumPy's, colours, and what is refused."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from rosenblatt import (
    ConvNetClassifier,
    ConvNetRegressor,
    FeatureMapDisplay,
    FilterDisplay,
    MLPClassifier,
    MostConfusedDisplay,
    SaliencyDisplay,
)
from rosenblatt.activations import Tanh
from rosenblatt.errors import InputError
from rosenblatt.network import Conv2D, Dense, MaxPool2D, Shift
from rosenblatt.normalizations import BatchNorm
from rosenblatt.pictures.displays.drawing import columns_for

mpl.use("agg")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "convnet.json").read_text())
PICTURE = np.array(GOLDEN["picture"])
DIGITS = load_digits()
X, Y = DIGITS.images / 16, DIGITS.target
LAYERS = (Conv2D(4, 3, padding=1), MaxPool2D(2), Conv2D(3, 2, activation=Tanh()), Dense(12))


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def digits() -> ConvNetClassifier:
    return ConvNetClassifier(LAYERS, max_iter=4, batch_size=50, random_state=0).fit(
        X[:900], Y[:900]
    )


@pytest.fixture(scope="module")
def golden() -> ConvNetClassifier:
    """PyTorch's network, whose classes are a, b and c."""
    layers = (
        Conv2D(4, 3, padding=1),
        MaxPool2D(2),
        Conv2D(5, 2, stride=2, activation=Tanh()),
    )
    pictures = np.random.default_rng(0).random((6, 8, 8, 3))
    net = ConvNetClassifier(layers, max_iter=1, random_state=0).fit(pictures, list("abcabc"))
    for array, given in zip(net.coefs_, [*GOLDEN["kernels"], GOLDEN["weights"]], strict=True):
        array[...] = given
    for array, given in zip(net.intercepts_, GOLDEN["biases"], strict=True):
        array[...] = given
    assert_allclose(net.model_.scores(PICTURE.reshape(1, -1)), [GOLDEN["scores"]])
    return net


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_feature_maps_are_pytorchs(golden: ConvNetClassifier, layer: int) -> None:
    expected = np.array(GOLDEN["maps"][layer])
    display = FeatureMapDisplay.from_estimator(golden, PICTURE, layer=layer)
    assert_allclose(display.maps, expected, rtol=1e-12, atol=1e-14)
    shown = [np.asarray(image.get_array()) for image in display.images_[1:]]
    assert_allclose(np.stack(shown, axis=2), expected, rtol=1e-12, atol=1e-14)
    largest = np.abs(expected).max()
    low = -largest if layer == 2 else 0.0  # tanh alone falls below 0
    for image in display.images_[1:]:
        assert_allclose(image.get_clim(), (low, largest))
    assert_allclose(
        FeatureMapDisplay.from_estimator(golden, PICTURE, layer=layer - 3).maps, expected
    )


@pytest.mark.parametrize("k", [0, 1, 2])
def test_saliency_is_pytorchs_gradient_of_the_score(golden: ConvNetClassifier, k: int) -> None:
    expected = np.array(GOLDEN["gradients"][k])
    display = SaliencyDisplay.from_estimator(golden, PICTURE, target="abc"[k])
    assert_allclose(display.gradient, expected, rtol=1e-11, atol=1e-13)
    assert_allclose(display.saliency, np.abs(expected).max(axis=2))
    assert_allclose(display.images_[1].get_array(), display.saliency)
    assert display.images_[1].get_clim() == (0.0, display.saliency.max())
    assert display.axes_[0, 1].get_title() == f"score of {'abc'[k]}"
    likeliest = SaliencyDisplay.from_estimator(golden, PICTURE)
    assert likeliest.target == "abc"[int(np.argmax(GOLDEN["scores"]))]


def differences(score: Any, picture: Any) -> Any:
    """∂score/∂x by central differences."""
    slopes = np.zeros(picture.shape)
    for place in np.ndindex(picture.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = picture.copy()
            moved[place] += step
            ends.append(score(moved[None]))
        slopes[place] = (ends[0] - ends[1]) / 2e-5
    return slopes


def test_saliency_is_the_slope_of_native_predictions(digits: ConvNetClassifier) -> None:
    """Of ln p_k, which is s_k - ln Σ exp s, the p-weighted mean of all gradients is missing."""
    p = digits.predict_proba(X[:1])[0]
    gradients = np.stack(
        [SaliencyDisplay.from_estimator(digits, X[0], target=c).gradient for c in range(10)]
    )
    mean = np.tensordot(p, gradients, axes=1)
    for k in (0, 7):
        slopes = differences(lambda x, k=k: digits.predict_log_proba(x)[0, k], X[0][:, :, None])
        assert_allclose(gradients[k] - mean, slopes, rtol=1e-5, atol=1e-7)


def test_two_classes_have_opposite_scores_and_bytes_count_as_shares() -> None:
    pixels = (X * 255).astype(np.uint8)
    layers = (Conv2D(3, 3, normalization=BatchNorm(), activation=Tanh()), MaxPool2D(2))
    net = ConvNetClassifier(layers, max_iter=2, dtype=np.float64, random_state=0)
    net.fit(pixels[:200], np.where(Y[:200] < 5, "low", "high"))
    low, high = (SaliencyDisplay.from_estimator(net, pixels[0], target=t) for t in ("low", "high"))
    assert_allclose(low.gradient, -high.gradient)

    def score(shares: Any) -> float:
        p = net.predict_proba(shares)[0]
        return float(np.log(p[1] / p[0]))  # classes are sorted: high, low

    slopes = differences(score, pixels[0][:, :, None] / 255)
    assert_allclose(low.gradient, slopes, rtol=1e-5, atol=1e-7)
    limit = np.abs(slopes).max()
    assert_allclose(low.images_[1].get_clim(), (-limit, limit), rtol=1e-5)


def test_an_output_of_a_regressor() -> None:
    y = np.stack([X.mean(axis=(1, 2)), X[:, 2, 3]], axis=1)
    net = ConvNetRegressor((Conv2D(2, 3, activation=Tanh()),), max_iter=2, random_state=0)
    net.fit(X[:200], y[:200])
    for k in (0, 1):
        found = SaliencyDisplay.from_estimator(net, X[0], target=k)
        slopes = differences(lambda x, k=k: net.predict(x)[0, k], X[0][:, :, None])
        assert_allclose(found.gradient, slopes, rtol=1e-5, atol=1e-7)
    with pytest.raises(InputError, match="target=2 is no output, which are numbered from 0 to 1"):
        SaliencyDisplay.from_estimator(net, X[0], target=2)
    with pytest.raises(InputError, match="one class of several"):
        MostConfusedDisplay.from_estimator(net, X, y)


def test_filters_of_one_channel_are_signed_on_one_scale(digits: ConvNetClassifier) -> None:
    display = FilterDisplay.from_estimator(digits)
    kernel = digits.coefs_[0]  # height x width x 1 x filters
    assert not display.in_colour
    for k, image in enumerate(display.images_):
        assert_array_equal(image.get_array(), kernel[:, :, 0, k])
        assert_allclose(image.get_clim(), (-np.abs(kernel).max(), np.abs(kernel).max()))
        assert image.get_cmap().name == "RdBu_r"
    assert len(display.images_) == 4
    assert display.axes_.shape == (2, 2)
    assert display.colorbar_ is not None


def test_filters_of_red_green_and_blue_are_colours(golden: ConvNetClassifier) -> None:
    display = FilterDisplay.from_estimator(golden)
    kernel = np.array(GOLDEN["kernels"][0])
    assert display.in_colour
    assert display.colorbar_ is None
    for k, image in enumerate(display.images_):
        colours = 0.5 + kernel[:, :, :, k] / (2 * np.abs(kernel).max())
        assert_allclose(image.get_array(), colours, atol=1e-12)


def test_filters_behind_the_first_layer_have_a_row_each(golden: ConvNetClassifier) -> None:
    display = FilterDisplay.from_estimator(golden, layer=2, filters=[4, 0], channels=(1, 2, 3))
    kernel = np.array(GOLDEN["kernels"][1])
    assert display.axes_.shape == (2, 3)
    assert not display.in_colour  # of three channels, which are no colours here
    places = [(f, c) for f in (4, 0) for c in (1, 2, 3)]
    for (f, c), image in zip(places, display.images_, strict=True):
        assert_allclose(image.get_array(), kernel[:, :, c, f])


def test_layers_are_counted_behind_the_augmentation() -> None:
    net = ConvNetClassifier((Conv2D(2, 3), MaxPool2D(2)), augmentation=(Shift(1),), max_iter=1)
    net.fit(X[:100], Y[:100])
    for display in (FilterDisplay.from_estimator(net), FilterDisplay.from_estimator(net, layer=-2)):
        assert_array_equal(display.filters, np.moveaxis(net.coefs_[0], 3, 0))
    assert FeatureMapDisplay.from_estimator(net, X[0], layer=1).maps.shape == (3, 3, 2)


def test_most_confused_are_the_surest_errors(digits: ConvNetClassifier) -> None:
    later, true = X[900:], Y[900:]
    p = digits.predict_proba(later)
    display = MostConfusedDisplay.from_estimator(digits, later, true, n_pictures=7)
    wrong = [i for i in range(len(true)) if np.argmax(p[i]) != true[i]]
    expected = sorted(wrong, key=lambda i: (-max(p[i]), i))[:7]
    assert len(wrong) > 7
    assert (display.n_wrong, display.n_samples) == (len(wrong), 897)
    assert display.rows.tolist() == expected
    for k, i in enumerate(expected):
        assert display.axes_.ravel()[k].get_title() == (
            f"{true[i]}, not {p[i].argmax()}\n{p[i].max():.1%}"
        )
        assert_allclose(display.images_[k].get_array(), later[i])


def test_equally_sure_errors_stay_in_order_and_few_fill_no_grid() -> None:
    p = [[0.9, 0.1], [0.2, 0.8], [0.8, 0.2], [0.2, 0.8]]
    pictures = np.arange(4 * 6, dtype=np.uint8).reshape(4, 2, 3)
    display = MostConfusedDisplay.from_predictions(pictures, ["$b", "a", "a", "a"], p, ["a", "$b"])
    assert display.rows.tolist() == [0, 1, 3]
    assert display.probabilities.tolist() == [0.9, 0.8, 0.8]
    assert display.axes_[0, 0].get_title() == "\\$b, not a\n90.0%"
    right = MostConfusedDisplay.from_predictions(
        pictures, list("abab"), np.eye(2)[[0, 1, 0, 1]], ["a", "b"]
    )
    assert right.images_ == []
    assert right.axes_[0, 0].texts[0].get_text() == "all 4 are right"


def test_the_place_of_a_subplot_is_divided(digits: ConvNetClassifier, golden: Any) -> None:
    figure = Figure(layout="constrained")
    subplots = figure.subplots(2, 2).ravel()
    displays: list[Any] = [
        FilterDisplay.from_estimator(digits, ax=subplots[0]),
        FeatureMapDisplay.from_estimator(golden, PICTURE, ax=subplots[1]),
        SaliencyDisplay.from_estimator(digits, X[0], ax=subplots[2]),
        MostConfusedDisplay.from_estimator(digits, X[900:], Y[900:], ax=subplots[3]),
    ]
    figure.canvas.draw()
    for display, subplot in zip(displays, subplots, strict=True):
        assert display.figure_ is figure
        around = subplot.get_subplotspec().get_position(figure)
        for ax in display.axes_.ravel():
            inner = ax.get_subplotspec().get_position(figure)
            assert around.x0 - 1e-9 <= inner.x0 < inner.x1 <= around.x1 + 1e-9
            assert around.y0 - 1e-9 <= inner.y0 < inner.y1 <= around.y1 + 1e-9
    with pytest.raises(InputError, match="one of a figure's subplots"):
        displays[0].plot(figure.add_axes((0, 0, 1, 1)))


@pytest.mark.parametrize(("n", "columns"), [(0, 1), (1, 1), (2, 2), (8, 4), (20, 5), (96, 12)])
def test_panels_fill_their_grid(n: int, columns: int) -> None:
    assert columns_for(n) == columns


def test_classes_that_look_like_formulas_are_shown_as_they_are() -> None:
    classes = np.array(["$\\frac{1}{$", "$x_$", "long " * 100])
    net = ConvNetClassifier(LAYERS, max_iter=1, random_state=0).fit(X[:30], classes[Y[:30] % 3])
    shown = SaliencyDisplay.from_estimator(net, X[0], target=classes[0])
    shown.figure_.canvas.draw()
    assert shown.axes_[0, 1].get_title() == r"score of \$\frac{1}{\$"
    confused = MostConfusedDisplay.from_estimator(net, X[:30], np.roll(net.predict(X[:30]), 1))
    confused.figure_.canvas.draw()


def test_what_is_refused(digits: ConvNetClassifier, golden: ConvNetClassifier) -> None:
    with pytest.raises(TypeError, match=r"MLPClassifier is no network of pictures: give a ConvNet"):
        FilterDisplay.from_estimator(MLPClassifier())
    with pytest.raises(NotFittedError):
        FilterDisplay.from_estimator(ConvNetClassifier())
    with pytest.raises(InputError, match=r"layer=9 is none of layers, .* from 0 to 3"):
        FeatureMapDisplay.from_estimator(digits, X[0], layer=9)
    with pytest.raises(InputError, match="layer=3 is a Dense, which gives no pictures"):
        FeatureMapDisplay.from_estimator(digits, X[0], layer=3)
    with pytest.raises(InputError, match="layer=1 is a MaxPool2D, which has no filters"):
        FilterDisplay.from_estimator(digits, layer=1)
    with pytest.raises(InputError, match=r"filters must be whole numbers from 0 to 3, got \[4\]"):
        FilterDisplay.from_estimator(digits, filters=[4])
    with pytest.raises(InputError, match=r"takes a picture of \(8, 8, 1\), and this has \(7, 8\)"):
        SaliencyDisplay.from_estimator(digits, X[0, 1:])
    with pytest.raises(InputError, match="no finite numbers"):
        SaliencyDisplay.from_estimator(digits, np.full((8, 8), np.nan))
    with pytest.raises(InputError, match=r"target='d' is none of the classes, .* 'a', 'b', 'c'"):
        SaliencyDisplay.from_estimator(golden, PICTURE, target="d")
    with pytest.raises(InputError, match="n_pictures must be a whole number of 1 or more"):
        MostConfusedDisplay.from_estimator(digits, X, Y, n_pictures=0)
    with pytest.raises(InputError, match=r"got shapes \(2,\) and \(2, 3\)"):
        MostConfusedDisplay.from_predictions(X[:2], [0, 1], np.ones((2, 3)), [0, 1])
    with pytest.raises(InputError, match="X must have pictures"):
        MostConfusedDisplay.from_predictions(X[:2, 0, 0], [0, 1], np.ones((2, 2)), [0, 1])
    with pytest.raises(InputError, match="X must have pictures of numbers"):
        MostConfusedDisplay.from_predictions(X[:2].astype(str), [0, 1], np.ones((2, 2)), [0, 1])
    for given in ([], [1], [[1], [1, 2]], (1,), {}, np.array([1, 2])):
        with pytest.raises(InputError, match="is none of the classes"):
            SaliencyDisplay.from_estimator(golden, PICTURE, target=given)
    for labels in ("x" * 50_000, None, 5, {0: 1}, [0], [[0, 1], [1, 0]]):
        with pytest.raises(InputError, match=r"^y must have a class for each picture.{,150}$"):
            MostConfusedDisplay.from_predictions(X[:2], labels, np.ones((2, 2)), [0, 1])
    for classes in (None, "ab", 5, np.eye(2)):
        with pytest.raises(InputError, match="for 2 pictures and classes of shape"):
            MostConfusedDisplay.from_predictions(X[:2], [0, 1], np.ones((2, 2)), classes)
    for p in (np.full((2, 2), "1"), np.full((2, 2), np.nan)):
        with pytest.raises(InputError, match="probabilities must be finite numbers"):
            MostConfusedDisplay.from_predictions(X[:2], [0, 1], p, [0, 1])
    with pytest.raises(InputError, match=r"y has none of the classes \[0, 1\]"):
        MostConfusedDisplay.from_predictions(X[:2], ["0", "1"], np.ones((2, 2)), [0, 1])


def test_without_matplotlib_it_says_what_to_install(
    digits: ConvNetClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"FilterDisplay.plot needs matplotlib .*\[plot\]"):
        FilterDisplay.from_estimator(digits)
