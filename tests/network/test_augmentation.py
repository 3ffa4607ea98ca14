"""Pictures that are varied at random: SciPy's numbers, what is drawn, the way back, refusals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.ndimage as ndimage

from rosenblatt.network import (
    Augmentation,
    Crop,
    Cutout,
    Dense,
    Flatten,
    Flip,
    Layer,
    Network,
    Reshape,
    Rotate,
    Shift,
)
from rosenblatt.network.augmentations import turned
from rosenblatt.support.philox import Draws, Stream

ALL = (
    *(Flip(), Flip(False, True), Flip(True, True), Shift(2), Shift((0, 3)), Crop((4, 3), 1)),
    *(Rotate(40), Rotate(180), Cutout(3), Cutout((2, 5))),
)
each = pytest.mark.parametrize("layer", ALL, ids=repr)
PICTURES = np.random.default_rng(0).normal(size=(200, 6, 5, 2)) + 5  # no pixel is 0


def stream(step: int = 0) -> Stream:
    return Draws(7, step).stream(2)


def varied(layer: Layer, x: Any = PICTURES, step: int = 0) -> Any:
    return layer.forward({}, {}, x, stream(step)).out


def test_shifts_are_scipys() -> None:
    moved = Counter()
    for before, after in zip(PICTURES, varied(Shift((2, 1))), strict=True):
        candidates = {
            (down, right): ndimage.shift(before, (down, right, 0), order=1)
            for down in range(-2, 3)
            for right in range(-1, 2)
        }
        found = [by for by, result in candidates.items() if np.array_equal(result, after)]
        assert len(found) == 1
        moved[found[0]] += 1
    assert len(moved) == 15
    assert max(moved.values()) < 40


@pytest.mark.parametrize("shape", [(6, 5, 2), (7, 7, 1), (4, 9, 3)])
def test_rotations_are_scipys(shape: tuple[int, int, int]) -> None:
    x = np.random.default_rng(1).normal(size=(50, *shape))
    for angle in (-170.0, -90.0, -13.7, 0.0, 31.0, 90.0, 180.0):
        ours = np.zeros(shape)
        for rows, columns, weights in turned(shape, angle):
            seen = np.pad(x[0], ((9, 9), (9, 9), (0, 0)))[rows + 9, columns + 9]
            ours += weights[..., None] * seen
        theirs = ndimage.rotate(x[0], angle, order=1, reshape=False, mode="grid-constant")
        np.testing.assert_allclose(ours, theirs, atol=1e-9)
    # The angles that a step draws, found again by words of the same stream.
    words = stream().words(100).reshape(-1, 2)[:, 0]
    angles = (words * 2.0**-31 - 1) * 25
    assert np.abs(angles).max() <= 25
    for before, after, angle in zip(x, varied(Rotate(25), x), angles, strict=True):
        theirs = ndimage.rotate(before, angle, order=1, reshape=False, mode="grid-constant")
        np.testing.assert_allclose(after, theirs, atol=1e-9)


def test_flips_mirror_half_of_the_pictures() -> None:
    axes = {(): 0, (1,): 0, (0,): 0, (0, 1): 0}
    for before, after in zip(PICTURES, varied(Flip(True, True)), strict=True):
        (found,) = [by for by in axes if np.array_equal(np.flip(before, by), after)]
        axes[found] += 1
    assert all(30 < n < 70 for n in axes.values())
    assert np.array_equal(varied(Flip())[:, :, 2], PICTURES[:, :, 2])  # the middle column stays


def test_crops_are_parts_of_the_bordered_picture() -> None:
    bordered = np.pad(PICTURES, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(bordered, (4, 3), axis=(1, 2))
    found = [
        tuple(np.argwhere((these == after.transpose(2, 0, 1)).all((2, 3, 4)))[0])
        for these, after in zip(windows, varied(Crop((4, 3), 1)), strict=True)
    ]
    assert len(set(found)) == 5 * 5
    resting = Crop((4, 3), 1).forward({}, {}, PICTURES, None).out
    np.testing.assert_array_equal(resting, PICTURES[:, 1:5, 1:4])


def test_what_is_cut_out_is_a_rectangle_of_zeros() -> None:
    cut = varied(Cutout((3, 2)))
    hidden = (cut == 0).all(-1)
    np.testing.assert_array_equal(cut[~hidden], PICTURES[~hidden])
    sizes = {(picture.any(1).sum(), picture.any(0).sum(), picture.sum()) for picture in hidden}
    assert {n for _, _, n in sizes} == {h * w for h, w, _ in sizes}
    assert {(h, w) for h, w, _ in sizes} == {(h, w) for h in (2, 3) for w in (1, 2)}
    assert (hidden.mean(0) > 0.02).all()


@each
def test_steps_differ_and_seeds_repeat(layer: Augmentation) -> None:
    np.testing.assert_array_equal(varied(layer), varied(layer))
    assert not np.array_equal(varied(layer), varied(layer, step=1))
    # A picture's place in the batch says what becomes of it, not how many come with it.
    np.testing.assert_array_equal(varied(layer, PICTURES[:7]), varied(layer)[:7])


@each
def test_the_way_back_is_the_transpose(layer: Augmentation) -> None:
    """⟨A x, d⟩ = ⟨x, Aᵀ d⟩, in training steps and in predictions."""
    for given in (stream(), None):
        passed = layer.forward({}, {}, PICTURES, given)
        d = np.random.default_rng(2).normal(size=passed.out.shape)
        back = layer.backward({}, passed, d)
        assert back.upstream.shape == PICTURES.shape
        assert (passed.out * d).sum() == pytest.approx((PICTURES * back.upstream).sum(), rel=1e-12)


@each
def test_a_prediction_takes_pictures_as_they_are(layer: Augmentation) -> None:
    if not isinstance(layer, Crop):
        assert layer.forward({}, {}, PICTURES, None).out is PICTURES


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Shift(-1), "pixels must be from 0 to 32767"),
        (lambda: Shift(0), "up to one pixel or more"),
        (lambda: Shift(1.5), "pixels must be a whole number"),
        (lambda: on_picture(Shift(5)), r"Shift\(pixels=5\) may move a picture of \(6, 5\) out of"),
        (lambda: on_picture(Crop(6)), r"a part of \(6, 6\) is larger than the picture of \(6, 5\)"),
        (lambda: Crop(0), "size must be from 1"),
        (lambda: Crop(2, -1), "padding must be from 0"),
        (lambda: Rotate(0), "degrees must be above 0 and at most 180, got 0"),
        (lambda: Rotate(-5), "degrees must be above 0"),
        (lambda: Rotate(float("nan")), "degrees must be above 0"),
        (lambda: Rotate("5"), "degrees must be a number"),
        (lambda: Cutout(0), "size must be from 1"),
        (lambda: on_picture(Cutout((6, 6))), r"is larger than the picture of \(6, 5\)"),
        (lambda: Flip(False), "got neither"),
        (lambda: Flip("left"), "horizontal must be True or False"),
        (lambda: Network(30, (Shift(1), Flatten(), Dense(1))), r"put Reshape\(\(height"),
    ],
)
def test_what_does_not_fit_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def on_picture(layer: Layer) -> Network:
    return Network(60, (Reshape((6, 5, 2)), layer, Flatten(), Dense(1)))
