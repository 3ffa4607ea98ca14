"""When and where a checkpoint is written, and what becomes of a fit where it cannot be."""

from __future__ import annotations

import itertools
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rosenblatt import (
    Checkpoint,
)
from rosenblatt.checkpoints import CheckpointWarning, store
from rosenblatt.errors import InputError
from rosenblatt.support.state_dict import StateDict
from tests.support.broken_fits import SERVER, broken_off
from tests.support.checkpointed import (
    X_REAL,
    Y_REAL,
    X,
    Y,
    bits,
    estimator,
    fitted,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_two_threads_on_one_path_the_second_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    inside, over = threading.Event(), threading.Event()

    def waits(told: Any) -> None:
        inside.set()
        over.wait(60)

    thread = threading.Thread(target=lambda: fitted(estimator("adam", path, callbacks=[waits])))
    thread.start()
    try:
        assert inside.wait(60)
        with pytest.raises(InputError, match="another fit is using"):
            fitted(estimator("adam", path))
    finally:
        over.set()
        thread.join()
    assert bits(fitted(estimator("adam", path))) == bits(fitted(estimator("adam")))


def hold(connection: Any, path: Path) -> None:
    """Fit, and wait for a word in the middle of it."""

    def waits(told: Any) -> None:
        if told.epoch == 3:
            connection.send("inside")
            connection.recv()

    fitted(estimator("adam", path, callbacks=[waits]))
    connection.send("over")


@pytest.mark.parametrize("dies", [False, True])
def test_two_processes_on_one_path_the_second_is_refused(dies: bool, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    here, there = SERVER.Pipe()
    process = SERVER.Process(target=hold, args=(there, path))
    process.start()
    there.close()  # or a child that fails would be waited for
    try:
        assert here.recv() == "inside"
        with pytest.raises(InputError, match="another fit is using"):
            fitted(estimator("adam", path))
        if dies:
            process.kill()
        else:
            here.send("go on")
            assert here.recv() == "over"
    finally:
        process.join()
    assert bits(fitted(estimator("adam", path))) == bits(fitted(estimator("adam")))
    assert not path.with_name("fit.checkpoint.in-use").exists()


def test_checkpoint_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, written = itertools.count(step=0.5), []
    monkeypatch.setattr(store, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    monkeypatch.setattr(store, "write_snapshot", lambda file, told: written.append(told))

    def epochs(every: float) -> list[int]:
        written.clear()
        # A callback has the epochs taken one by one.
        look = {"callbacks": [lambda told: None], "max_iter": 60, "tol": 0.0}
        fitted(estimator("adam", tmp_path / str(every), every=every, **look))
        return [told.values["fit.descent.epoch"] for told in written]

    # The clock is read once an epoch, and twice more for a writing: half a second of it, after
    # which nine and a half have to pass, or fifteen where so many are asked for.
    assert epochs(4.0) == [1, 20, 39, 58, 60]
    assert epochs(15.0) == [1, 31, 60]
    assert epochs(0.0) == list(range(1, 61))
    with pytest.raises(InputError, match="every"):
        Checkpoint(tmp_path, -1)


def test_unwritable_path_is_refused_before_training(tmp_path: Path) -> None:
    told: list[Any] = []
    for path in (tmp_path / "none" / "fit", tmp_path):
        with pytest.raises(InputError, match="cannot write"):
            fitted(estimator("adam", path, callbacks=[told.append]))
    assert not told


@pytest.mark.parametrize("way", ["adam", "lbfgs", "lm", "kfac"])
def test_a_folder_that_goes_away_costs_the_checkpoint_and_not_the_fit(
    way: str, tmp_path: Path
) -> None:
    rows = (X_REAL, Y_REAL) if way == "lm" else (X, Y)
    folder = tmp_path / "there"
    folder.mkdir()

    def removes(told: Any) -> None:
        if told.epoch == 3:
            for left in folder.iterdir():
                left.unlink()
            folder.rmdir()

    with pytest.warns(
        CheckpointWarning, match=r"No checkpoint: .* (goes on|whole), and there is none"
    ) as caught:
        est = estimator(way, folder / "fit", callbacks=[removes]).fit(*rows)
    lines = {(w.filename, str(w.message)[:13]) for w in caught if w.category is CheckpointWarning}
    assert lines == {(__file__, "No checkpoint")}
    assert bits(est) == bits(fitted(estimator(way)))


@pytest.mark.parametrize("ending", ["previous", "in-use"])
@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_a_file_of_its_own_name_is_never_written_over(
    ending: str, kind: str, tmp_path: Path
) -> None:
    path, other = tmp_path / "fit", tmp_path / "other"
    beside = tmp_path / f"fit.{ending}"
    other.write_bytes(b"precious")
    if kind == "link":
        beside.symlink_to(other)
    elif kind == "folder":
        beside.mkdir()
    else:
        beside.write_bytes(b"precious")
    with pytest.raises(InputError, match=rf"fit\.{ending}"):
        fitted(estimator("adam", path))
    assert other.read_bytes() == b"precious"
    assert kind == "folder" or beside.read_bytes() == b"precious"
    assert not path.exists()


def test_name_too_long_is_refused_before_training(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot write.*name too long"):
        fitted(estimator("adam", tmp_path / ("x" * 250)))


def test_permissions_stay(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)
    path.chmod(0o600)
    fitted(estimator("adam", path))
    assert path.stat().st_mode & 0o777 == 0o600


def test_ctrl_c_while_the_last_is_written_keeps_the_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)

    def presses(self: Any, snapshot: StateDict) -> None:
        if snapshot.values["fit.descent.stop_reason"]:
            raise KeyboardInterrupt

    monkeypatch.setattr("rosenblatt.checkpoints.store.Store.write", presses)
    with pytest.warns(RuntimeWarning, match="interrupted by the user"):
        est = estimator("adam", path, every=1e9).fit(X, Y)
    assert est.n_iter_ == 24


def test_a_child_has_no_part_in_its_parents_lock(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    children: list[int] = []

    def forks(told: Any) -> None:
        if told.epoch != 3:
            return
        child = os.fork()
        if not child:
            try:
                raise SystemExit  # through the fit's own ending
            finally:
                os._exit(0)
        children.append(os.waitpid(child, 0)[1])
        with pytest.raises(InputError, match="another fit is using"):
            fitted(estimator("adam", path))
        with path.with_name("fit.checkpoint.in-use").open():  # closing it gives nothing free
            pass
        connection, there = SERVER.Pipe()
        process = SERVER.Process(target=try_to_fit, args=(there, path))
        process.start()
        there.close()
        assert "another fit is using" in connection.recv()
        process.join()

    fitted(estimator("adam", path, callbacks=[forks]))
    assert children == [0]


def try_to_fit(connection: Any, path: Path) -> None:
    try:
        fitted(estimator("adam", path))
    except InputError as error:
        connection.send(str(error))
    else:
        connection.send("it was free")
