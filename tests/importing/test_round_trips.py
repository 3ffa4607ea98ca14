"""Files of other tools, imported and written in their own format again: the tools' own numbers.

FANN, Keras and TensorFlow.js have this in `tests/export`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.export.trained import Trained
from rosenblatt.model import OutputFormat
from tests.importing.golden import FOLDER, TOLERANCE, assert_equal, read_golden
from tests.support.onnx_sessions import session

ONNX = sorted((FOLDER / "onnx").glob("*.net.onnx"))
PMML = sorted((FOLDER / "pmml").glob("*.net.pmml"))


@pytest.mark.parametrize("path", ONNX, ids=lambda path: path.name)
def test_onnx(path: Path) -> None:
    """By ONNX Runtime, in single precision, as every model of this library computes."""
    pytest.importorskip("onnx")
    from rosenblatt.export.onnx_graph import onnx_model

    imported = importing.read(path)
    classes = imported.classes or ()
    form = OutputFormat.BOTH_CLASSES if len(classes) == 2 else OutputFormat.COLUMNS
    runtime = session(onnx_model(Trained(imported.model, form, tuple(classes))))
    X, Y, _ = read_golden(path.parent / f"{path.name.partition('.')[0]}.json")
    (got,) = runtime.run(None, {"X": X.astype(np.float32)})
    assert_equal(got, Y, TOLERANCE["float"])


@pytest.mark.parametrize("path", PMML, ids=lambda path: path.name)
def test_pmml(path: Path) -> None:
    """By pypmml."""
    pypmml = pytest.importorskip("pypmml")
    golden = json.loads(Path(str(path).replace(".net.pmml", ".json")).read_text("utf-8"))
    saved = importing.read(path).saved_model()
    model = pypmml.Model.fromString(saved.to_pmml())
    columns = golden["table"]
    names = [f"probability({label})" for label in golden["labels"] or ()]
    rows: list[dict[str, Any]] = [
        {name: cells[k] for name, cells in columns.items()}
        for k in range(len(next(iter(columns.values()))))
    ]
    answers = [model.predict(row) for row in rows]
    target = f"predicted_{saved.encoding.target.name}"
    got = np.array([[answer[name] for name in names or [target]] for answer in answers], float)
    assert_equal(got, np.array(golden["y"], float), golden.get("tolerance") or 1e-9)
