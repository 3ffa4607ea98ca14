"""A fit that is stopped anywhere and taken up again ends as if nothing had been."""

from __future__ import annotations

import copy
import functools
import itertools
import multiprocessing
import os
import random
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from numpy.random import RandomState
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from rosenblatt import (
    Checkpoint,
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
    StructureSearchCV,
)
from rosenblatt.checkpoints import store
from rosenblatt.checkpoints.file import read_snapshot, write_snapshot
from rosenblatt.errors import InputError
from rosenblatt.fitting.resume.fingerprint import told
from rosenblatt.schedules import OneCycle, RateControl, RateRule, Run, WarmUp
from rosenblatt.support.state_dict import StateDict
from tests.support.checkpointed import (
    WAYS,
    X_REAL,
    Y_REAL,
    X,
    Y,
    bits,
    estimator,
    fit_and_send,
    fit_to_the_kth_call,
    fitted,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# Processes that have what they need already: killed in the middle of it, not of an import.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["checkpointed"])


class Broken(Exception):
    """What a callback breaks a fit off with."""


def broken_off(way: str, path: Path, epoch: int, **changed: Any) -> None:
    """Fit as far as the callback of an epoch, after the checkpoint of the one before."""

    def breaks(told: Any) -> None:
        if told.epoch == epoch:
            raise Broken

    with pytest.raises(Broken):
        fitted(estimator(way, path, callbacks=[breaks], **changed))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("epoch", [2, 5])
def test_what_is_broken_off_goes_on_to_the_same_bits(way: str, epoch: int, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off(way, path, epoch)
    seen: list[int] = []
    resumed = fitted(estimator(way, path, callbacks=[lambda told: seen.append(told.epoch)]))
    undisturbed = fitted(estimator(way))
    assert seen[0] == epoch  # it has not begun anew
    assert bits(resumed) == bits(undisturbed)
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, f"{path.name}.previous"]


@pytest.mark.parametrize("way", ["adam", "averages over steps", "kfac", "lm", "lbfgs"])
def test_a_fit_may_be_broken_off_again_and_again(way: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    for epoch in (2, 3, 3, 6):
        broken_off(way, path, epoch)
    assert bits(fitted(estimator(way, path))) == bits(fitted(estimator(way)))


def killed(way: str, path: Path, moment: float, wanted: Any, **changed: Any) -> bool:
    """Whether a process was killed at that moment of its fit; one that was over has these bits."""
    here, there = SERVER.Pipe()
    process = SERVER.Process(target=fit_and_send, args=(there, way, path, changed))
    process.start()
    there.close()
    try:
        assert here.recv() == "begun"
        if here.poll(moment):
            assert here.recv() == wanted
            return False
    finally:
        process.kill()
        process.join()
    return True


def through_kills(way: str, tmp_path: Path, kills: int, **changed: Any) -> None:
    path, wanted = tmp_path / "fit.checkpoint", bits(fitted(estimator(way, **changed)))
    begun = time.perf_counter()
    fitted(estimator(way, tmp_path / "timed", **changed))
    seconds, moments, done = time.perf_counter() - begun, random.Random(kills), 0
    while done < kills:
        if killed(way, path, moments.uniform(0, seconds), wanted, **changed):
            done += 1
            if moments.random() < 0.7:
                continue  # the next goes on from where this one has come to
        assert bits(fitted(estimator(way, path, **changed))) == wanted
        for left in tmp_path.iterdir():
            left.unlink()
    assert bits(fitted(estimator(way, path, **changed))) == wanted


@pytest.mark.parametrize("way", ["dropout, batch normalisation, best weights", "lbfgs"])
def test_a_killed_process_loses_nothing(way: str, tmp_path: Path) -> None:
    through_kills(way, tmp_path, 25, max_iter=40)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_fifty_kills_lose_nothing(way: str, tmp_path: Path) -> None:
    through_kills(way, tmp_path, 50)


@pytest.mark.parametrize("damaged", [False, True])
def test_one_of_the_two_is_whole_at_every_moment(damaged: bool, tmp_path: Path) -> None:
    """A process that ends by itself at the k-th call to the system, for every k."""
    wanted = bits(fitted(estimator("adam", max_iter=6)))
    for k in range(1, 100):
        folder = tmp_path / str(k)
        folder.mkdir()
        path = folder / "fit.checkpoint"
        broken_off("adam", path, 4, max_iter=6)
        if damaged:
            damage(path)
        process = SERVER.Process(target=fit_to_the_kth_call, args=(path, k, 6))
        process.start()
        process.join()
        resumed = fitted(estimator("adam", path, max_iter=6))
        assert resumed.resumed_from_ >= 2
        assert bits(resumed) == wanted
        left = {p.name for p in folder.iterdir() if p.stat().st_size}
        assert left == {path.name, f"{path.name}.previous"}
        if process.exitcode == 0:
            assert k > 10  # it has had something to die of
            return
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize("way", ["adam", "early stopping", "kfac", "lbfgs", "lm", "gauss_newton"])
def test_what_has_ended_is_not_trained_again(way: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    first = fitted(estimator(way, path))
    told: list[Any] = []
    again = fitted(estimator(way, path, callbacks=[told.append]))
    assert not told
    assert bits(again) == bits(first)
    np.testing.assert_array_equal(
        again.predict(X[:, : again.n_features_in_]), first.predict(X[:, : first.n_features_in_])
    )


@pytest.mark.parametrize("way", ["adam", "averages over epochs", "kfac", "lbfgs", "lm"])
def test_a_raised_max_iter_goes_on(way: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    short = fitted(estimator(way, path, max_iter=9))
    assert short.n_iter_ == 9
    assert short.resumed_from_ is None
    longer = fitted(estimator(way, path))
    assert longer.n_iter_ > 9
    assert bits(longer) == bits(fitted(estimator(way)))


def test_an_average_that_has_begun_goes_on(tmp_path: Path) -> None:
    path, seen = tmp_path / "fit.checkpoint", []
    look = [lambda told: seen.append(told.estimator.coefs_[0].copy())]
    fitted(estimator("averages over epochs", path, max_iter=12))  # of epochs 10 to 12
    longer = fitted(estimator("averages over epochs", path, max_iter=14))  # 11 to 14 in one go
    fitted(estimator("adam", max_iter=14, callbacks=look))
    mean = np.mean(seen[9:], axis=0)
    np.testing.assert_allclose(longer.coefs_[0], mean, rtol=1e-12)


def test_a_schedule_that_spans_another_run_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("one cycle", path, max_iter=8))
    with pytest.warns(RuntimeWarning, match=r"max_iter is 20 and was 8, and OneCycle") as caught:
        estimator("one cycle", path, max_iter=20).fit(X, Y)
    assert {w.filename for w in caught if w.category is RuntimeWarning} == {__file__}
    by_steps = {"learning_rate": OneCycle(steps=500), "max_iter": 8}
    fitted(estimator("adam", tmp_path / "other", **by_steps))
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        estimator("adam", tmp_path / "other", **{**by_steps, "max_iter": 20}).fit(X, Y)


def test_a_raised_max_time_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    slow = [lambda told: time.sleep(0.02)]
    short = fitted(estimator("adam", path, max_time=0.1, callbacks=slow))
    assert short.stop_reason_ == "reached max_time=0.1 seconds"
    assert short.n_iter_ < 20
    again = fitted(estimator("adam", path, max_time=0.1))
    assert again.n_iter_ == short.n_iter_
    longer = fitted(estimator("adam", path))
    assert longer.stop_reason_ == "reached max_iter=24"
    assert longer.history_[: short.n_iter_] == short.history_


def test_the_time_of_a_fit_goes_on_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path, max_iter=5, callbacks=[lambda told: time.sleep(0.05)]))
    # A fifth of a second was over before: so little time leaves no more than an epoch.
    est = fitted(estimator("adam", path, max_time=0.2, max_iter=10_000))
    assert est.stop_reason_ == "reached max_time=0.2 seconds"
    assert est.n_iter_ <= 6


@pytest.mark.parametrize("way", ["adam", "lbfgs", "lm"])
def test_fewer_epochs_than_there_are_is_an_error(way: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator(way, path, max_iter=9))
    with pytest.raises(InputError, match="more than max_iter=5"):
        fitted(estimator(way, path, max_iter=5))


OTHERS = {
    "alpha": {"alpha": 0.5},
    "hidden_layer_sizes": {"hidden_layer_sizes": (8, 6)},
    "random_state": {"random_state": 4},
    "solver": {"solver": "nadam"},
    "early_stopping": {"early_stopping": True},
    "dtype": {"dtype": "float32"},
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_problem_is_refused_and_nothing_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    files = {p: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(InputError, match=f"of another problem: {name} is .* and was "):
        fitted(estimator("adam", path, **OTHERS[name]))
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == files


@pytest.mark.parametrize(
    "rows",
    [
        (X[:-1], Y[:-1], None),
        (X + 1e-12, Y, None),
        (X, 1 - Y, None),
        (X, Y + 1, None),
        (X, Y, np.ones(len(X))),
        (sp.csr_matrix(X), Y, None),
    ],
    ids=["fewer rows", "other inputs", "other targets", "other labels", "weights", "sparse"],
)
def test_other_data_are_another_problem(rows: Any, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    with pytest.raises(InputError, match="differ"):
        estimator("adam", path).fit(rows[0], rows[1], rows[2])


def test_validation_rows_are_a_part_of_the_problem(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    estimator("adam", path).fit(X, Y, X_val=X[:50], y_val=Y[:50])
    estimator("adam", path).fit(X, Y, X_val=X[:50], y_val=Y[:50])
    with pytest.raises(InputError, match="validation rows differ"):
        estimator("adam", path).fit(X, Y, X_val=X[:51], y_val=Y[:51])


def test_a_warm_start_is_another_problem(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    est = fitted(estimator("adam", path, warm_start=True))
    with pytest.raises(InputError, match="the weights to begin from differ"):
        fitted(est)


def global_generator(seed: int) -> None:
    np.random.seed(seed)  # noqa: NPY002 - which random_state=None draws from


def test_without_a_seed_the_numbers_drawn_are_those_of_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    global_generator(1)
    undisturbed = fitted(estimator("early stopping", random_state=None, dropout=0.2))
    global_generator(1)
    broken_off("early stopping", path, 4, random_state=None, dropout=0.2)
    global_generator(2)
    resumed = fitted(estimator("early stopping", path, random_state=None, dropout=0.2))
    assert bits(resumed) == bits(undisturbed)


@pytest.mark.parametrize("generator", ["MT19937", "PCG64", "Philox", "SFC64"])
def test_a_generator_given_goes_on_as_well(generator: str, tmp_path: Path) -> None:
    def rng() -> np.random.RandomState:
        return np.random.RandomState(getattr(np.random, generator)(5))

    path, last = tmp_path / "fit.checkpoint", (rng(), rng())
    undisturbed = fitted(estimator("adam", random_state=last[0]))
    broken_off("adam", path, 4, random_state=rng())
    resumed = fitted(estimator("adam", path, random_state=last[1]))
    assert bits(resumed) == bits(undisturbed)
    assert last[0].uniform() == last[1].uniform()


def test_partial_fit_goes_on_from_a_fit_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("one cycle", path, 4)
    resumed, undisturbed = fitted(estimator("one cycle", path)), fitted(estimator("one cycle"))
    with pytest.raises(ValueError, match="partial_fit needs checkpoint=None"):
        resumed.partial_fit(X, Y)
    for est in (resumed.set_params(checkpoint=None), undisturbed):
        est.partial_fit(X, Y)
    assert bits(resumed) == bits(undisturbed)


def test_ctrl_c_leaves_the_last_checkpoint_to_go_on_from(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"

    def presses(told: Any) -> None:
        if told.epoch == 6:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted"):
        estimator("adam", path, callbacks=[presses]).fit(X, Y)
    assert bits(fitted(estimator("adam", path))) == bits(fitted(estimator("adam")))


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    damage(path)
    with pytest.warns(RuntimeWarning, match=r"it is damaged.*the one before it is") as caught:
        resumed = estimator("adam", path).fit(X, Y)
    assert {w.filename for w in caught} == {__file__}
    assert bits(resumed) == bits(fitted(estimator("adam")))


@pytest.mark.parametrize("missing", [False, True])
def test_two_damaged_ones_are_an_error_and_stay(missing: bool, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    damage(path.with_name("fit.checkpoint.previous"))
    path.unlink() if missing else damage(path)
    files = {p: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(InputError, match=r"it is damaged.*is not written over"):
        fitted(estimator("adam", path))
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == files


@pytest.mark.parametrize("content", [b"", b"id,price\n1,2\n", b"\0" * 4000])
def test_another_file_is_never_written_over(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"it is (empty|not a checkpoint).*is not written over"):
        fitted(estimator("adam", path))
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize("cut", [0, 10, 30, 100, -40, -1])
def test_a_file_cut_short_is_damaged(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    path.write_bytes(path.read_bytes()[:cut])
    path.with_name("fit.checkpoint.previous").unlink()
    with pytest.raises(InputError, match=r"it is (damaged|empty)"):
        fitted(estimator("adam", path))


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


def test_it_is_written_as_often_as_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_path_that_cannot_be_written_is_said_before_training(tmp_path: Path) -> None:
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
        RuntimeWarning, match="No checkpoint: .* what is there is an older"
    ) as caught:
        est = estimator(way, folder / "fit", callbacks=[removes]).fit(*rows)
    lines = {(w.filename, str(w.message)[:13]) for w in caught if w.category is RuntimeWarning}
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


def test_a_name_too_long_is_said_before_training(tmp_path: Path) -> None:
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


HOSTILE: dict[str, dict[str, Any]] = {
    "no identity": {"identity": None},
    "identity": {"identity": "no"},
    "history": {"fit.written.history_": 5},
    "epoch": {"fit.descent.epoch": "z"},
    "rate": {"fit.descent.rate.step": None},
    "generator": {"fit.generator.state": []},
    "generator's place": {
        "fit.generator.state": {
            "bit_generator": "MT19937",
            "state": {"key": [0] * 624, "pos": 10**8},
            "has_gauss": 0,
            "gauss": 0.0,
        }
    },
    "a method": {"fit.descent.rate.lr_factors": 3},
    "limits": {"limits": {}},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_made_up_is_an_error(case: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)
    found = read_snapshot(path)
    values = {**found.values, **HOSTILE[case]}
    with path.open("wb") as file:
        write_snapshot(
            file, StateDict({k: v for k, v in values.items() if v is not None}, found.arrays)
        )
    with pytest.raises(InputError, match="cannot be used"):
        fitted(estimator("adam", path))


def test_a_file_made_up_sets_no_attribute_but_a_fits_own(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)
    found = read_snapshot(path)
    with path.open("wb") as file:
        write_snapshot(file, StateDict({**found.values, "fit.written.predict": 1}, found.arrays))
    assert callable(fitted(estimator("adam", path)).predict)


@pytest.mark.parametrize("name", ["theta", "descent.order", "memory.slots"])
def test_arrays_of_another_shape_or_type_are_an_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 3)
    found = read_snapshot(path)
    for wrong in (found.arrays[f"fit.{name}"][:1], found.arrays[f"fit.{name}"].astype(np.float16)):
        arrays = {**found.arrays, f"fit.{name}": wrong}
        with path.open("wb") as file:
            write_snapshot(file, StateDict(found.values, arrays))
        with pytest.raises(InputError, match="cannot be used"):
            fitted(estimator("adam", path))


class Scoring:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def score(self, est: Any, X: Any, y: Any) -> float:
        return self.factor * est.score(X, y)


@dataclass(frozen=True, slots=True)
class InSlots:
    number: float


def scorer_of(factor: float) -> Any:
    return lambda est, X, y: factor * est.score(X, y)


class Cyclic:
    def __init__(self) -> None:
        self.me = self


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Scoring(1.0).score, Scoring(2.0).score),
        (scorer_of(1.0), scorer_of(2.0)),
        (InSlots(1.0), InSlots(2.0)),
        (range(3), range(4)),
        ({1, 2}, {1, 3}),
        (pd.Series([0.1]), pd.Series([0.9])),
        (np.arange(200), np.arange(201)),
        (np.datetime64("2020-01-01"), np.datetime64("2020-01-02")),
        (lambda est: 1, lambda est: 2),
        (functools.partial(max, 1), functools.partial(max, 2)),
        (1.5, 1.5000001),
        ("1", 1),
        (RandomState(1), RandomState(2)),
        (WarmUp(steps=3), WarmUp(steps=4)),
    ],
)
def test_values_that_differ_are_told_apart(one: Any, other: Any) -> None:
    assert told(one) != told(other)
    assert told(one) == told(copy.deepcopy(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (np.float64(0.5), 0.5),
        ((8, 5), [8, 5]),
        (np.array([8, 5]), [8, 5]),
        (np.float32, "float32"),
        (np.dtype("float64"), np.float64),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (np.longdouble(0.25), 0.25),
    ],
)
def test_values_that_are_one_are_told_alike(one: Any, other: Any) -> None:
    assert told(one) == told(other)


def test_what_cannot_be_told_is_an_error_and_what_contains_itself_is_not() -> None:
    with pytest.raises(TypeError, match="which a checkpoint needs"):
        told(threading.Lock())
    assert told(Cyclic()) == told(Cyclic())


def test_a_callback_that_spoils_the_history_costs_the_checkpoint_alone(tmp_path: Path) -> None:
    def spoils(told: Any) -> None:
        told.record["mine"] = object()

    with pytest.warns(RuntimeWarning, match="cannot hold"):
        est = estimator("adam", tmp_path / "fit", callbacks=[spoils]).fit(X, Y)
    assert est.n_iter_ == 24


class Lazy(RateControl):
    def lr_factors(self, steps: int) -> Any:
        return np.full(steps, getattr(self, "factor", 1.0))

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        self.factor = 0.9 * getattr(self, "factor", 1.0)

    def stalled(self) -> bool:
        return False


class LazyRule(RateRule):
    def control(self, run: Run) -> RateControl:
        return Lazy()


def test_a_rate_that_begins_to_count_late_goes_on(tmp_path: Path) -> None:
    path, rule = tmp_path / "fit.checkpoint", {"learning_rate": LazyRule()}
    broken_off("adam", path, 4, **rule)
    resumed = fitted(estimator("adam", path, **rule))
    assert bits(resumed) == bits(fitted(estimator("adam", **rule)))


class FromAList(RateRule):
    def control(self, run: Run) -> RateControl:
        return Counting()


class Counting(RateControl):
    def __init__(self) -> None:
        self.told = [object()]

    def lr_factors(self, steps: int) -> Any:
        return np.ones(steps)

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        pass

    def stalled(self) -> bool:
        return False


def test_a_rate_of_the_users_own_that_keeps_objects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"Counting\.told .* keeps numbers alone"):
        fitted(estimator("adam", tmp_path / "fit", learning_rate=FromAList()))


def test_a_search_by_scikit_learn_says_what_is_wrong(tmp_path: Path) -> None:
    est = estimator("adam", tmp_path / "fit")
    search = GridSearchCV(est, {"alpha": [0.1, 1.0]}, cv=2, error_score="raise")
    with pytest.raises(InputError, match="of another problem"):
        search.fit(X, Y)


def test_many_fits_are_refused_before_the_first(tmp_path: Path) -> None:
    est = estimator("adam", tmp_path / "fit")
    for many in (MLPEnsembleClassifier(est, 3), StructureSearchCV(est, [(3,), (4,)])):
        with pytest.raises(ValueError, match=r"checkpoint=.* keeps one fit"):
            many.fit(X, Y)
    assert not list(tmp_path.iterdir())


def test_a_regressor_takes_a_plain_path(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        est = MLPRegressor(
            "squared_error", 4, max_iter=5, random_state=0, checkpoint=str(path)
        ).fit(X, Y)
    assert path.exists()
    assert est.n_iter_ == 5


def test_verbose_says_that_it_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "fit.checkpoint"
    broken_off("adam", path, 4)
    capsys.readouterr()
    fitted(estimator("adam", path, verbose=True))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Going on from iteration 3 of {path}"
    assert lines[1].startswith("Iteration 4, loss = ")


def test_multilabel_and_class_weights(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    both = np.column_stack([Y, X[:, 0] > 0])
    for weights in (None, "balanced"):
        est = MLPClassifier(4, max_iter=5, class_weight=weights, random_state=0)
        plain = est.fit(X, both).coefs_
        kept = est.set_params(checkpoint=path.with_suffix(f".{weights}")).fit(X, both).coefs_
        for one, other in zip(plain, kept, strict=True):
            np.testing.assert_array_equal(one, other)
