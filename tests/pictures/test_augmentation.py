"""Estimators that vary their pictures while they train."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from rosenblatt import Checkpoint, ConvNetClassifier, ConvNetRegressor
from rosenblatt.engine.kernels import runs_natively
from rosenblatt.errors import InputError
from rosenblatt.network import Conv2D, Crop, Cutout, Dense, Flip, MaxPool2D, Reshape, Rotate, Shift

DIGITS = load_digits()
PICTURES, Y = DIGITS.images / 16, DIGITS.target
LAYERS = (Conv2D(8, 3, padding=1), MaxPool2D(2), Dense(32))
VARIED = (Shift(1), Rotate(15), Cutout(2))
QUICK: dict[str, Any] = {"random_state": 0, "max_iter": 3, "tol": 0.0, "batch_size": 50}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def digits(**parameters: Any) -> ConvNetClassifier:
    return ConvNetClassifier(LAYERS, **{**QUICK, "augmentation": VARIED, **parameters})


def test_few_pictures_teach_more_when_they_are_moved() -> None:
    """Pictures to classify lie where none of the training does."""
    moved = np.roll(PICTURES[500:], 1, axis=1)
    same: dict[str, Any] = {"max_iter": 60, "random_state": 0, "tol": 0.0, "batch_size": 50}
    scores = [
        ConvNetClassifier(LAYERS, augmentation=augmentation, **same)
        .fit(PICTURES[:500], Y[:500])
        .score(moved, Y[500:])
        for augmentation in ((), (Shift(1),))
    ]
    assert scores[1] > scores[0] + 0.03


def test_the_transforms_follow_the_shape() -> None:
    net = digits().fit(PICTURES, Y)
    layers = net.model_.network.layers
    assert layers[0] == Reshape((8, 8, 1))
    assert layers[1:4] == VARIED
    assert runs_natively(net.model_.network)
    assert clone(net).get_params()["augmentation"] == VARIED
    part = digits(augmentation=[Crop(7), Flip()]).fit(PICTURES, Y)
    assert part.image_shape_ == (8, 8, 1)
    assert part.predict_proba(PICTURES[:3]).shape == (3, 10)


def test_predictions_are_of_pictures_as_they_are() -> None:
    net = digits().fit(PICTURES, Y)
    plain = digits(augmentation=(), max_iter=1).fit(PICTURES, Y)
    for mine, theirs in zip(plain.coefs_, net.coefs_, strict=True):
        mine[...] = theirs
    for mine, theirs in zip(plain.intercepts_, net.intercepts_, strict=True):
        mine[...] = theirs
    np.testing.assert_array_equal(plain.predict_proba(PICTURES), net.predict_proba(PICTURES))
    by_one = np.vstack([net.predict_proba(picture[None]) for picture in PICTURES[:20]])
    np.testing.assert_allclose(by_one, net.predict_proba(PICTURES[:20]), atol=1e-12)


def test_validation_rows_stay_as_they_are() -> None:
    """The last validation score is that of the fitted network's predictions of those rows."""
    held: dict[str, Any] = {"X_val": PICTURES[1000:], "y_val": Y[1000:]}
    net = digits(early_stopping=True).fit(PICTURES[:1000], Y[:1000], **held)
    assert net.best_validation_score_ == net.score(PICTURES[1000:], Y[1000:])
    early = digits(early_stopping=True, max_iter=4).fit(PICTURES, Y)
    assert len(early.validation_scores_) == 4


@pytest.mark.parametrize("deterministic", [False, True])
def test_threads_draw_the_same(deterministic: bool) -> None:
    runs = [
        digits(n_jobs=n, deterministic=deterministic, dtype="float64").fit(PICTURES, Y)
        for n in (1, 2)
    ]
    first, second = (net.predict_proba(PICTURES) for net in runs)
    if deterministic:
        np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_epochs_and_calls_draw_anew() -> None:
    """Without learning nothing but the draws moves the loss; calls go on where others ended."""
    still: dict[str, Any] = {"learning_rate_init": 1e-30, "shuffle": False, "alpha": 0.0}
    losses = digits(**still, max_iter=4).fit(PICTURES, Y).loss_curve_
    assert len(set(losses)) == 4
    steps = digits(**still)
    for _ in range(3):
        steps.partial_fit(PICTURES, Y, classes=range(10))
    assert len(set(steps.loss_curve_)) == 3
    whole = digits(max_iter=1, shuffle=False).fit(PICTURES, Y)
    one = digits(shuffle=False).partial_fit(PICTURES, Y, classes=range(10))
    np.testing.assert_array_equal(whole.predict_proba(PICTURES), one.predict_proba(PICTURES))


def test_a_fit_that_ended_early_is_resumed_bit_for_bit(tmp_path: Path) -> None:
    whole = digits(max_iter=6, early_stopping=True).fit(PICTURES, Y)
    checkpoint = Checkpoint(tmp_path / "fit", 0.0)
    digits(max_iter=3, checkpoint=checkpoint, early_stopping=True).fit(PICTURES, Y)
    resumed = digits(max_iter=6, checkpoint=checkpoint, early_stopping=True).fit(PICTURES, Y)
    assert resumed.resumed_from_ == 3
    np.testing.assert_array_equal(resumed.predict_proba(PICTURES), whole.predict_proba(PICTURES))
    with pytest.raises(ValueError, match=r"hidden_layer_sizes|layers|augmentation"):
        digits(max_iter=6, checkpoint=checkpoint, augmentation=(), early_stopping=True).fit(
            PICTURES, Y
        )


def test_numbers_of_varied_pictures() -> None:
    net = ConvNetRegressor(LAYERS, **QUICK, augmentation=VARIED)
    assert net.fit(PICTURES, PICTURES.mean((1, 2))).predict(PICTURES).shape == (1797,)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"augmentation": Shift(1)}, "'augmentation' parameter"),
        ({"augmentation": (Dense(3),)}, r"augmentation must be such as Shift\(2\), got Dense"),
        ({"augmentation": (Shift(8),)}, r"augmentation: Shift\(pixels=8\) may move a picture of"),
        ({"augmentation": (Crop(5), Cutout(6))}, r"augmentation: Cutout\(size=6\) is larger"),
        ({"solver": "lbfgs"}, "no augmentation"),
    ],
)
def test_what_does_not_fit_is_refused(parameters: dict[str, Any], message: str) -> None:
    net = digits(**parameters)
    with pytest.raises((InputError, ValueError), match=message):
        net.fit(PICTURES, Y)
    assert not hasattr(net, "classes_")
