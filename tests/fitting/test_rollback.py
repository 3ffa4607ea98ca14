"""Going back to weights that were good: the rate, the state, and when it is given up."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from rosenblatt import MLPRegressor
from rosenblatt.averaging import SWA
from rosenblatt.errors import DivergenceError
from rosenblatt.fitting.rollback import MAX_IN_A_ROW, Rollback
from rosenblatt.optimizers import SGD
from tests.support.data import X_DIABETES, Y_DIABETES, ignore_convergence
from tests.support.diverging import SMALL, TOO_FAST, Own, ignore_returns, spoilt


def shown(model: MLPRegressor) -> list[Any]:
    return [*model.parameters_.values(), np.array(model.loss_curve_)]


@ignore_convergence
@ignore_returns
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"momentum": 0.0},
        {"learning_rate": "adaptive"},
        {"learning_rate": "cosine"},
        {"normalization": "layer", "residual": True},
        {"dropout": 0.2},
        {"averaging": SWA(0.5)},
        {"averaging": "ema"},
        {"max_norm": 1e100},
        {"dtype": "float32"},
        {"activation": Own()},
    ],
    ids=lambda more: ", ".join(more) or "plain",
)
@pytest.mark.filterwarnings("ignore:Own.*without a kernel:UserWarning")
def test_gone_back_to_the_beginning_a_fit_is_one_at_the_smaller_rate(more: dict[str, Any]) -> None:
    """Bit for bit: memory, statistics, averages and draws are those of the beginning."""
    rate, y = 2.0**10, Y_DIABETES
    given = TOO_FAST | {"shuffle": False, "max_iter": 4, "n_iter_no_change": 100, "batch_size": 4}
    given |= more
    model = MLPRegressor(**given | {"learning_rate_init": rate}, on_divergence="restore")
    model.fit(X_DIABETES, y)
    assert model.history_[0]["restores"] >= 2
    assert sum(entry["restores"] for entry in model.history_[1:]) == 0
    used = model.history_[0]["learning_rate"]
    k = model.history_[0]["restores"]
    assert used == rate * 0.5 * 0.25 ** (k - 1)
    again = MLPRegressor(**given | {"learning_rate_init": used}).fit(X_DIABETES, y)
    for ours, theirs in zip(shown(model), shown(again), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@ignore_convergence
@ignore_returns
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"nesterovs_momentum": False},
        {"solver": SGD(8.0), "learning_rate_init": 0.001},
        {"learning_rate": "one_cycle", "learning_rate_init": 50.0},
        {"learning_rate": "plateau"},
        {"learning_rate": "invscaling", "learning_rate_init": 1e3},
        {"early_stopping": True, "scoring": "loss"},
        {"averaging": "swa", "n_iter_no_change": 100},
        {"dtype": "float32"},
        {"hidden_layer_sizes": (32, 32), "learning_rate_init": 1.0},
        {"learning_rate_init": 1e6},
    ],
    ids=lambda more: ", ".join(more) or "plain",
)
def test_a_run_that_goes_back_learns(more: dict[str, Any]) -> None:
    given = TOO_FAST | {"activation": "identity"} | more
    if "early_stopping" not in given:
        with pytest.raises(DivergenceError, match="diverged"):
            MLPRegressor(**given).fit(X_DIABETES, Y_DIABETES)
    model = MLPRegressor(**given, on_divergence="restore")
    with pytest.warns(RuntimeWarning, match="Training goes back to the last good weights"):
        model.fit(X_DIABETES, Y_DIABETES)
    assert all(np.isfinite(array).all() for array in shown(model))
    assert model.score(X_DIABETES, Y_DIABETES) > 0.3  # of 0.51 that a linear model has at best


@ignore_convergence
@ignore_returns
def test_raw_columns_are_learnt_from_after_all() -> None:
    """Columns and target up to 346, as they come."""
    X, y = load_diabetes(return_X_y=True, scaled=False)
    given = TOO_FAST | {"activation": "identity", "learning_rate_init": 0.01, "max_iter": 200}
    with pytest.raises(DivergenceError, match="scale inputs and targets"):
        MLPRegressor(**given).fit(X, y)
    model = MLPRegressor(**given, on_divergence="restore").fit(X, y)
    assert model.score(X, y) > 0.3


@ignore_convergence
@ignore_returns
def test_statistics_of_batches_go_back_as_well() -> None:
    given = {"normalization": "batch", "hidden_layer_sizes": (8,), "batch_size": 13}
    given |= {
        "solver": "sgd",
        "random_state": 0,
        "max_iter": 6,
        "shuffle": False,
        "dtype": "float32",
    }
    y = 1e3 * Y_DIABETES
    model = MLPRegressor(**given, learning_rate_init=2.0**11, on_divergence="restore")
    model.fit(X_DIABETES, y)
    used = model.history_[-1]["learning_rate"]
    assert sum(entry["restores"] for entry in model.history_) == model.history_[0]["restores"] > 0
    again = MLPRegressor(**given, learning_rate_init=used).fit(X_DIABETES, y)
    for ours, theirs in zip(shown(model), shown(again), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@ignore_convergence
@ignore_returns
def test_partial_fit_keeps_the_smaller_rate() -> None:
    model = MLPRegressor(**TOO_FAST | {"learning_rate_init": 1e6}, on_divergence="restore")
    for _ in range(4):
        model.partial_fit(X_DIABETES, Y_DIABETES)
    rates = [entry["learning_rate"] for entry in model.history_]
    assert model.history_[0]["restores"] > 3
    assert rates[0] < 1e6
    assert rates == sorted(rates, reverse=True)
    assert all(np.isfinite(array).all() for array in shown(model))


def test_rollback_ends_with_an_error_when_no_rate_converges() -> None:
    model = MLPRegressor(**SMALL, learning_rate_init=1e300, on_divergence="restore")
    with (
        pytest.warns(RuntimeWarning, match="goes back") as warned,
        pytest.raises(
            DivergenceError, match=f"Going back {MAX_IN_A_ROW} times in a row did not help"
        ),
    ):
        model.fit(X_DIABETES, Y_DIABETES)
    assert sum("goes back" in str(w.message) for w in warned) == MAX_IN_A_ROW
    assert {w.filename for w in warned} == {__file__}


def test_invalid_data_raise_without_rollback() -> None:
    X, y = spoilt()
    X[:] = X[21]
    model = MLPRegressor(**SMALL, batch_size=8, on_divergence="restore")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DivergenceError, match="smaller rate does not help"):
            model.fit(X, y)


@pytest.mark.parametrize("solver", ["lbfgs", "lm", "gauss_newton", "kfac"])
def test_solvers_without_a_rate_have_nothing_to_lower(solver: str) -> None:
    with pytest.raises(
        ValueError,
        match=r"on_divergence='restore' does not go with solver=.*it needs a learning rate that",
    ):
        MLPRegressor(solver=solver, on_divergence="restore").fit(X_DIABETES, Y_DIABETES)


def test_unknown_on_divergence_is_refused() -> None:
    with pytest.raises(ValueError, match="on_divergence"):
        MLPRegressor(on_divergence="ignore").fit(X_DIABETES, Y_DIABETES)


@ignore_convergence
@ignore_returns
def test_callbacks_and_curves_see_the_epochs_that_count() -> None:
    told: list[int] = []
    model = MLPRegressor(
        **TOO_FAST | {"learning_rate_init": 1e3, "max_iter": 20},
        on_divergence="restore",
        callbacks=[lambda e: told.append(e.epoch)],
    ).fit(X_DIABETES, Y_DIABETES)
    assert told == [entry["epoch"] for entry in model.history_] == list(range(1, model.n_iter_ + 1))
    assert len(model.loss_curve_) == model.n_iter_
    assert np.isfinite(model.loss_curve_).all()
    assert model.t_ == model.n_iter_ * len(X_DIABETES)
    assert not model._carried.descent.rollback.good  # copies are let go of


def test_a_state_is_good_once_an_epoch_has_set_out_from_it() -> None:
    theta, steps = np.zeros(2), np.zeros(1, np.int64)
    recovery = Rollback()
    recovery.begins((theta, steps))
    for n, well in enumerate([True, True, True, False, False], start=1):
        theta[:], steps[0] = n, n
        recovery.epoch_ended(well, (theta, steps))
    theta[:] = np.nan
    recovery.go_back((theta, steps))
    # The third epoch went well; the fourth, from what it left, did not.
    assert theta.tolist() == [2, 2]
    assert steps.tolist() == [2]
    assert recovery.is_at((theta, steps))
    assert recovery.scale == 0.5
    theta[:] = 7
    recovery.go_back((theta, steps))
    assert theta.tolist() == [2, 2]
    assert recovery.scale == 0.5 * 0.25


def test_two_epochs_that_go_well_end_a_row() -> None:
    theta = np.zeros(2)
    recovery = Rollback()
    recovery.begins((theta,))
    for _ in range(3):
        recovery.go_back((theta,))
    recovery.epoch_ended(True, (theta,))
    assert recovery.in_a_row == 3
    recovery.epoch_ended(True, (theta,))
    assert recovery.in_a_row == 0
    recovery.go_back((theta,))
    assert recovery.scale == 0.5 * 0.25 * 0.25 * 0.5
    assert recovery.total == 4


def test_a_rollback_is_exhausted_after_a_row_of_returns() -> None:
    theta, recovery = np.zeros(2), Rollback()
    recovery.begins((theta,))
    for _ in range(MAX_IN_A_ROW):
        assert not recovery.exhausted
        recovery.go_back((theta,))
    assert recovery.exhausted
    for _ in range(2):
        recovery.epoch_ended(True, (theta,))
    assert not recovery.exhausted


def test_a_rollback_is_resumed_from_its_state() -> None:
    theta, recovery = np.zeros(2), Rollback()
    recovery.begins((theta,))
    theta[:] = 1
    recovery.epoch_ended(True, (theta,))
    recovery.go_back((theta,))
    theta[:] = 2
    recovery.epoch_ended(True, (theta,))
    other, again = theta.copy(), Rollback()
    again.load_state_dict(recovery.state_dict(), (other,))
    assert (again.scale, again.total, again.in_a_row, again.well) == (0.5, 1, 1, 1)
    for state, array in ((recovery, theta), (again, other)):
        array[:] = 3
        state.epoch_ended(True, (array,))
        array[:] = np.nan
        state.go_back((array,))
    np.testing.assert_array_equal(other, theta)
    assert np.isfinite(other).all()
    assert again.scale == recovery.scale


def test_a_run_that_follows_keeps_the_rate_alone() -> None:
    theta, recovery = np.zeros(2), Rollback()
    recovery.begins((theta,))
    recovery.go_back((theta,))
    assert recovery.carried_over() == Rollback(scale=0.5, total=1)
