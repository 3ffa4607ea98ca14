"""Promised directions: predictions that never fall or rise with a column, whatever the rows are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableClassifier, TableRegressor, load
from rosenblatt.errors import InputError
from rosenblatt.tabular import Preset
from tests.support.c_compiler import compiled
from tests.support.c_rows import inputs, predictions
from tests.support.export_tables import cells
from tests.support.houses import FEATURES, QUICK, classifier, houses, regressor

DIRECTIONS = {"area": 1, "built": -1, "lift": 1}
TABLES = Path(__file__).parents[3] / "shared" / "data"


def far_numbers(low: float, high: float, n: int = 300) -> Any:
    """Within a range, far beyond it, and neighbours among the floats; in order."""
    rng = np.random.default_rng(0)
    size = 10.0 ** rng.uniform(-3, 30, n // 3)
    values = np.concatenate([rng.uniform(2 * low - high, 2 * high - low, n), size, -size, [1e30]])
    return np.unique(np.concatenate([values, np.nextafter(values, np.inf)]))


def swept(row: Any, column: str, values: Any) -> Any:
    """The row once for each value."""
    frame = row.iloc[[0] * len(values)].reset_index(drop=True)
    return frame.assign(**{column: values})


def outputs(model: Any, frame: Any) -> Any:
    if isinstance(model, TableClassifier):
        return model.predict_proba(frame)[:, 1]
    return model.predict(frame)


def assert_in_direction(y: Any, direction: int) -> None:
    assert np.isfinite(y).all()
    assert (direction * np.diff(y) >= 0).all()


def assert_kept(model: Any, frame: Any, n_rows: int = 3) -> None:
    """All of `DIRECTIONS`, in every row."""
    days = pd.date_range("1700-01-01", "2250-01-01", freq="1357h")
    for k in range(n_rows):
        row = frame.iloc[[k]]
        for column, values in {
            "area": far_numbers(30, 200),
            "built": days,
            "lift": [False, True],
        }.items():
            assert_in_direction(outputs(model, swept(row, column, values)), DIRECTIONS[column])


@pytest.mark.parametrize("target", ["dear", "price"])
def test_predictions_keep_their_directions(target: str) -> None:
    """Though the price falls where the network has to rise, and the other way round."""
    frame = houses(400)
    frame["price"] = 1000 - frame["price"] + frame["built"].dt.year
    frame["dear"] = np.where(frame["price"] > frame["price"].median(), "yes", "no")
    make: Any = classifier if target == "dear" else regressor
    model = make(monotonic_cst=DIRECTIONS).fit(frame[FEATURES], frame[target])
    assert_kept(model, frame)
    free = make().fit(frame[FEATURES], frame[target])
    with pytest.raises(AssertionError):
        assert_kept(free, frame)


def test_directions_that_hold_cost_little() -> None:
    frame = houses(400)
    model = regressor(monotonic_cst={"area": 1}).fit(frame[FEATURES], frame["price"])
    assert model.validation_score_ > 0.8
    y = model.predict(swept(frame.iloc[[1]], "area", np.linspace(40, 190, 50)))
    assert y[-1] > y[0] + 200


def test_of_a_logarithm() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=400), "b": rng.normal(size=400)})
    y = np.exp(2 * frame["a"] + frame["b"])
    model = TableRegressor(QUICK, random_state=0, monotonic_cst=[1, 0]).fit(frame, y)
    assert model.encoding_.target.log
    for k in range(5):
        values = far_numbers(-4, 4)
        assert_in_direction(model.predict(swept(frame.iloc[[k]], "a", values)), 1)


@pytest.mark.parametrize("target", ["dear", "price"])
def test_of_the_linear_model_where_there_is_no_time(target: str) -> None:
    frame = houses(300)
    frame["price"] = 1000 - frame["price"]
    frame["dear"] = np.where(frame["price"] > frame["price"].median(), "yes", "no")
    make: Any = classifier if target == "dear" else regressor
    model = make(monotonic_cst={"area": 1, "built": -1, "lift": 1}, time_limit=1e-9)
    with pytest.warns(UserWarning, match="linear model"):
        model.fit(frame[FEATURES], frame[target])
    assert_kept(model, frame)


def test_the_bounded_linear_model_is_that_of_scipy() -> None:
    from scipy.optimize import lsq_linear

    from rosenblatt.tabular.linear_model import ridge_regression

    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 4)).astype(np.float32)
    y = X @ [1, -2, 0.5, 3] + rng.normal(size=60)
    model = ridge_regression(X, y, None, (-1, 0, 1, 1))
    A = np.vstack([X - X.mean(axis=0), np.eye(4)])  # with the penalty's rows
    expected = lsq_linear(
        A,
        np.concatenate([y - y.mean(), np.zeros(4)]),
        ([-np.inf, -np.inf, 0, 0], [0, np.inf, np.inf, np.inf]),
        tol=1e-12,
    ).x
    np.testing.assert_allclose(model.parameters[:4], expected, atol=2e-4)
    assert model.parameters[0] == 0


@pytest.mark.parametrize("target", ["dear", "price"])
def test_exports_keep_them(target: str, tmp_path: Path) -> None:
    ort = pytest.importorskip("onnxruntime")
    frame = houses(300)
    make: Any = classifier if target == "dear" else regressor
    model = make(monotonic_cst=DIRECTIONS).fit(frame[FEATURES], frame[target])
    model.save(tmp_path / "m.safetensors")
    from rosenblatt.persistence import load_model

    saved = load_model(tmp_path / "m.safetensors")
    session = ort.InferenceSession(model.to_onnx().SerializeToString())
    library = compiled(model.to_c(), tmp_path) if shutil.which("cc") else None
    n_outputs = 2 if target == "dear" else 1
    for k in (1, 2):
        rows = swept(frame.iloc[[k]], "area", far_numbers(30, 200))[FEATURES]
        (ours,) = session.run(None, cells(rows, saved.encoding))
        assert_in_direction(ours[:, -1], 1)
        np.testing.assert_allclose(ours[:, -1], outputs(model, rows), rtol=1e-4, atol=1e-5)
        if library is not None:
            theirs = predictions(library, saved, inputs(saved, rows), n_outputs)
            assert_in_direction(theirs[:, -1], 1)


def test_a_file_keeps_the_directions(tmp_path: Path) -> None:
    frame = houses(200)
    array = [0, 1, 0, 0]  # in the order of the columns
    model = classifier(monotonic_cst=array).fit(frame[FEATURES], frame["dear"])
    assert model.directions_ == {"area": 1}
    model.save(tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors")
    assert again.monotonic_cst == again.directions_ == {"area": 1}
    assert again.summary() == model.summary()
    assert "predictions do not fall with 'area'" in again.summary()
    np.testing.assert_array_equal(again.predict_proba(frame), model.predict_proba(frame))


def test_directions_of_none_change_nothing() -> None:
    frame = houses(200)
    plain = regressor().fit(frame[FEATURES], frame["price"])
    zeros = regressor(monotonic_cst={"area": 0, "town": 0}).fit(frame[FEATURES], frame["price"])
    np.testing.assert_array_equal(plain.predict(frame), zeros.predict(frame))
    assert "predictions do" not in plain.summary()


def test_a_monotone_date_has_no_cycles() -> None:
    frame = houses(200)
    model = regressor(monotonic_cst={"built": 1}).fit(frame[FEATURES], frame["price"])
    assert not any("in the week" in name for name in model.encoder_.get_feature_names_out())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"town": 1}, "'town', which is taken for texts.*columns="),
        ({"rooms": 1}, "lacks the column 'rooms'"),
        ({"area": 2}, "direction of the column 'area' is 2"),
        ({"area": "up"}, "is 'up'"),
        ({"area": True}, "is True"),
        ([1, 0], "2 directions, and there are 4"),
    ],
)
def test_what_cannot_be_promised(given: Any, says: str) -> None:
    frame = houses(100)
    with pytest.raises(InputError, match=says):
        regressor(monotonic_cst=given).fit(frame[FEATURES], frame["price"])


def test_a_column_left_out_has_no_direction() -> None:
    frame = houses(100)
    model = regressor(monotonic_cst={"area": 1}, columns={"area": "drop"})
    with pytest.raises(InputError, match="'area', which is left out"):
        model.fit(frame[FEATURES], frame["price"])


@pytest.mark.parametrize("promise", [{"monotonic_cst": {"area": 1}}, {"extrapolation": "linear"}])
def test_published_networks_make_no_promise(promise: Any) -> None:
    frame = houses(100)
    with pytest.raises(InputError, match="published networks"):
        regressor(network="mlp", **promise).fit(frame[FEATURES], frame["price"])


def test_three_classes_have_none() -> None:
    frame = houses(100)
    with pytest.raises(InputError, match="'town' has 3"):
        classifier(monotonic_cst={"area": 1}).fit(frame[FEATURES[1:]], frame["town"])


@pytest.mark.parametrize(
    ("name", "column", "direction"),
    [
        ("california_housing", "median_income", 1),
        ("diamonds", "carat", 1),
        ("adult", "education_num", 1),
        ("bike_sharing", "temp", -1),
    ],
)
def test_real_tables(name: str, column: str, direction: int) -> None:
    path = TABLES / f"{name}.parquet"
    if not path.exists():
        pytest.skip(f"no {path}")
    frame = pd.read_parquet(path).sample(1500, random_state=0, ignore_index=True)
    X, y = frame.drop(columns="target"), frame["target"]
    make: Any = TableClassifier if name == "adult" else TableRegressor
    preset = Preset(n_folds=3, epochs=6, fewest_epochs=1, fewest_members=1)
    model = make(preset, random_state=0, monotonic_cst={column: direction}).fit(X, y)
    x = X[column].astype(float)
    for k in range(6):
        rows = swept(X.iloc[[k]], column, far_numbers(x.min(), x.max()))
        assert_in_direction(outputs(model, rows), direction)
