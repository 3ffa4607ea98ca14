"""Where the system starts no more threads, the work is done by those that there are."""

from __future__ import annotations

import signal
import threading

import numpy as np
import pytest

from rosenblatt import MLPClassifier, MLPEnsembleClassifier, StructureSearchCV
from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.table.column_groups import MANY_ROWS, in_parallel

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(400, 3))
y = (X[:, 0] > 0).astype(int)


def bound_threads(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little address space (`ulimit -v`) Python says the same."""
    left = [most]
    start = threading.Thread.start

    def bounded(thread: threading.Thread) -> None:
        if not left[0]:
            raise RuntimeError("can't start new thread")
        left[0] -= 1
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", bounded)


@pytest.fixture(params=[0, 1], ids=["no thread", "one thread"])
def few_threads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    bound_threads(request.param, monkeypatch)


def network() -> MLPClassifier:
    return MLPClassifier((4,), max_iter=3, random_state=0)


def test_every_task_is_done(few_threads: None) -> None:
    done: list[int] = []
    told: list[int] = []
    with WorkerPool(4, StopSignal()) as pool:
        pool.run(done.append, range(9), told.append)
        pool.run(done.append, range(9, 12), told.append)
    assert sorted(done) == list(range(12))
    assert sorted(told) == list(range(12))


def test_an_error_ends_the_others(few_threads: None) -> None:
    def task(k: int) -> None:
        if k == 2:
            raise ValueError("the third")

    with pytest.raises(ValueError, match="the third"), WorkerPool(4, StopSignal()) as pool:
        pool.run(task, range(9))


def test_ctrl_c_drops_what_is_not_begun(few_threads: None) -> None:
    done: list[int] = []

    def task(k: int) -> None:
        if k == 2:
            signal.raise_signal(signal.SIGINT)
        done.append(k)

    stop = StopSignal()
    with WorkerPool(4, stop) as pool:
        pool.run(task, range(2000))
        assert pool.interrupted
    assert stop.requested
    assert len(done) < 2000


@pytest.mark.parametrize("most", [0, 1])
def test_ensembles_and_searches_are_those_of_many_threads(
    most: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fitted() -> tuple[np.ndarray, list[float]]:
        ensemble = MLPEnsembleClassifier(network(), 3, n_jobs=2, random_state=0).fit(X, y)
        search = StructureSearchCV(network(), [(2,), (3,)], cv=2, n_jobs=2, verbose="bar")
        means = search.fit(X, y).cv_results_["mean_test_score"].tolist()
        return ensemble.predict_proba(np.tile(X, (100, 1))), means

    many = fitted()
    bound_threads(most, monkeypatch)
    few = fitted()
    np.testing.assert_array_equal(few[0], many[0])
    assert few[1] == many[1]
    assert "fit 4/4" in capsys.readouterr().err


def test_columns_of_many_rows(few_threads: None) -> None:
    assert in_parallel(len, ["a", "bb", "ccc"], MANY_ROWS) == [1, 2, 3]
