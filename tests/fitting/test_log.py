"""The log of a fit, and the epoch that early stopping kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier
from rosenblatt.fitting import FitLog
from tests.support.data import X_CANCER, Y_CANCER

ignore_convergence = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def log(scores: list[float], n_iter: int | None = None) -> FitLog:
    return FitLog(validation_scores=scores, n_iter=len(scores) if n_iter is None else n_iter)


@pytest.mark.parametrize(
    ("scores", "n_iter", "best"),
    [
        ([0.5, 0.8, 0.7], None, 2),
        ([0.5, 0.8, 0.8], None, 2),  # the first of equals
        ([math.nan, 0.4, math.nan], None, 2),
        ([math.nan, math.nan], None, None),
        ([-math.inf, math.nan], None, None),
        ([], None, None),
        ([0.5, 0.9, 0.6, 0.95], 2, 2),  # two epochs of a warm start after two
        ([0.5, 0.9, 0.6, 0.7], 2, 0),  # whose epochs are no better than those before
    ],
)
def test_best_iteration(scores: list[float], n_iter: int | None, best: int | None) -> None:
    assert log(scores, n_iter).best_iteration == best


def test_a_continued_log_leaves_the_one_before() -> None:
    before = FitLog(
        history=[{"epoch": 1}], loss_curve=[1.0], validation_scores=[0.5], n_iter=1, t=9
    )
    after = before.continued()
    after.history.append({"epoch": 1})
    after.loss_curve.append(0.5)
    assert after.validation_scores is not None
    after.validation_scores.append(0.6)
    assert (before.history, before.loss_curve) == ([{"epoch": 1}], [1.0])
    assert before.validation_scores == [0.5]
    assert (after.n_iter, after.t) == (0, 9)


def test_state_round_trip_under_the_stored_names() -> None:
    before = FitLog([{"epoch": 1}], 1, 50, 0.25, loss_curve=[0.25], best_loss=0.25)
    state = before.state_dict()
    assert set(state.values) == {
        "best_loss_",
        "best_validation_score_",
        "history_",
        "loss_",
        "loss_curve_",
        "n_iter_",
        "t_",
        "validation_loss_curve_",
        "validation_scores_",
    }
    after = FitLog()
    after.load_state_dict(state)
    assert after.state_dict().values == state.values


@ignore_convergence
def test_best_iteration_is_the_epoch_whose_weights_are_kept() -> None:
    weights: list[Any] = []
    model = MLPClassifier(
        6,
        early_stopping=True,
        n_iter_no_change=5,
        learning_rate_init=0.05,
        random_state=0,
        callbacks=[lambda event: weights.append(event.estimator.coefs_[0].copy())],
    ).fit(X_CANCER, Y_CANCER)
    assert 1 <= model.best_iteration_ < model.n_iter_
    np.testing.assert_array_equal(model.coefs_[0], weights[model.best_iteration_ - 1])
    scores = model.validation_scores_
    assert scores[model.best_iteration_ - 1] == max(scores) == model.best_validation_score_


@ignore_convergence
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_no_best_iteration_without_early_stopping(solver: str) -> None:
    model = MLPClassifier(3, solver=solver, max_iter=2, random_state=0)
    assert model.fit(X_CANCER, Y_CANCER).best_iteration_ is None


@ignore_convergence
def test_no_curve_of_an_earlier_fit_is_left() -> None:
    model = MLPClassifier(3, max_iter=2, early_stopping=True, random_state=0)
    model.fit(X_CANCER, Y_CANCER)
    model.set_params(solver="lbfgs", early_stopping=False).fit(X_CANCER, Y_CANCER)
    fresh = MLPClassifier(3, solver="lbfgs", max_iter=2, random_state=0).fit(X_CANCER, Y_CANCER)
    assert vars(model).keys() == vars(fresh).keys()
    assert not hasattr(model, "loss_curve_")
