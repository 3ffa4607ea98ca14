"""ONNX models, run by onnxruntime."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, MLPEnsembleRegressor, MLPRegressor
from rosenblatt.activations import ELU, ClippedLogistic, Mish, Sigmoid, SiLU, Sine, Softplus
from rosenblatt.errors import InputError
from rosenblatt.export import onnx_graph
from rosenblatt.export.trained import Trained
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model, OutputFormat
from rosenblatt.network import GLU, Dense, Network
from rosenblatt.support.optional_dependencies import install_command
from tests.support.exported import EVERY_CASE, expected, huge, rows, trained
from tests.support.onnx_sessions import session

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def run(model: Any, X: Any) -> Any:
    (out,) = session(model).run(None, {"X": X.astype(np.float32)})
    return out


@EVERY_CASE
def test_predicts_what_the_model_predicts(case: Any) -> None:
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    X, single = rows(50, np.float32), case.converted(np.float32)
    for n in (1, 50):
        got = run(onnx_model(case), X[:n])
        assert got.shape == ((n,) if case.form is OutputFormat.FLAT else (n, case.n_outputs))
        np.testing.assert_allclose(got.reshape(n, -1), expected(single, X[:n]), 1e-5, 1e-5)


def test_a_sigmoid_keeps_its_tail() -> None:
    """The operator Sigmoid of ONNX Runtime is exactly 0 there: closed form."""
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    network = Network(1, (Dense(1, Sigmoid()),))
    model = Model(network, np.array([1, 0], np.float32), SquaredError())
    z = np.array([[-85.0], [-50.0], [-18.5], [-1.0], [0.0], [20.0], [100.0]])
    got = run(onnx_model(Trained(model)), z)
    np.testing.assert_allclose(got, 1 / (1 + np.exp(-z)), 1e-5)


@pytest.mark.parametrize(
    ("layers", "formula"),
    [
        ((Dense(1, SiLU()),), lambda z: z / (1 + np.exp(-z))),
        ((Dense(1, ClippedLogistic()),), lambda z: np.where(z < -15, 0, 1 / (1 + np.exp(-z)))),
        ((Dense(2), GLU(Sigmoid())), lambda z: 1 / (1 + np.exp(-z))),
        ((Dense(1, Mish()),), lambda z: z * np.tanh(np.log1p(np.exp(z)))),
        ((Dense(1, Softplus()),), lambda z: np.log1p(np.exp(z))),
        ((Dense(1, ELU()),), np.expm1),
    ],
)
def test_other_tails_are_kept(layers: Any, formula: Any) -> None:
    """Closed forms, where relative errors of the operators would show."""
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    network = Network(1, layers)
    theta = np.array([1, 0] if len(layers) == 1 else [0, 1, 1, 0], np.float32)
    z = np.array([[-60.0], [-30.0], [-18.5], [-14.9], [-9.0], [-3.0], [-0.5]])
    got = run(onnx_model(Trained(Model(network, theta, SquaredError()))), z)
    np.testing.assert_allclose(got, formula(z), 1e-5)


def test_rows_whose_variance_overflows() -> None:
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    case, X, wanted = huge(np.float32)
    np.testing.assert_allclose(expected(case, X), wanted, 1e-4, 1e-5)
    np.testing.assert_allclose(run(onnx_model(case), X), wanted, 1e-4, 1e-5)


def test_estimators_and_their_classes(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    X, codes = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "弗吉尼亚"])
    clf = MLPClassifier(6, max_iter=3, random_state=0, residual=True).fit(X, names[codes])
    path = tmp_path / "iris.onnx"
    model = clf.to_onnx(path)
    np.testing.assert_allclose(run(path.read_bytes(), X), clf.predict_proba(X), 1e-5, 1e-6)
    loaded = session(model)
    assert [i.name for i in loaded.get_outputs()] == ["probabilities"]
    found = json.loads(loaded.get_modelmeta().custom_metadata_map["classes"])
    assert found == list(clf.classes_)
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 20)]

    reg = MLPRegressor(max_iter=3, random_state=0).fit(X, codes)
    np.testing.assert_allclose(run(reg.to_onnx(), X), reg.predict(X), 1e-5, 1e-6)


def test_ensembles(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    X, y = load_iris(return_X_y=True)
    clf = MLPEnsembleClassifier(MLPClassifier(6, max_iter=3), 3, random_state=0).fit(X, y)
    model = clf.to_onnx(tmp_path / "iris.onnx")
    np.testing.assert_allclose(run(model, X), clf.predict_proba(X), 1e-5, 1e-6)
    assert json.loads(session(model).get_modelmeta().custom_metadata_map["classes"]) == list("012")
    assert model.graph.doc_string == "The mean of 3 feed-forward networks, 3 of 4-6-3"
    two = MLPEnsembleClassifier(MLPClassifier(6, max_iter=3), 3, random_state=0).fit(X[:99], y[:99])
    np.testing.assert_allclose(run(two.to_onnx(), X), two.predict_proba(X), 1e-5, 1e-6)
    reg = MLPEnsembleRegressor(MLPRegressor(max_iter=3), 3, random_state=0).fit(X, y)
    np.testing.assert_allclose(run(reg.to_onnx(), X), reg.predict(X), 1e-5, 1e-6)


@pytest.mark.parametrize("method", ["to_onnx", "to_c"])
def test_a_failed_write_leaves_the_old_file(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx")
    clf = MLPClassifier(2, max_iter=1).fit([[0.0], [1.0]], [0, 1])
    path = tmp_path / "network"
    path.write_text("old")

    def full(*paths: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="free some space"):
        getattr(clf, method)(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "rosenblatt.export.onnx_graph", raising=False)
    clf = MLPClassifier(2, max_iter=1).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ImportError, match=re.escape(install_command("onnx"))):
        clf.to_onnx()


def test_numbers_beyond_float32_are_refused() -> None:
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    case = trained((Dense(2),))
    case.model.parameters[0] = 1e300
    with pytest.raises(ValueError, match="not finite in float32"):
        onnx_model(case)


def test_sine_of_large_sums_is_as_near_to_its_value_as_the_engines() -> None:
    """The rounding of the sums is that of float32, whichever order they are added in."""
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    rng, size = np.random.default_rng(0), 2e5
    network = Network(4, (Dense(16, Sine()), Dense(1)))
    theta = rng.normal(size=network.n_parameters).astype(np.float32)
    model = Model(network, theta, SquaredError())
    X = (rng.normal(size=(300, 4)) * size).astype(np.float32)
    exact = Model(network, theta.astype(np.float64), SquaredError()).predict(X.astype(np.float64))
    off = [
        np.abs(one - exact).max() for one in (run(onnx_model(Trained(model)), X), model.predict(X))
    ]
    assert max(off) < 4 * min(off)
    largest_sum = np.abs(X).sum(axis=1).max() * np.abs(theta).max()
    assert max(off) < 2.0**-22 * largest_sum * np.abs(theta).sum()


def test_the_checker_is_spared_very_large_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take seconds in one call, in which no Ctrl-C is seen."""

    def fails(*_: object, **__: object) -> None:
        raise AssertionError("the graph was checked")

    clf = MLPClassifier((2,), max_iter=2, random_state=0).fit([[0.0], [1.0]], [0, 1])
    whole = clf.to_onnx()
    monkeypatch.setattr(onnx_graph.checker, "check_model", fails)
    with pytest.raises(AssertionError, match="was checked"):
        clf.to_onnx()
    monkeypatch.setattr(onnx_graph, "MOST_CHECKED", 0)
    assert clf.to_onnx() == whole
