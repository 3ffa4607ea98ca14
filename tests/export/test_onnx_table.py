"""ONNX models that raw rows go into, run by onnxruntime."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

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
from tests.support.exported import parameters
from tests.support.onnx_sessions import session
from tests.support.saved_models import SUMMARY

pytest.importorskip("onnx")
pd = pytest.importorskip("pandas")
from rosenblatt.persistence import SavedModel  # noqa: E402
from rosenblatt.table import learn_encoding  # noqa: E402
from tests.support.export_tables import cells, strange, table  # noqa: E402
from tests.support.table_models import LIMITS, TARGETS, averaged_model, expected  # noqa: E402


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


@pytest.mark.parametrize(("target", "loss", "n_outputs"), TARGETS)
def test_the_mean_of_several_networks(target: str, loss: Loss, n_outputs: int) -> None:
    frame = table(with_gaps=True)
    saved = averaged_model(frame, target, loss, n_outputs)
    (got,) = session(saved.to_onnx()).run([target], cells(frame, saved.encoding))
    np.testing.assert_allclose(got, expected(saved, frame), 1e-5, 1e-5)


@pytest.mark.parametrize("limits", LIMITS)
def test_a_number_is_held_within_its_limits(limits: dict[str, float]) -> None:
    frame = table(with_gaps=False)
    saved = averaged_model(frame, "price", SquaredError(), 1)
    free = expected(saved, frame)
    low, high = limits.get("low", -np.inf), limits.get("high", np.inf)
    assert (free < low).any() == ("low" in limits)
    assert (free > high).any() == ("high" in limits)
    target = replace(saved.encoding.target, **limits)
    saved = replace(saved, encoding=replace(saved.encoding, target=target))
    (got,) = session(saved.to_onnx()).run(["price"], cells(frame, saved.encoding))
    np.testing.assert_allclose(got, free.clip(low, high), 1e-5)


@pytest.mark.parametrize("target", ["", "y"])
def test_a_column_without_a_name(target: str) -> None:
    rng = np.random.default_rng(0)
    names = ["", "_unnamed", "line\nend", "y"]
    frame = pd.DataFrame({name: rng.normal(size=40) for name in names})
    encoding = learn_encoding(frame, target=target)
    network = Network(len(encoding.feature_names), (Dense(1),))
    model = Model(network, parameters(network, 2, np.float32), SquaredError())
    runtime = session(SavedModel(model, encoding, SUMMARY).to_onnx().SerializeToString())
    inputs = [name for name in names if name != target]
    assert [entry.name for entry in runtime.get_inputs()] == [
        name or "__unnamed" for name in inputs
    ]
    fed = {name or "__unnamed": frame[name].to_numpy()[:, None] for name in inputs}
    (got,) = runtime.run(None, fed)
    scaled = model.predict(encoding.encode(frame).X) * encoding.target.scale
    np.testing.assert_allclose(got, scaled + encoding.target.mean, rtol=1e-5)


@pytest.mark.parametrize("size", [1e-44, 1e-46, 1e-100, 1e-300, 1e-307])
def test_numbers_so_small_that_they_are_zero_in_float32(size: float) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=60) * size, rng.normal(size=60)
    for scale in (1, max(size, 1e-100)):  # a smaller target is refused
        frame = pd.DataFrame({"x": x, "y": y * scale})
        encoding = learn_encoding(frame, target="y")
        network = Network(1, (Dense(1),))
        model = Model(network, parameters(network, 2, np.float32), SquaredError())
        saved = SavedModel(model, encoding, SUMMARY)
        (got,) = session(saved.to_onnx()).run(["y"], cells(frame, encoding))
        wanted = encoding.target.restore(model.predict(encoding.encode(frame).X).astype(np.float64))
        np.testing.assert_allclose(got, wanted, 1e-5, 1e-5 * np.abs(wanted).max())
        strange = {"x": np.array([[0.0], [1e-320], [1.0], [-1e300], [np.nan]])}
        (got,) = session(saved.to_onnx()).run(["y"], strange)
        X = encoding.encode(pd.DataFrame({"x": strange["x"][:, 0]})).X
        np.testing.assert_allclose(
            got, encoding.target.restore(model.predict(X).astype(np.float64)), 1e-5
        )


@pytest.mark.parametrize("size", [1e39, 1e300])
def test_numbers_so_large_that_they_are_infinite_in_float32(size: float) -> None:
    """Inputs, and centres of the inputs and of the target; no cast of them warns."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": (2 + rng.random(60)) * size, "y": 3 + rng.random(60)})
    encoding = learn_encoding(frame, target="y")
    encoding = replace(encoding, target=replace(encoding.target, scale=size, mean=2 * size))
    network = Network(1, (Dense(1),))
    model = Model(network, parameters(network, 2, np.float32), SquaredError())
    (got,) = session(SavedModel(model, encoding, SUMMARY).to_onnx()).run(
        ["y"], cells(frame, encoding)
    )
    scores = model.predict(encoding.encode(frame).X).astype(np.float64)
    np.testing.assert_allclose(got / size, scores + 2, 1e-5)
