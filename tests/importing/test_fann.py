"""FANN's files: what they become, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, importing
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel, load_model, save_model
from tests.importing.golden import FOLDER, assert_equal, read_golden

FANN = FOLDER / "fann"


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "net.net"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        importing.read(path)
    message = str(error.value)
    assert message.startswith(f"cannot import {path}: ")
    assert "\n" not in message
    return message


def test_a_regressor_predicts_and_goes_on_training() -> None:
    path = FANN / "linear.net"
    X, Y, _ = read_golden(path)
    est = importing.load(path)
    assert isinstance(est, MLPRegressor)
    assert_equal(est.predict(X)[:, None], Y, 1e-9)
    rows = np.random.default_rng(0).standard_normal((200, 3))
    target = est.predict(rows) + 1
    before = np.mean((est.predict(rows) - target) ** 2)
    for _ in range(30):
        est.partial_fit(rows, target)
    assert np.mean((est.predict(rows) - target) ** 2) < 0.5 * before


def test_outputs_that_are_classes() -> None:
    """FANN's sigmoids of three units, divided by their sum."""
    path = FANN / "classes.net"
    X, Y, _ = read_golden(path)
    est = importing.load(path, classes=["c", "a", "b"])
    assert isinstance(est, MLPClassifier)
    assert est.classes_.tolist() == ["a", "b", "c"]
    share = (Y / Y.sum(1, keepdims=True))[:, [1, 2, 0]]
    np.testing.assert_allclose(est.predict_proba(X), share, rtol=1e-9)
    before = est.predict_proba(X)
    est.partial_fit(X[:6], ["a", "b", "c"] * 2)
    assert not np.allclose(est.predict_proba(X), before, rtol=1e-6)


@pytest.mark.parametrize("classes", [("no", "yes"), ("yes", "no")])
def test_one_output_of_two_classes(classes: tuple[str, str], tmp_path: Path) -> None:
    """FANN's default activation is no logistic function, and keeps its own probabilities."""
    path = FANN / "defaults.net"
    X, Y, _ = read_golden(path)
    saved = importing.load(path, classes=classes)
    assert isinstance(saved, SavedModel)
    save_model(tmp_path / "m", saved)
    model = load_model(tmp_path / "m").model
    share = Y[:, 0] if classes == ("no", "yes") else 1 - Y[:, 0]
    np.testing.assert_allclose(model.predict(X)[:, 0], share, rtol=0, atol=1e-12)


def test_a_cascade_is_a_model_file(tmp_path: Path) -> None:
    """Units that take all units before them, of several activations."""
    path = FANN / "cascade.net"
    X, Y, _ = read_golden(path)
    saved = importing.load(path)
    assert isinstance(saved, SavedModel)
    save_model(tmp_path / "m", saved)
    assert_equal(load_model(tmp_path / "m").model.predict(X), Y, 1e-9)


def test_names_and_what_the_file_cannot_say() -> None:
    imported = importing.read(FANN / "scaled.net", names=["age", "size"], target="price")
    assert (imported.names, imported.target) == (("age", "size"), "price")
    assert [one.option for one in imported.findings.unsaid] == ["--classes"]
    assert "scaling" in " ".join(imported.findings.folded)
    assert imported.estimator().feature_names_in_.tolist() == ["age", "size"]


def test_files_cut_off_anywhere_are_refused(tmp_path: Path) -> None:
    data = (FANN / "classes.net").read_bytes()
    for end in range(0, len(data.rstrip()) - 1, 97):
        refused(tmp_path, data[:end])


CHANGES = [
    (
        rb"scale_deviation_in=[\d.]+",
        b"scale_deviation_in=0.000000",
        "of the line scale_deviation_in is 0",
    ),
    (rb"FANN_FLO_2.1", b"FANN_FLO_3.0", "FANN_FLO_2.0 and 2.1 are read"),
    (rb"FANN_FLO_2.1\n", b"FANN_FIX_2.1\n", "floating-point library"),
    (rb"FANN_FLO_2.1\n", b"FANN_FLO_2.1\r\n", "CR LF"),
    (rb"\(3, 5, ", b"(3, 9, ", "neuron 3 has the activation GAUSSIAN_STEPWISE"),
    (rb"\(3, 5, ", b"(3, 77, ", "neuron 3 has the activation number 77"),
    (rb"\(3, 5, [^)]*", b"(3, 5, 0.0e+00", "neuron 3 has the steepness 0"),
    (rb"weight\)=\(0, [^)]*", b"weight)=(0, nan", "the weight of connection 1 is not finite"),
    (rb"weight\)=\(0, ", b"weight)=(5, ", "the network is recurrent"),
    (rb"\(0, -?[\d.e+-]+\) \(1", b"(0, bad) (1", "connection 1 on"),
    (rb"layer_sizes=3 7", b"layer_sizes=3 8", "the list of 13 neurons"),
    (rb"layer_sizes=3 7", b"layer_sizes=999999 7", "the list of its neurons would take"),
    (rb"num_layers=3", b"num_layers=x", "the line num_layers holds no whole number"),
    (rb"layer_sizes=3", b"layer_sizes=1e999", "the line layer_sizes holds something else than"),
    (rb"layer_sizes=3", b"layer_sizes=3.5", "the line layer_sizes holds something else than"),
    (
        rb"\(3, 5, [^)]*",
        b"(3, 5, 1e308",
        "of layer 1 and the scalings that they take in are beyond",
    ),
    (rb"scale_factor_in=[\d.]+", b"scale_factor_in=1e39", "does not hold 2 finite numbers"),
    (rb"FANN_FLO_2.1", b"FANN_FLO_\x1b[2m", r"of the kind FANN_FLO_\x1b[2m, and"),
    (rb"network_type=0", b"network_type=2", "network_type=2 is not known"),
    (rb"learning_rate=", b"num_layers=", "twice"),
]


@pytest.mark.parametrize(("old", "new", "message"), CHANGES, ids=[c[2] for c in CHANGES])
def test_refusals(old: bytes, new: bytes, message: str, tmp_path: Path) -> None:
    data = (FANN / "scaled.net").read_bytes()
    changed = re.sub(old, new, data, count=1)
    assert changed != data
    assert message in refused(tmp_path, changed)


def test_classes_that_do_not_fit() -> None:
    with pytest.raises(InputError, match="has 3 outputs, and there are 2 classes"):
        importing.read(FANN / "classes.net", classes=["a", "b"])
    with pytest.raises(InputError, match="two classes have the same label"):
        importing.read(FANN / "classes.net", classes=["a", "b", "a"])
    with pytest.raises(InputError, match="choose one number by --output"):
        importing.read(FANN / "classes.net").saved_model()


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "no format is recognised" in refused(tmp_path, b"hello")
    assert "no format is recognised" in refused(tmp_path, b"")
    with pytest.raises(InputError, match="no such file"):
        importing.read(tmp_path / "absent")
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        importing.read(tmp_path / ("n" * 300))
    with pytest.raises(InputError, match="not a regular file"):
        importing.read(tmp_path)
