"""Workers with rows of their own, of files: each row once an epoch, and the fits of arrays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.modes import Asynchronous, Bounded, Mode, Synchronous
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.shards.batches import OwnStretch, OwnWindows
from rosenblatt.cluster.shards.learning import learn_files
from rosenblatt.cluster.shards.manifest import manifest_of
from rosenblatt.cluster.shards.order import EpochOrder
from rosenblatt.cluster.shards.over import Here
from rosenblatt.cluster.shards.split import RowShares
from rosenblatt.cluster.shards.task import StreamTask
from rosenblatt.problem import Rows
from tests.support.clusters import FILE_FIT, fitted
from tests.support.parquet_files import numbers, spread

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

TABLE = numbers(630, 4)
OPTIONS: dict[str, Any] = {
    **FILE_FIT,
    "max_iter": 3,
    "solver": "sgd",
    "learning_rate_init": 0.1,
    "alpha": 0.1,
    "shuffle": False,
}


class Sequence:
    """Holds row numbers of the sequence in place of rows."""

    def __init__(self, most: int) -> None:
        self.begin, self.most = 0, most

    def places(self, epoch: int, begin: int, end: int, order: Callable[[], Rows]) -> Rows:
        assert end - begin <= self.most
        self.begin, places = begin, order()
        assert sorted(places) == list(range(end - begin))
        return places


def rows_of_steps(
    n: int, batch: int, window: int, plan: ClusterPlan, seed: int | None
) -> dict[int, list[Rows]]:
    """The numbers in the sequence that each step of an epoch takes, a part for each worker."""
    order = EpochOrder(np.array([n]), window, seed)
    task = StreamTask(n, batch, np.ones(-(-n // batch)), 0)
    found: dict[int, list[Rows]] = {step: [] for step in range(task.steps)}
    for worker in range(plan.workers):
        most = OwnStretch.of(n, batch, window, plan, worker).held
        held = Sequence(most)
        own = OwnWindows(order, task, held, plan, worker)
        for k in range(len(own)):
            rows, _ = own.rows(k)
            found[own.number(k)].append(rows + held.begin)
    return found


def test_every_row_is_in_one_batch_of_one_worker() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        n, batch, workers = (int(rng.integers(1, most)) for most in (300, 40, 9))
        mode: Mode = (Synchronous(), Asynchronous(), Bounded(1))[rng.integers(3)]
        local_steps = int(rng.integers(1, 5))
        window = max(1, int(rng.integers(1, 300)) // batch) * batch
        plan = ClusterPlan(workers, 1, mode, local_steps)
        steps = rows_of_steps(n, batch, window, plan, seed=3)
        sizes = [sum(map(len, parts)) for parts in steps.values()]
        assert sizes == [min(batch, n - k * batch) for k in range(len(sizes))]
        rows = np.concatenate([part for parts in steps.values() for part in parts])
        assert sorted(rows) == list(range(n))


def test_a_row_group_is_read_by_one_worker_where_their_numbers_agree() -> None:
    """Four workers and four row groups of whole batches: a stretch is one of them."""
    plan = ClusterPlan(4, 1, Asynchronous())
    steps = rows_of_steps(4_000, 100, 800, plan, seed=None)
    of_worker = [np.concatenate([steps[k][0] for k in range(w, 40, 4)]) for w in range(4)]
    assert [(rows.min(), rows.max()) for rows in of_worker] == [
        (1_000 * w, 1_000 * w + 999) for w in range(4)
    ]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(
    ("mode", "local_steps"), [("async", 1), ("bounded", 1), ("async", 3), ("sync", 4)]
)
def test_a_fit_is_that_of_the_same_rows_in_memory(
    tmp_path: Path, mode: str, local_steps: int, workers: int
) -> None:
    folder = spread(TABLE, tmp_path / "data")
    given: dict[str, Any] = {"workers": workers, "servers": 2, "mode": mode}
    training = ClusterTraining(
        MLPClassifier(**OPTIONS),
        **given,
        local_steps=local_steps,
        address="inproc",
        window=200,
    )
    found = training.fit(folder, target="y")
    encoding = learn_files(manifest_of(folder), Here(), target="y", shares=RowShares()).encoding
    steps = rows_of_steps(len(TABLE), 50, 200, training.plan, seed=None)
    order = np.concatenate([part for parts in steps.values() for part in parts])
    X, y = encoding.encode(TABLE, np.float64).X[order], encoding.encode_target(TABLE).y[order]
    expected = fitted(MLPClassifier(**OPTIONS), training.plan, X, y)
    np.testing.assert_allclose(
        found.network_.parameters, expected.model_.parameters, rtol=1e-12, atol=1e-12
    )
    for ours, theirs in zip(found.history_, expected.history_, strict=True):
        assert ours["rows"] == theirs["rows"] == len(TABLE)
        assert ours["staleness_max"] == theirs["staleness_max"]
        assert ours["loss"] == pytest.approx(theirs["loss"], rel=1e-12)


def test_rows_are_in_another_order_every_epoch_and_are_learnt(tmp_path: Path) -> None:
    folder = spread(numbers(2_000, 4), tmp_path / "data", group=150)
    options = OPTIONS | {"shuffle": True, "alpha": 0.0001, "max_iter": 20}
    for given in ({"mode": "bounded"}, {"local_steps": 4}):
        training = ClusterTraining(
            MLPClassifier(**options), workers=3, address="inproc", window=600, **given
        )
        found = training.fit(folder, target="y")
        again = training.fit(folder, target="y")
        assert np.array_equal(found.network_.parameters, again.network_.parameters)
        assert [entry["rows"] for entry in found.history_] == [2_000] * 20
        table = numbers(2_000, 4)
        rows, truth = table.drop_columns(["y"]).to_pandas(), table.column("y").to_pandas()
        assert found.score(rows, truth) > 0.9
