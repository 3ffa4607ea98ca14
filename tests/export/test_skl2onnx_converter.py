"""Pipelines that skl2onnx itself converts, run by onnxruntime."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingRegressor, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from rosenblatt import (
    HiddenFeatures,
    MLPAutoencoder,
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
)
from rosenblatt.converters import register_skl2onnx
from tests.support.export_tables import mixed_frame
from tests.support.onnx_sessions import session

pytestmark = pytest.mark.filterwarnings("ignore")  # of fits that are short, and of skl2onnx
X = np.random.default_rng(0).normal(5, 3, (80, 3)).astype(np.float32)
SHORT = {"max_iter": 20, "random_state": 0}


def converted(model: Any, rows: Any = X, **options: Any) -> Any:
    skl2onnx = pytest.importorskip("skl2onnx")
    register_skl2onnx()
    return session(skl2onnx.to_onnx(model, rows[:1], **options))


@pytest.mark.parametrize(
    "classes", [["no", "yes"], ["b", "a", "c"], [3, 7], [0, 1, 2], [False, True]], ids=str
)
@pytest.mark.parametrize("kind", [MLPClassifier, MLPEnsembleClassifier])
def test_labels_and_probabilities(classes: list[Any], kind: Any) -> None:
    y = np.array(classes)[np.digitize(X[:, 0], [4, 7][: len(classes) - 1])]
    net = MLPClassifier(**SHORT)
    last = net if kind is MLPClassifier else kind(net, n_estimators=2, random_state=0)
    model = make_pipeline(StandardScaler(), last).fit(X, y)
    label, p = converted(model, options={"zipmap": False}).run(None, {"X": X})
    assert label.tolist() == model.predict(X).tolist()
    np.testing.assert_allclose(p, model.predict_proba(X), 1e-4, 1e-6)


def test_the_default_is_a_dictionary_a_row() -> None:
    y = np.where(X[:, 0] > 5, "yes", "no")
    model = make_pipeline(StandardScaler(), MLPClassifier(**SHORT)).fit(X, y)
    _, p = converted(model).run(None, {"X": X})
    np.testing.assert_allclose([row["yes"] for row in p], model.predict_proba(X)[:, 1], 1e-4, 1e-6)


def test_labels_of_which_a_row_has_several() -> None:
    model = MLPClassifier(**SHORT).fit(X, (X[:, :2] > 5).astype(int))
    label, p = converted(model, options={"zipmap": False}).run(None, {"X": X})
    np.testing.assert_array_equal(label, model.predict(X))
    np.testing.assert_allclose(p, model.predict_proba(X), 1e-4, 1e-6)


@pytest.mark.parametrize("n_targets", [1, 2])
def test_numbers_also_in_double_precision(n_targets: int) -> None:
    y = X[:, 0] if n_targets == 1 else X[:, :2]
    model = make_pipeline(StandardScaler(), MLPRegressor(**SHORT)).fit(X, y)
    rows = X.astype(np.float64)
    (got,) = converted(model, rows).run(None, {"X": rows})
    assert (got.dtype, got.shape) == (np.float64, (80, n_targets))
    np.testing.assert_allclose(got, model.predict(rows).reshape(80, -1), 1e-4, 1e-5)


def test_columns_of_a_frame() -> None:
    frame = mixed_frame()
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["size", "age"]),
            ("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["town"]),
        ]
    )
    frame = frame.astype({"size": np.float32, "age": np.float32})
    y = np.where((frame["size"] > 50) | (frame["town"] == "Ulm"), "yes", "no")
    model = make_pipeline(columns, MLPClassifier(**SHORT)).fit(frame, y)
    frame.loc[3, "town"] = "Atlantis"
    given = {name: frame[[name]].to_numpy() for name in frame}
    given["town"] = given["town"].astype(object)
    label, p = converted(model, frame, options={"zipmap": False}).run(None, given)
    assert label.tolist() == model.predict(frame).tolist()
    np.testing.assert_allclose(p, model.predict_proba(frame), 1e-4, 1e-6)


def test_networks_within_other_estimators() -> None:
    y = np.where(X[:, 0] > 5, "yes", "no")
    net = MLPClassifier(**SHORT)
    search = GridSearchCV(net, {"alpha": [0.1, 1.0]}, cv=2)
    for model in (
        VotingClassifier(
            [("a", net), ("b", LogisticRegression())], voting="soft", flatten_transform=False
        ),
        make_pipeline(StandardScaler(), search),
    ):
        label, p = converted(model.fit(X, y), options={"zipmap": False}).run(None, {"X": X})
        assert label.tolist() == model.predict(X).tolist()
        np.testing.assert_allclose(p, model.predict_proba(X), 1e-4, 1e-5)
    stack = StackingRegressor([("a", MLPRegressor(**SHORT)), ("b", Ridge())]).fit(X, X[:, 0])
    (got,) = converted(stack).run(None, {"X": X})
    np.testing.assert_allclose(got.ravel(), stack.predict(X), 1e-4, 1e-4)


@pytest.mark.parametrize(
    "step", [HiddenFeatures(MLPClassifier(**SHORT)), MLPAutoencoder(2, max_iter=5)], ids=str
)
def test_a_network_before_another_estimator(step: Any) -> None:
    y = np.where(X[:, 0] > 5, "yes", "no")
    model = make_pipeline(StandardScaler(), step, LogisticRegression()).fit(X, y)
    _, p = converted(model, options={"zipmap": False}).run(None, {"X": X})
    np.testing.assert_allclose(p, model.predict_proba(X), 1e-4, 1e-5)


def test_older_operators_are_refused() -> None:
    net = MLPRegressor(**SHORT).fit(X, X[:, 0])
    with pytest.raises(ValueError, match=r"operators of opset 20, and target_opset=17: give 20"):
        converted(net, target_opset={"": 17, "ai.onnx.ml": 3})


def test_without_skl2onnx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skl2onnx", None)
    with pytest.raises(ImportError, match=r"^register_skl2onnx needs skl2onnx"):
        register_skl2onnx()
