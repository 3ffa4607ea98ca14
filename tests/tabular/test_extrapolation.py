"""Far beyond the training rows: a constant, or a line, in the exports as well."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableRegressor, load
from rosenblatt.persistence import load_model
from tests.support.c_compiler import compiled
from tests.support.c_rows import inputs, predictions
from tests.support.export_tables import cells
from tests.support.houses import QUICK


def table(n: int = 400) -> Any:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.uniform(0, 10, n), "b": rng.normal(size=n)})
    frame["y"] = 3 * frame["a"] + frame["b"] + 50
    return frame


def fitted(preset: Any = QUICK, **parameters: Any) -> Any:
    return TableRegressor(preset, random_state=0, **parameters).fit(table(), target="y")


def at(a: Any) -> Any:
    return pd.DataFrame({"a": np.asarray(a, float), "b": 0.0})


def test_a_constant_by_default() -> None:
    model = fitted()
    far = model.predict(at([1e3, 1e6, 1e30, 1e300]))
    assert len(set(far)) == 1
    assert far[0] <= table()["y"].max()


def test_a_line_when_asked() -> None:
    """Of the slope that the network has at the edge, more or less; it does not end at the target's
    range."""
    model = fitted(preset="fast", extrapolation="linear")
    a = np.array([1000.0, 2000.0, 3000.0, 4000.0])
    y = model.predict(at(a))
    slopes = np.diff(y) / 1000
    np.testing.assert_allclose(slopes, slopes[0], rtol=1e-3)
    assert 2 < slopes[0] < 4  # of the data: 3
    assert (model.predict(at(-a)) < -1000).all()
    assert "go on linearly" in model.summary()


def test_the_line_ends_before_numbers_do() -> None:
    model = fitted(extrapolation="linear", monotonic_cst={"a": 1})
    sizes = 10.0 ** np.arange(0, 301, 10)
    y = model.predict(at(np.concatenate([-sizes[::-1], sizes])))
    assert np.isfinite(y).all()
    assert (np.diff(y) >= 0).all()
    assert y[-1] == y[-2]


def test_no_logarithm_is_learnt_of_a_target_that_goes_on() -> None:
    frame = table()
    y = np.exp(frame["a"] / 2)
    kept = TableRegressor(QUICK, random_state=0, extrapolation="linear")
    kept.fit(frame[["a", "b"]], y)
    assert not any("log" in epoch["recipe"] for epoch in kept.history_)
    assert kept.encoding_.target.high is None


@pytest.mark.parametrize("extrapolation", ["constant", "linear"])
def test_exports_go_on_alike(extrapolation: str, tmp_path: Path) -> None:
    ort = pytest.importorskip("onnxruntime")
    model = fitted(extrapolation=extrapolation)
    model.save(tmp_path / "m.safetensors")
    saved = load_model(tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors")
    assert again.extrapolation == extrapolation
    rows = at([-1e300, -1e30, -1e4, -50, 5, 60, 1e4, 1e30, 1e300])
    expected = model.predict(rows)
    assert np.isfinite(expected).all()
    np.testing.assert_array_equal(again.predict(rows), expected)
    session = ort.InferenceSession(model.to_onnx().SerializeToString())
    (ours,) = session.run(None, cells(rows, saved.encoding))
    np.testing.assert_allclose(ours[:, 0], expected, rtol=1e-4)
    if shutil.which("cc"):
        library = compiled(model.to_c(), tmp_path)
        theirs = predictions(library, saved, inputs(saved, rows), 1)
        np.testing.assert_allclose(theirs[:, 0], expected, rtol=1e-4)
