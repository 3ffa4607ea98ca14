"""Pipelines as ONNX models, run by onnxruntime."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from rosenblatt import MLPClassifier, MLPEnsembleRegressor, MLPRegressor
from rosenblatt.export.onnx_pipeline import to_onnx
from tests.support.export_tables import mixed_frame
from tests.support.onnx_sessions import session

pytestmark = pytest.mark.filterwarnings("ignore")  # of fits that are short, and of skl2onnx


def test_a_scaler_before_a_classifier(tmp_path: Path) -> None:
    pytest.importorskip("skl2onnx")
    X = np.random.default_rng(0).normal(5, 3, (80, 3))
    y = np.where(X[:, 0] > 5, "yes", "no")
    model = make_pipeline(StandardScaler(), MLPClassifier(max_iter=20, random_state=0)).fit(X, y)
    onnx = to_onnx(model, X, tmp_path / "net.onnx")
    runtime = session((tmp_path / "net.onnx").read_bytes())
    (got,) = runtime.run(["probabilities"], {"X": X.astype(np.float32)})
    np.testing.assert_allclose(got, model.predict_proba(X), 1e-4, 1e-6)
    assert json.loads(runtime.get_modelmeta().custom_metadata_map["classes"]) == ["no", "yes"]
    assert onnx.producer_name == "rosenblatt"


def test_columns_and_a_search() -> None:
    pytest.importorskip("skl2onnx")
    X = mixed_frame()
    y = X["size"].to_numpy() + (X["town"] == "Ulm")
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["size", "age"]),
            ("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["town"]),
        ]
    )
    pipeline = make_pipeline(columns, MLPRegressor(max_iter=20, random_state=0))
    model = GridSearchCV(pipeline, {"mlpregressor__alpha": [0.1, 1.0]}, cv=2).fit(X, y)
    X.loc[3, "town"] = "Atlantis"
    runtime = session(to_onnx(model, X))
    given = {name: X[[name]].to_numpy() for name in X}
    given |= {name: given[name].astype(np.float32) for name in ("size", "age")}
    given["town"] = given["town"].astype(object)
    (got,) = runtime.run(None, given)
    np.testing.assert_allclose(got.ravel(), model.predict(X), 1e-4, 1e-4)


def test_an_ensemble_is_one_graph() -> None:
    pytest.importorskip("skl2onnx")
    X = np.random.default_rng(0).normal(5, 3, (60, 2))
    ensemble = MLPEnsembleRegressor(MLPRegressor(max_iter=5), n_estimators=3, random_state=0)
    model = make_pipeline(StandardScaler(), ensemble).fit(X, X[:, 0])
    (got,) = session(to_onnx(model, X)).run(None, {"X": X.astype(np.float32)})
    np.testing.assert_allclose(got.ravel(), model.predict(X), 1e-4, 1e-5)


def test_without_steps_before_it_it_is_the_network_alone() -> None:
    pytest.importorskip("onnx")
    X = np.random.default_rng(0).normal(size=(60, 2))
    net = MLPRegressor(max_iter=3, random_state=0)
    alone = make_pipeline("passthrough", net).fit(X, X[:, 0])
    assert to_onnx(alone, X) == alone[-1].to_onnx() == to_onnx(alone[-1], X)


def test_another_estimator_is_refused() -> None:
    with pytest.raises(ValueError, match="the last step is LogisticRegression"):
        to_onnx(make_pipeline(StandardScaler(), LogisticRegression()), None)
