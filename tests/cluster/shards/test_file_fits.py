"""Fits to files, without processes: equal to one machine's, whatever the number of workers."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import rosenblatt
from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shards.fit import FilePlan, fit_files
from rosenblatt.cluster.shards.learning import learn_files
from rosenblatt.cluster.shards.manifest import manifest_of
from rosenblatt.cluster.shards.order import EpochOrder
from rosenblatt.cluster.shards.over import Here
from rosenblatt.cluster.shards.split import RowShares
from rosenblatt.errors import InputError
from rosenblatt.table import Task
from tests.support.clusters import FILE_FIT
from tests.support.parquet_files import numbers, spread

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

TABLE = numbers(630, 4)
SGD: dict[str, Any] = {"solver": "sgd", "momentum": 0, "learning_rate_init": 0.1, "alpha": 0.1}


def on_one_machine(folder: Path, window: int, epochs: int) -> MLPClassifier:
    """Epoch by epoch, with all rows in memory, in the order that the files have."""
    manifest = manifest_of(folder)
    encoding = learn_files(manifest, Here(), target="y", shares=RowShares()).encoding
    X = encoding.encode(TABLE, np.float64).X
    y = encoding.encode_target(TABLE).y
    counts = np.array([group.n_rows for group in manifest.groups])
    seed = int(np.random.RandomState(0).randint(2**31))
    order, firsts = EpochOrder(counts, window, seed), np.cumsum(counts) - counts
    est = MLPClassifier(**FILE_FIT, **SGD, shuffle=False, max_iter=1, warm_start=True)
    for epoch in range(epochs):
        pieces = order.pieces(epoch, 0, len(y))
        rows = np.concatenate([firsts[p.group] + np.arange(p.begin, p.end) for p in pieces])
        places = [k * window + order.shuffled(epoch, k) for k in range(order.windows)]
        rows = rows[np.concatenate(places)]
        est.fit(X[rows], y[rows])
    return est


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_a_fit_to_files_is_that_of_one_machine_in_their_order(tmp_path: Path, workers: int) -> None:
    folder = spread(TABLE, tmp_path / "data")
    est = MLPClassifier(**FILE_FIT, **SGD, max_iter=3)
    plan = FilePlan("y", Task.CLASSIFICATION, RowShares(), window=240)
    found = fit_files(
        est, ClusterPlan(workers, 2), InProcess(), Here(), manifest_of(folder), plan
    ).network
    alone = on_one_machine(folder, 200, 3)  # 240 rows are cut to whole batches
    np.testing.assert_allclose(
        found.model_.parameters, alone.model_.parameters, rtol=1e-10, atol=1e-10
    )
    assert [entry["rows"] for entry in found.history_] == [630] * 3


@pytest.mark.parametrize("classes", [True, False])
def test_what_is_returned_takes_rows_of_a_table_and_is_saved(tmp_path: Path, classes: bool) -> None:
    table = numbers(800, 3, classes=classes)
    folder = spread(table, tmp_path / "data")
    kind = MLPClassifier if classes else MLPRegressor
    est = kind(
        hidden_layer_sizes=(8,),
        max_iter=30,
        early_stopping=True,
        learning_rate_init=0.02,
        random_state=0,
    )
    found = ClusterTraining(est, workers=3, address="inproc").fit(f"{folder}/*.parquet", target="y")
    rows = table.drop_columns(["y"]).to_pandas()
    truth = table.column("y").to_pandas()
    assert found.score(rows, truth) > 0.9
    assert found.validation_score_ > 0.85
    assert "validation_loss" in found.history_[-1]
    assert found.n_rows_ == found.history_[-1]["rows"] < 800
    found.save(tmp_path / "model.safetensors")
    for other in (
        rosenblatt.load(tmp_path / "model.safetensors"),
        pickle.loads(pickle.dumps(found)),
    ):
        assert np.array_equal(other.predict(rows), found.predict(rows))
    assert "void predict(" in found.to_c()
    assert not hasattr(est, "coefs_")


def test_a_file_that_changes_during_a_fit_is_named(tmp_path: Path) -> None:
    folder = spread(TABLE, tmp_path / "data")

    def change(event: Any) -> None:
        if event.epoch == 2:
            (folder / "part-1.parquet").unlink()

    est = MLPClassifier(**FILE_FIT, max_iter=5, callbacks=[change])
    training = ClusterTraining(est, address="inproc", window=100)
    with pytest.raises(InputError, match=r"part-1\.parquet was there when the training began"):
        training.fit(folder, target="y")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"warm_start": True}, "warm_start=False"),
        ({"solver": "lbfgs"}, "first-order solver"),
    ],
)
def test_what_takes_no_rows_from_files(tmp_path: Path, options: Any, message: str) -> None:
    training = ClusterTraining(MLPClassifier(**FILE_FIT | options), address="inproc")
    with pytest.raises(InputError, match=message):
        training.fit(spread(TABLE, tmp_path / "data"), target="y")


def test_a_share_of_no_row_is_refused(tmp_path: Path) -> None:
    folder = spread(TABLE, tmp_path / "data")
    est = MLPClassifier(**FILE_FIT, early_stopping=True, validation_fraction=1e-6)
    with pytest.raises(InputError, match="no row is set aside"):
        ClusterTraining(est, address="inproc").fit(folder, target="y")


def test_a_fit_resumes_from_a_checkpoint_in_the_order_of_the_epoch(tmp_path: Path) -> None:
    folder = spread(TABLE, tmp_path / "data")

    def fitted(epochs: int, path: Path | None) -> Any:
        est = MLPClassifier(**FILE_FIT, max_iter=epochs, checkpoint=path)
        return ClusterTraining(est, workers=2, address="inproc", window=200).fit(folder, target="y")

    fitted(2, tmp_path / "fit.ckpt")
    resumed, whole = fitted(4, tmp_path / "fit.ckpt"), fitted(4, None)
    assert len(resumed.history_) == 4
    assert np.array_equal(resumed.network_.parameters, whole.network_.parameters)


def test_files_need_a_target_and_nothing_beside_it(tmp_path: Path) -> None:
    folder = spread(TABLE, tmp_path / "data")
    training = ClusterTraining(MLPClassifier(**FILE_FIT), address="inproc")
    with pytest.raises(InputError, match="by target="):
        training.fit(str(folder))
    with pytest.raises(InputError, match="target= is the name of a column of files, and not int"):
        training.fit(folder, target=3)
    with pytest.raises(InputError, match="there is no y: it is a column"):
        training.fit(folder, [1, 2], target="y")


def test_no_row_is_left_for_the_workers_of_small_files(tmp_path: Path) -> None:
    """More workers than rows of a batch, and more than rows of a row group."""
    table = pa.table({"x": [0.0, 1.0, 2.0, 3.0, 4.0], "y": ["a", "a", "b", "b", "b"]})
    folder = spread(table, tmp_path / "data", group=2)
    est = MLPClassifier(**FILE_FIT | {"batch_size": 3}, max_iter=2)
    found = ClusterTraining(est, workers=7, address="inproc").fit(folder, target="y")
    assert [entry["rows"] for entry in found.history_] == [5, 5]
