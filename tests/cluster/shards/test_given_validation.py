"""Rows to validate on beside files: as files, or as a data frame, scored as arrays are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.cluster import ClusterTraining
from rosenblatt.errors import InputError
from tests.support.parquet_files import numbers, spread

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N, N_VAL = 430, 170
WEIGHTS = np.random.default_rng(1).exponential(1.0, N_VAL)
OPTIONS: dict[str, Any] = {
    "hidden_layer_sizes": (20,),
    "batch_size": 50,
    "random_state": 0,
    "dtype": "float64",
    "max_iter": 60,
    "learning_rate_init": 0.1,
    "early_stopping": True,
    "n_iter_no_change": 2,
    "shuffle": False,
}


def tables(classes: bool) -> tuple[pa.Table, pa.Table]:
    table = numbers(N + N_VAL, 4, classes=classes)
    return table.slice(0, N), table.slice(N).append_column("w", pa.array(WEIGHTS))


@pytest.mark.parametrize("classes", [True, False])
@pytest.mark.parametrize("form", ["files", "frame", "frame and y_val"])
@pytest.mark.parametrize("weighed", [True, False])
def test_a_fit_stops_where_that_of_arrays_does(
    tmp_path: Path, form: str, classes: bool, weighed: bool
) -> None:
    table, validation = tables(classes)
    kind = MLPClassifier if classes else MLPRegressor
    given: dict[str, Any] = {"X_val": validation.to_pandas()}
    if form == "files":
        given = {"X_val": str(spread(validation, tmp_path / "val") / "*.parquet")}
    elif form == "frame and y_val":
        given["y_val"] = given["X_val"].pop("y").to_numpy()
    if weighed:
        given["sample_weight_val"] = "w" if form == "files" else WEIGHTS
    training = ClusterTraining(kind(**OPTIONS), workers=3, address="inproc")
    found = training.fit(spread(table, tmp_path / "data"), target="y", **given)
    encoding = found.encoding_
    arrays = []
    for rows in (table, validation):
        y = encoding.encode_target(rows).y
        arrays += [encoding.encode(rows, np.float64).X, y if classes else standard(encoding, y)]
    X, y, X_val, y_val = arrays
    weights = WEIGHTS if weighed else None
    alone = kind(**OPTIONS).fit(X, y, X_val=X_val, y_val=y_val, sample_weight_val=weights)
    assert 3 < len(found.history_) == alone.n_iter_ < 60
    for ours, theirs in zip(found.history_, alone.history_, strict=True):
        assert ours["rows"] == N
        for name in ("validation_loss", "validation_score"):
            assert ours[name] == pytest.approx(theirs[name], rel=1e-7)


def standard(encoding: Any, y: Any) -> Any:
    return encoding.target.standardise(y)


def test_without_early_stopping_the_loss_is_recorded(tmp_path: Path) -> None:
    table, validation = tables(True)
    est = MLPClassifier(**OPTIONS | {"early_stopping": False, "max_iter": 3})
    training = ClusterTraining(est, address="inproc")
    found = training.fit(spread(table, tmp_path / "data"), target="y", X_val=validation)
    assert all(np.isfinite(entry["validation_loss"]) for entry in found.history_)


@pytest.mark.parametrize(
    ("change", "given", "message"),
    [
        (["x1"], {}, "lacks the column 'x1'"),
        (["y"], {}, "no column 'y', and y_val is not given"),
        (["y"], {"y_val": ["yes"]}, "X_val has 170 rows, and y_val 1"),
        ([], {"y_val": ["perhaps"] * N_VAL}, "row 1 of those to validate on has a 'y' that is no"),
        ([], {"X_val": None, "y_val": ["yes"]}, "go with X_val"),
        ([], {"X_val": ["no.parquet"]}, "there is no file"),
        ([], {"X_val": "files", "y_val": ["yes"]}, "names files, whose column 'y' is y_val"),
        ([], {"X_val": "files", "sample_weight_val": "v"}, "no column 'v' of weights"),
        ([], {"X_val": "files", "sample_weight_val": [1.0]}, "the name of a column, and not list"),
    ],
)
def test_what_is_not_given_rightly(
    tmp_path: Path, change: list[str], given: dict[str, Any], message: str
) -> None:
    table, validation = tables(True)
    folder = spread(validation, tmp_path / "val")
    rows = {"X_val": validation.drop_columns(change)} | given
    if rows["X_val"] == "files":
        rows["X_val"] = folder
    training = ClusterTraining(MLPClassifier(**OPTIONS), address="inproc")
    with pytest.raises(InputError, match=message) as raised:
        training.fit(spread(table, tmp_path / "data"), target="y", **rows)
    assert "\n" not in str(raised.value)
