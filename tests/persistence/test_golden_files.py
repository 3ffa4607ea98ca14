"""Files of every version of the format that there has been are read, and predict what they did."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.cli.prediction import predict
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.persistence import FORMAT_VERSION, load_model
from rosenblatt.table import read_table

GOLDEN = Path(__file__).parents[1] / "golden"
VERSIONS = range(1, FORMAT_VERSION + 1)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["classifier", "regressor"])
def test_an_old_file_predicts_what_it_did(name: str, version: int) -> None:
    folder = GOLDEN / f"model_files_{version}"
    saved = load_model(folder / f"{name}.safetensors")
    rows = read_table(folder / "rows.csv", as_text=saved.encoding.text_columns).table
    predicted = predict(saved, rows).columns
    expected = json.loads((folder / "predictions.json").read_text())[name]
    assert list(predicted) == list(expected)
    for column, values in expected.items():
        if isinstance(values[0], str):
            assert list(predicted[column]) == values
        else:
            np.testing.assert_allclose(predicted[column], values, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_files_have_a_column_and_a_layer_of_every_kind(version: int) -> None:
    folder = GOLDEN / f"model_files_{version}"
    classifier = load_model(folder / "classifier.safetensors")
    regressor = load_model(folder / "regressor.safetensors")
    kinds = {column.kind for column in classifier.encoding.columns}
    assert kinds == {"number", "category", "true/false", "date", "left out"}
    layers = [layer for member in regressor.model.members for layer in member.network.layers]
    norms = {type(layer.normalization) for layer in layers}
    assert norms == {BatchNorm, LayerNorm, type(None)}
    assert {m.model.dtype.name for m in (classifier, regressor)} == {
        "float32",
        "float64",
    }
    several = version > 1
    assert (len(classifier.model.members) > 1, len(regressor.model.members) > 1) == (several,) * 2
    assert pd.read_csv(folder / "rows.csv").isna().to_numpy().any()
