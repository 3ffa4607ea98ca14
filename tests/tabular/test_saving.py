"""Model files and exports of table estimators."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import load
from rosenblatt.persistence import load_model
from tests.support.c_compiler import compiled
from tests.support.c_rows import inputs, predictions
from tests.support.commands import command
from tests.support.export_tables import cells
from tests.support.houses import FEATURES, classifier, houses, regressor
from tests.support.onnx_sessions import session


def fitted(kind: str) -> tuple[Any, pd.DataFrame, Any]:
    """(An estimator, rows, what it predicts.)"""
    frame = houses().assign(town=lambda f: f["town"].where(f.index % 19 > 0))
    if kind == "log":
        model = regressor().fit(frame[FEATURES], frame["price"])
        target = replace(model.encoding_.target, log=True, mean=5.5, scale=0.4)
        model.encoding_ = replace(model.encoding_, target=target)
        return model, frame[FEATURES], model.predict(frame[FEATURES])[:, None]
    if kind == "number":
        model = regressor().fit(frame[FEATURES], frame["price"])
        return model, frame[FEATURES], model.predict(frame[FEATURES])[:, None]
    y = frame["dear"] if kind == "two" else frame["price"].rank().to_numpy().astype(int) % 3
    clf = classifier().fit(frame[FEATURES], y)
    return clf, frame[FEATURES], clf.predict_proba(frame[FEATURES])


KINDS = pytest.mark.parametrize("kind", ["two", "many", "number", "log"])


@KINDS
def test_a_file_gives_the_estimator_back(kind: str, tmp_path: Path) -> None:
    model, X, wanted = fitted(kind)
    model.save(tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors")
    assert type(again) is type(model)
    predict = "predict" if wanted.shape[1] == 1 else "predict_proba"
    np.testing.assert_array_equal(getattr(again, predict)(X).reshape(wanted.shape), wanted)
    assert again.columns_ == model.columns_
    assert again.feature_names_in_.tolist() == FEATURES
    if hasattr(model, "classes_"):
        assert again.classes_.tolist() == model.classes_.tolist()
    assert again.validation_score_ == model.validation_score_


@KINDS
def test_the_command_line_predicts_the_same(kind: str, tmp_path: Path) -> None:
    model, X, wanted = fitted(kind)
    model.save(tmp_path / "m.safetensors")
    X.to_parquet(tmp_path / "rows.parquet")
    command(
        "predict",
        tmp_path / "m.safetensors",
        tmp_path / "rows.parquet",
        "--out",
        tmp_path / "p.csv",
    )
    found = pd.read_csv(tmp_path / "p.csv")
    columns = [c for c in found.columns if c.startswith("probability_")] or ["prediction"]
    np.testing.assert_allclose(found[columns].to_numpy(), wanted, rtol=1e-5, atol=1e-6)


@KINDS
def test_onnx_of_raw_cells(kind: str, tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    model, X, wanted = fitted(kind)
    feed = cells(X, model.encoding_)
    (found,) = session(model.to_onnx(tmp_path / "m.onnx")).run(None, feed)
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=1e-5)


@KINDS
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_c_of_raw_cells(kind: str, tmp_path: Path) -> None:
    model, X, wanted = fitted(kind)
    model.save(tmp_path / "m.safetensors")
    saved = load_model(tmp_path / "m.safetensors")
    library = compiled(model.to_c(), tmp_path)
    found = predictions(library, saved, inputs(saved, X), wanted.shape[1])
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=1e-5)


def test_arrays_have_no_names_after_loading(tmp_path: Path) -> None:
    X, y = np.random.default_rng(0).normal(size=(50, 3)), np.arange(50) % 2
    model = classifier().fit(X, y)
    model.save(tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors")
    assert not hasattr(again, "feature_names_in_")
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert again.predict(X).dtype == y.dtype


def test_inspect_shows_it(tmp_path: Path) -> None:
    model, _, _ = fitted("two")
    model.save(tmp_path / "m.safetensors")
    shown = json.loads(command("inspect", tmp_path / "m.safetensors", "--json"))
    assert "town" in json.dumps(shown)
