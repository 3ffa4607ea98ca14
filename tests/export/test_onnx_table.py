"""ONNX models that raw rows go into, run by onnxruntime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Tanh
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Quantile,
    SquaredError,
)
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from tests.export.test_onnx_graph import session
from tests.persistence.test_files import SUMMARY
from tests.support.exported import parameters

pytest.importorskip("onnx")
pd = pytest.importorskip("pandas")

from rosenblatt.persistence import SavedModel  # noqa: E402
from rosenblatt.table import TableEncoding, learn_encoding  # noqa: E402

N = 400


def table(with_gaps: bool) -> Any:
    """Every kind of column, heavy tails, rare categories, and names that could be misread."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "income": np.exp(4 * rng.standard_normal(N)),
            "_value_1": rng.integers(0, 9, N).astype(float),
            "town": rng.choice(
                ["Ulm", "Bonn", "Köln", "a", "b"], N, p=[0.4, 0.3, 0.28, 0.01, 0.01]
            ),
            "member": rng.choice([True, False], N).astype(object),
            "seen": pd.Timestamp("2019-02-03 04:05") + pd.to_timedelta(rng.random(N) * 900, "D"),
            "constant": 1.0,
        }
    )
    if with_gaps:
        for name in ("income", "town", "member", "seen"):
            frame.loc[rng.choice(N, 40, replace=False), name] = None
    frame["class"] = rng.choice(["x", "y", "z"], N)
    frame["two"] = rng.choice(["no", "yes"], N)
    frame["price"] = 1000 + 50 * rng.standard_normal(N)
    return frame


def cells(frame: Any, encoding: TableEncoding) -> dict[str, Any]:
    """A frame's cells as the model's inputs, by other means than the encoding's own."""
    found = {}
    for column in encoding.columns:
        series, name = frame[column.name], column.name
        if column.kind == "category":
            values = np.array(["" if pd.isna(v) else str(v) for v in series], object)
        elif column.kind == "date":
            values = (series - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
        elif column.kind != "left out":
            values = np.array([np.nan if pd.isna(v) else float(v) for v in series])
        else:
            continue
        found[name] = np.asarray(values).reshape(-1, 1)
    return found


def strange(frame: Any) -> Any:
    """Cells that training had none of."""
    frame = frame.copy()
    frame.loc[:20, "town"] = "Atlantis"
    frame.loc[10:30, ["income", "member", "town", "seen"]] = None
    frame.loc[40, "income"] = -1e300
    return frame


@pytest.mark.parametrize("with_gaps", [False, True])
@pytest.mark.parametrize(
    ("target", "loss", "n_outputs"),
    [
        ("class", CategoricalCrossEntropy(), 3),
        ("two", BinaryCrossEntropy(), 1),
        ("price", SquaredError(), 1),
        ("price", Quantile((0.1, 0.9)), 2),
    ],
)
def test_raw_rows(with_gaps: bool, target: str, loss: Loss, n_outputs: int, tmp_path: Path) -> None:
    frame = table(with_gaps)
    columns = ["income", "_value_1", "town", "member", "seen", "constant", target]
    encoding = learn_encoding(frame[columns], target=target)
    assert {column.kind for column in encoding.columns} == {
        "number",
        "category",
        "true/false",
        "date",
        "left out",
    }
    network = Network(len(encoding.feature_names), (Dense(6, Tanh()), Dense(n_outputs)))
    model = Model(network, parameters(network, 2, np.float32), loss)
    saved = SavedModel(model, encoding, SUMMARY)
    path = tmp_path / "table.onnx"
    saved.to_onnx(path)
    runtime = session(path.read_bytes())
    for rows in (frame, strange(frame), frame[:1]):
        expected = model.predict(encoding.encode(rows).X)
        if target == "two":
            expected = np.hstack([1 - expected, expected])
        elif target == "price":
            expected = encoding.target.restore(expected.astype(np.float64))
        (got,) = runtime.run([target], cells(rows, encoding))
        np.testing.assert_allclose(got, expected, 1e-5, 1e-5)
    if target != "price":
        classes = json.loads(runtime.get_modelmeta().custom_metadata_map["classes"])
        assert classes == list(encoding.target.classes)
