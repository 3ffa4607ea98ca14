"""Weights of the rows of files: a column, classes, and the fits of arrays with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shards.fit import FilePlan, fit_files
from rosenblatt.cluster.shards.manifest import manifest_of
from rosenblatt.cluster.shards.over import Here
from rosenblatt.cluster.shards.split import RowShares
from rosenblatt.errors import InputError
from rosenblatt.table import Task
from tests.support.clusters import FILE_FIT
from tests.support.parquet_files import numbers, spread

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

N = 430
WEIGHTS = np.random.default_rng(1).exponential(7.0, N)
WEIGHTS[::9] = 0
OPTIONS: dict[str, Any] = {
    **FILE_FIT,
    "max_iter": 3,
    "solver": "sgd",
    "learning_rate_init": 0.05,
    "alpha": 30.0,
    "shuffle": False,
}


def table_of(classes: bool, weights: Any = WEIGHTS) -> pa.Table:
    return numbers(N, 4, classes=classes).append_column("w", pa.array(weights))


@pytest.mark.parametrize("local_steps", [1, 3])
@pytest.mark.parametrize("column", ["w", None])
@pytest.mark.parametrize("class_weight", [None, "balanced", {"yes": 5.0}])
def test_a_fit_is_that_of_arrays_with_the_same_weights(
    tmp_path: Path, class_weight: Any, column: str | None, local_steps: int
) -> None:
    table = table_of(True)
    own = table if column else table.drop_columns(["w"])
    est = MLPClassifier(**OPTIONS, class_weight=class_weight)
    workers = 3 if local_steps == 1 else 1
    training = ClusterTraining(
        est, workers=workers, local_steps=local_steps, address="inproc", window=150
    )
    found = training.fit(spread(own, tmp_path / "data"), sample_weight=column, target="y")
    encoding = found.encoding_
    assert "w" not in {line.name for line in encoding.describe()}
    X, y = encoding.encode(table, np.float64).X, np.array(table.column("y").to_pylist())
    alone = MLPClassifier(**OPTIONS, class_weight=class_weight)
    alone.fit(X, y, WEIGHTS if column else None)
    np.testing.assert_allclose(
        found.network_.parameters, alone.model_.parameters, rtol=1e-10, atol=1e-10
    )
    for ours, theirs in zip(found.history_, alone.history_, strict=True):
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-10)
    assert est.class_weight == class_weight


def test_numbers_are_weighed_and_rows_set_aside_keep_their_weights(tmp_path: Path) -> None:
    table = table_of(False, WEIGHTS * 1e-30)
    shares = RowShares(0, 0.2, 0.1)
    plan = FilePlan("y", Task.REGRESSION, shares, weight_column="w")
    est = MLPRegressor(**OPTIONS | {"alpha": 0.01}, early_stopping=True)
    folder = spread(table, tmp_path / "data")
    fit = fit_files(est, ClusterPlan(2), InProcess(), Here(), manifest_of(folder), plan)
    parts = shares.of(0, N)
    largest = WEIGHTS[parts == 0].max() * 1e-30
    assert fit.validation is not None
    assert fit.weighing is not None
    np.testing.assert_allclose(fit.validation.weights, WEIGHTS[parts == 1] * 1e-30 / largest)
    target = np.array(table.column("y"))
    expected = np.average(target[parts == 0], weights=WEIGHTS[parts == 0])
    assert fit.weighing.mean_target == pytest.approx(expected, rel=1e-12)
    assert fit.weighing.mean == pytest.approx(WEIGHTS[parts == 0].mean() * 1e-30 / largest)
    score = fit.network.score(fit.validation.X, fit.validation.y[:, 0], fit.validation.weights)
    assert score == pytest.approx(fit.network.best_validation_score_)


@pytest.mark.parametrize(
    ("weights", "column", "message"),
    [
        (WEIGHTS - 1, "w", r"part-0\.parquet: the sample weight in column 'w', row 1, is "),
        (np.zeros(N), "w", "are all 0"),
        ([None, *WEIGHTS[1:]], "w", "every weight must be a number of 0 or more"),
        ([1e-30, 1e30, *WEIGHTS[2:]], "w", "further apart than numbers of 32 bits"),
        (WEIGHTS, "W", "no column 'W' of weights"),
        (WEIGHTS, "y", "cannot be target and sample weights"),
        (WEIGHTS, WEIGHTS, "sample_weight of files is the name of a column, and not ndarray"),
    ],
)
def test_what_is_no_column_of_weights(
    tmp_path: Path, weights: Any, column: Any, message: str
) -> None:
    folder = spread(table_of(True, weights), tmp_path / "data")
    training = ClusterTraining(MLPClassifier(**OPTIONS), address="inproc")
    with pytest.raises(InputError, match=message) as raised:
        training.fit(folder, sample_weight=column, target="y")
    assert "\n" not in str(raised.value)


def test_a_class_that_is_none_of_the_files_is_named(tmp_path: Path) -> None:
    est = MLPClassifier(**OPTIONS, class_weight={"maybe": 2})
    folder = spread(table_of(True), tmp_path / "data")
    with pytest.raises(ValueError, match="'maybe', which is not a class of y"):
        ClusterTraining(est, address="inproc").fit(folder, target="y")
