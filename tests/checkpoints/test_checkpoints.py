"""A fit that is stopped anywhere and taken up again ends as if nothing had been."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
    StructureSearchCV,
)
from rosenblatt.errors import InputError
from rosenblatt.schedules import OneCycle
from tests.support.broken_fits import broken_off
from tests.support.checkpointed import (
    WAYS,
    X,
    Y,
    bits,
    estimator,
    fitted,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("epoch", [2, 5])
def test_interrupted_fit_resumes_to_the_same_bits(way: str, epoch: int, tmp_path: Path) -> None:
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


@pytest.mark.parametrize("way", ["adam", "early stopping", "kfac", "lbfgs", "lm", "gauss_newton"])
def test_finished_fit_is_not_trained_again(way: str, tmp_path: Path) -> None:
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


def test_a_callback_that_spoils_the_history_costs_the_checkpoint_alone(tmp_path: Path) -> None:
    def spoils(told: Any) -> None:
        told.record["mine"] = object()

    with pytest.warns(RuntimeWarning, match="cannot hold"):
        est = estimator("adam", tmp_path / "fit", callbacks=[spoils]).fit(X, Y)
    assert est.n_iter_ == 24


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
