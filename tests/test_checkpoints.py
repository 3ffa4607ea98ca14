"""A fit that is stopped anywhere and taken up again ends as if nothing had been."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from checkpointed import WAYS, X, Y, bits, estimator, fit_and_send, fitted
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from rosenblatt import (
    Checkpoint,
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
    StructureSearchCV,
)
from rosenblatt.errors import InputError
from rosenblatt.schedules import RateControl, RateRule, Run

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


def killed(way: str, path: Path, moment: float, **changed: Any) -> bool:
    """Whether a process was killed at that moment of its fit, and not over before."""
    here, there = SERVER.Pipe()
    process = SERVER.Process(target=fit_and_send, args=(there, way, path, changed))
    process.start()
    there.close()
    try:
        assert here.recv() == "begun"
        ended = here.poll(moment)
        process.kill()
    finally:
        process.join()
    return not ended


def undisturbed_seconds(way: str, **changed: Any) -> float:
    begun = time.perf_counter()
    fitted(estimator(way, **changed))
    return time.perf_counter() - begun


def through_kills(way: str, tmp_path: Path, kills: int, **changed: Any) -> None:
    path, wanted = tmp_path / "fit.checkpoint", bits(fitted(estimator(way, **changed)))
    seconds, moments = undisturbed_seconds(way, **changed), random.Random(kills)
    done = 0
    while done < kills:
        # Checkpoints cost several times what such an epoch does.
        done += killed(way, path, moments.uniform(0, 3 * seconds), **changed)
        if moments.random() < 0.3:  # from where it has come to, or from the beginning
            assert bits(fitted(estimator(way, path, **changed))) == wanted
            for left in tmp_path.iterdir():
                left.unlink()
    assert bits(fitted(estimator(way, path, **changed))) == wanted


@pytest.mark.parametrize("way", ["dropout, batch normalisation, best weights", "lbfgs"])
def test_a_killed_process_loses_nothing(way: str, tmp_path: Path) -> None:
    through_kills(way, tmp_path, 10, max_iter=60)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_fifty_kills_lose_nothing(way: str, tmp_path: Path) -> None:
    through_kills(way, tmp_path, 50)


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
    longer = fitted(estimator(way, path))
    assert longer.n_iter_ > 9
    assert bits(longer) == bits(fitted(estimator(way)))


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
    slow = {"max_time": 0.3, "max_iter": 10_000, "tol": 0.0}

    def breaks(told: Any) -> None:
        time.sleep(0.02)
        if told.epoch == 8:
            raise Broken

    with pytest.raises(Broken):
        fitted(estimator("adam", path, callbacks=[breaks], **slow))
    begun = time.perf_counter()
    fitted(estimator("adam", path, callbacks=[lambda told: time.sleep(0.02)], **slow))
    assert time.perf_counter() - begun < 0.28  # 0.14 of it were over


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
    with pytest.raises(InputError, match=r"it is not a checkpoint.*is not written over"):
        fitted(estimator("adam", path))
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize("cut", [0, 10, 30, 100, -40, -1])
def test_a_file_cut_short_is_damaged(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    fitted(estimator("adam", path))
    path.write_bytes(path.read_bytes()[:cut])
    path.with_name("fit.checkpoint.previous").unlink()
    with pytest.raises(InputError, match=r"it is damaged|it is not a checkpoint"):
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
    assert not path.with_name("fit.checkpoint.lock").exists()


def test_it_is_written_no_more_often_than_asked(tmp_path: Path) -> None:
    path = tmp_path / "fit.checkpoint"
    written: list[float] = []

    def looks(told: Any) -> None:
        if path.exists() and path.stat().st_mtime_ns not in written:
            written.append(path.stat().st_mtime_ns)
        time.sleep(0.01)

    fitted(estimator("adam", path, every=0.05, callbacks=[looks]))
    assert 1 <= len(written) <= 10  # of 24 epochs in a quarter of a second or more
    gaps = np.diff(written) / 1e9
    assert (gaps > 0.045).all()
    with pytest.raises(InputError, match="every"):
        Checkpoint(path, -1)


def test_a_path_that_cannot_be_written_is_said_before_training(tmp_path: Path) -> None:
    told: list[Any] = []
    for path in (tmp_path / "none" / "fit", tmp_path):
        with pytest.raises(InputError, match="cannot write"):
            fitted(estimator("adam", path, callbacks=[told.append]))
    assert not told


def test_a_folder_that_goes_away_costs_the_checkpoint_and_not_the_fit(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()

    def removes(told: Any) -> None:
        if told.epoch == 3:
            for left in folder.iterdir():
                left.unlink()
            folder.rmdir()

    with pytest.warns(RuntimeWarning, match="Training goes on") as caught:
        est = estimator("adam", folder / "fit", callbacks=[removes]).fit(X, Y)
    assert {w.filename for w in caught if w.category is RuntimeWarning} == {__file__}
    assert bits(est) == bits(fitted(estimator("adam")))


class FromAList(RateRule):
    def control(self, run: Run) -> RateControl:
        return Counting()


class Counting(RateControl):
    def __init__(self) -> None:
        self.told = [object()]

    def factors(self, steps: int) -> Any:
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
