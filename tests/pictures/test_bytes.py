"""Pictures of type uint8 stay bytes: the numbers, and the memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from rosenblatt import Checkpoint, ConvNetClassifier, ConvNetRegressor
from rosenblatt.network import Conv2D, Dense, MaxPool2D, Shift
from rosenblatt.support.pixels import Pixels
from tests.support.child_processes import output

DIGITS = load_digits()
Y = DIGITS.target
BYTES = (DIGITS.images / 16 * 255).astype(np.uint8)
FLOATS = BYTES.astype(np.float32) / np.float32(255)
LAYERS = (Conv2D(8, 3, padding=1), MaxPool2D(2), Dense(32))
QUICK: dict[str, Any] = {"random_state": 0, "max_iter": 3, "tol": 0.0, "batch_size": 50}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"early_stopping": True, "scoring": "f1_macro"},
        {"augmentation": (Shift(1),), "input_noise": 0.1},
        {"solver": "lbfgs"},
        {"shuffle": False, "dtype": "float64"},
        {"n_jobs": 2, "deterministic": True},
    ],
    ids=str,
)
def test_the_bits_are_those_of_shares(parameters: dict[str, Any]) -> None:
    fits = [ConvNetClassifier(LAYERS, **{**QUICK, **parameters}).fit(X, Y) for X in (BYTES, FLOATS)]
    expected = fits[1].predict_proba(FLOATS)
    np.testing.assert_array_equal(fits[0].predict_proba(BYTES), expected)
    np.testing.assert_array_equal(fits[0].predict_proba(FLOATS), expected)
    assert fits[0].loss_ == fits[1].loss_
    assert fits[0].score(BYTES, Y) == fits[1].score(FLOATS, Y)


def test_bytes_and_floats_go_together() -> None:
    held = {"X_val": FLOATS[1500:], "y_val": Y[1500:]}
    ours = ConvNetClassifier(LAYERS, **QUICK).fit(BYTES[:1500], Y[:1500], **held)
    held["X_val"] = BYTES[1500:]
    theirs = ConvNetClassifier(LAYERS, **QUICK).fit(FLOATS[:1500], Y[:1500], **held)
    assert ours.validation_scores_ == theirs.validation_scores_
    weights = np.linspace(0, 2, 1797)
    rows = BYTES.reshape(1797, -1)
    flat = ConvNetClassifier(LAYERS, **QUICK, image_shape=(8, 8)).fit(rows, Y, weights)
    same = ConvNetClassifier(LAYERS, **QUICK).fit(FLOATS, Y, weights)
    np.testing.assert_array_equal(flat.predict_proba(rows), same.predict_proba(FLOATS))
    assert flat.n_features_in_ == 64
    few = ConvNetRegressor(LAYERS, **QUICK)
    assert few.fit(list(BYTES), Y).partial_fit(BYTES, Y).predict(BYTES[: 0 + 1]).shape == (1,)


def test_a_fit_of_bytes_is_resumed(tmp_path: Path) -> None:
    whole = ConvNetClassifier(LAYERS, **QUICK).fit(BYTES, Y)
    checkpoint = Checkpoint(tmp_path / "fit", 0.0)
    for n in (1, 3):
        parameters = {**QUICK, "max_iter": n, "checkpoint": checkpoint}
        net = ConvNetClassifier(LAYERS, **parameters).fit(BYTES, Y)
    assert net.resumed_from_ == 1
    np.testing.assert_array_equal(net.predict_proba(BYTES), whole.predict_proba(BYTES))


def test_pixels_are_shares_of_255() -> None:
    X = Pixels(np.array([[0, 51, 255]], np.uint8), np.dtype(np.float64))
    np.testing.assert_array_equal(X.toarray(), [[0, np.float32(0.2), 1]])
    assert X.toarray().dtype == np.float64
    assert X[:0].shape == (0, 3)
    assert X.astype(np.float32).toarray().dtype == np.float32
    assert len(X) == 1


FIT = """
import warnings
import numpy as np
from rosenblatt import ConvNetClassifier
from rosenblatt.network import Conv2D, GlobalAveragePool2D, MaxPool2D
warnings.simplefilter("ignore")

def status(name):
    text = open("/proc/self/status").read()
    return int(text.split(name + ":")[1].split()[0]) / 1024

def fit(n):
    layers = (MaxPool2D(4), Conv2D(2, 1), GlobalAveragePool2D())
    net = ConvNetClassifier(layers, max_iter=1, batch_size=100, random_state=0, n_jobs=1)
    before = status("VmRSS")
    open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew
    net.fit(X[:n], y[:n]).predict(X[:n])
    return status("VmHWM") - before

X = np.zeros((60000, 28, 28), np.uint8)
X[:] = np.arange(28, dtype=np.uint8)
y = np.arange(60000) % 2
fit(1000)
print(fit(60000))
"""


@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="needs Linux's /proc")
def test_60000_pictures_never_become_floats() -> None:
    """Which would be 188 MB; the bytes themselves, 47 MB, lie there before."""
    assert float(output(FIT)) < 30  # MB
