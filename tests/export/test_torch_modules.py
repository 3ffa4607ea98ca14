"""Modules of PyTorch's with the same weights."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, MLPEnsembleRegressor, MLPRegressor
from rosenblatt.activations import Elementwise, Tanh
from rosenblatt.model import OutputFormat
from tests.support.exported import (
    CASES,
    EVERY_CASE,
    MEANS,
    NETWORKS,
    expected,
    hidden,
    huge,
    rows,
    trained,
)
from tests.support.members import ACTIVATIONS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def sequential(case: Any, **options: Any) -> Any:
    pytest.importorskip("torch")
    from rosenblatt.export import torch_modules

    return torch_modules.sequential(case, **options)


def passed(module: Any, X: Any) -> Any:
    torch = pytest.importorskip("torch")
    with torch.no_grad():
        return module(torch.from_numpy(X)).numpy()


@EVERY_CASE
def test_predicts_what_the_model_predicts(case: Any) -> None:
    X = rows(50)
    got = passed(sequential(case), X)
    assert got.dtype == X.dtype
    assert got.shape == ((50,) if case.form is OutputFormat.FLAT else (50, case.n_outputs))
    np.testing.assert_allclose(got.reshape(50, -1), expected(case, X), 1e-10, 1e-13)


ONE_NETWORK = {k: case for k, case in NETWORKS.items() if "ensemble" not in k}


@pytest.mark.parametrize("case", ONE_NETWORK.values(), ids=ONE_NETWORK)
def test_logits_are_the_scores(case: Any) -> None:
    X = rows(50)
    np.testing.assert_allclose(
        passed(sequential(case, logits=True), X), case.model.scores(X), 1e-10, 1e-13
    )


def test_a_mean_has_no_logits() -> None:
    with pytest.raises(ValueError, match=r"no logits.*logits=False, or each network's own module"):
        sequential(MEANS["mean of classes"], logits=True)
    with pytest.raises(ValueError, match="no logits"):
        sequential(NETWORKS["ensemble"], logits=True)


def test_ensembles() -> None:
    pytest.importorskip("torch")
    X, y = load_iris(return_X_y=True)
    clf = MLPEnsembleClassifier(MLPClassifier(6, max_iter=3), 3, random_state=0).fit(X, y)
    module = clf.to_torch()
    np.testing.assert_allclose(passed(module, X), clf.predict_proba(X), 1e-10)
    again = pickle.loads(pickle.dumps(module))
    np.testing.assert_array_equal(passed(again, X), passed(module, X))
    reg = MLPEnsembleRegressor(MLPRegressor(max_iter=3), 3, random_state=0).fit(X, y)
    np.testing.assert_allclose(passed(reg.to_torch(), X), reg.predict(X), 1e-10)


@pytest.mark.parametrize(
    "name", ["batch norm, residual", "both classes", "GELU(approximate=False)"]
)
def test_float32(name: str) -> None:
    case, X = CASES[name].converted(np.float32), rows(50, np.float32)
    got = passed(sequential(case), X)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected(case, X), 2e-5, 2e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_whose_variance_overflows(dtype: Any) -> None:
    case, X, wanted = huge(dtype)
    np.testing.assert_allclose(passed(sequential(case), X), wanted, 1e-4, 1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_activations_up_to_the_largest_number(activation: Any, dtype: Any) -> None:
    """Where the activation is finite, the module is: no product on its way overflows."""
    if not isinstance(activation, Elementwise):
        pytest.skip("mixes units")
    pytest.importorskip("torch")
    from rosenblatt.export.torch_modules import ModuleWriter

    shares = np.array([1, -1, 0.9, -0.9, 0.4, -0.4, 1e-3, -1e-3, 1e-30, 0] * 4, dtype)
    z = shares * np.finfo(dtype).max
    with np.errstate(over="ignore", invalid="ignore"):
        wanted = activation.value(z)
    finite = np.isfinite(wanted)
    got = passed(ModuleWriter().activation(activation), z)
    np.testing.assert_allclose(got[finite], wanted[finite], 1e-5)


def test_weights_are_its_own_and_learn() -> None:
    case, X = trained(hidden(Tanh(), residual=True, dropout=0.5)), rows(20)
    module, before = sequential(case), expected(case, X)
    again = pickle.loads(pickle.dumps(module))
    np.testing.assert_array_equal(passed(again, X), passed(module, X))
    for parameter in module.parameters():
        assert parameter.requires_grad
        parameter.data.zero_()
    np.testing.assert_array_equal(expected(case, X), before)


def test_estimators() -> None:
    pytest.importorskip("torch")
    X, y = load_iris(return_X_y=True)
    clf = MLPClassifier(6, max_iter=3, random_state=0, normalization="batch").fit(X, y)
    np.testing.assert_allclose(passed(clf.to_torch(), X), clf.predict_proba(X), 1e-10)
    two = MLPClassifier(6, max_iter=3, random_state=0).fit(X[:100], y[:100])
    np.testing.assert_allclose(passed(two.to_torch(), X), two.predict_proba(X), 1e-10)
    assert passed(two.to_torch(logits=True), X).shape == (150, 1)
    reg = MLPRegressor(max_iter=3, random_state=0).fit(X, y)
    np.testing.assert_allclose(passed(reg.to_torch(), X), reg.predict(X), 1e-10)


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "rosenblatt.export.torch_modules", raising=False)
    clf = MLPClassifier(2, max_iter=1).fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(ImportError, match="pip install torch"):
        clf.to_torch()
