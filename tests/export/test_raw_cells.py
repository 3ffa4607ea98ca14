"""Exported models say of each column what goes in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.losses import BinaryCrossEntropy, SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from tests.support.c_compiler import compiled
from tests.support.exported import parameters
from tests.support.onnx_sessions import session
from tests.support.saved_models import SUMMARY

pytest.importorskip("onnx")
pd = pytest.importorskip("pandas")
from rosenblatt.persistence import SavedModel  # noqa: E402
from rosenblatt.table import TableFormat, learn_encoding  # noqa: E402
from tests.support.c_rows import predictions  # noqa: E402
from tests.support.export_tables import cells, table  # noqa: E402

MEANINGS = {
    "member": "1 is true (true, yes, y, t), 0 is false (false, no, n, f); any other number, or NaN,"
    " is missing",
    "seen": "days since 1970-01-01, with the time of day as a fraction; NaN is missing",
    "town": 'text in UTF-8 without blanks around it; "" is missing',
    "mass": "a number in 'kg'; NaN is missing",
    "height": "a number; NaN is missing, also in place of '*/ -9'",
    "took": "a number in 's'; NaN is missing",
}


def saved_model() -> SavedModel:
    n = 60
    frame = pd.DataFrame(
        {
            "member": ["yes", "no"] * (n // 2),
            "seen": pd.date_range("2020-01-01", periods=n),
            "town": ["Ulm", "Bonn", "Kiel"] * (n // 3),
            "mass": [f"{k} kg" for k in range(n)],
            "height": ["*/ -9", "1.5", *(f"{k}.25" for k in range(n - 2))],
            "took": pd.to_timedelta(range(n), unit="min"),
            "y": ["a", "b"] * (n // 2),
        }
    )
    encoding = learn_encoding(frame, target="y", fmt=TableFormat(missing=("*/ -9",)))
    network = Network(encoding.n_features, (Dense(1),))
    model = Model(network, parameters(network, 2, np.float32), BinaryCrossEntropy())
    return SavedModel(model, encoding, SUMMARY)


def test_onnx_says_it_beside_the_inputs_and_in_the_metadata() -> None:
    model: Any = saved_model().to_onnx()
    assert {x.name: x.doc_string for x in model.graph.input} == MEANINGS
    runtime = session(model)
    assert json.loads(runtime.get_modelmeta().custom_metadata_map["inputs"]) == MEANINGS


def test_c_says_it_in_comments() -> None:
    text = saved_model().to_c()
    said = dict(re.findall(r'/\* "(\w+)": (.*) \*/$', text, re.MULTILINE))
    wanted = {**MEANINGS, "mass": 'a number in "kg"; NaN is missing'}
    wanted["took"] = 'a number in "s"; NaN is missing'
    wanted["town"] = 'text in UTF-8 without blanks around it; NULL or "" is missing'
    wanted["height"] = r'a number; NaN is missing, also in place of "*\057 -9"'
    assert said == wanted


@pytest.mark.parametrize("with_gaps", [False, True])
@pytest.mark.parametrize("value", [2.0, -1.0, 0.5, 1 + 1e-15, 5e-324, np.inf, -np.inf])
def test_a_truth_value_that_is_none_is_missing_as_in_predictions(
    with_gaps: bool, value: float, tmp_path: Path
) -> None:
    """What a table has for it is told, and predicted as an empty cell is."""
    frame = table(with_gaps)
    columns = ["income", "town", "member", "price"]
    encoding = learn_encoding(frame[columns], target="price")
    network = Network(encoding.n_features, (Dense(1),))
    model = Model(network, parameters(network, 2, np.float32), SquaredError())
    saved = SavedModel(model, encoding, SUMMARY)
    rows = frame[:3].assign(member=["perhaps"] * 3)
    encoded = encoding.encode(rows)
    assert any("neither true nor false" in note for note in encoded.notes)
    want = encoding.target.restore(model.predict(encoded.X).astype(np.float64))
    given = cells(frame[:3].assign(member=value), encoding)
    (got,) = session(saved.to_onnx()).run(["price"], given)
    np.testing.assert_allclose(got, want, 1e-5)
    in_c = list(zip(*(column[:, 0] for column in given.values()), strict=True))
    got = predictions(compiled(saved.to_c(), tmp_path), saved, in_c, 1)
    np.testing.assert_allclose(got, want, 1e-5)
