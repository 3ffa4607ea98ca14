"""Warm starts and `partial_fit`: what goes on, and what begins anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from rosenblatt import MLPClassifier
from tests.support.data import X_CANCER, Y_CANCER, ignore_convergence


@ignore_convergence
def test_warm_start_into_another_network() -> None:
    model = MLPClassifier(7, warm_start=True, max_iter=1).fit(X_CANCER, Y_CANCER)
    with pytest.raises(ValueError, match="set warm_start=False"):
        model.set_params(hidden_layer_sizes=(7, 7)).fit(X_CANCER, Y_CANCER)


@ignore_convergence
def test_learning_on_with_another_float_type_or_solver() -> None:
    model = MLPClassifier(random_state=0)
    model.partial_fit(X_CANCER.astype(np.float32), Y_CANCER, classes=[0, 1])
    model.partial_fit(X_CANCER, Y_CANCER)
    assert model.coefs_[0].dtype == np.float32  # what it began with, as in scikit-learn
    model.set_params(solver="sgd").partial_fit(X_CANCER, Y_CANCER)
    assert np.isfinite(model.loss_)


@ignore_convergence
def test_the_best_of_all_warm_starts_is_kept() -> None:
    X, X_val, y, y_val = train_test_split(X_CANCER, Y_CANCER, random_state=0)
    model = MLPClassifier(early_stopping=True, warm_start=True, random_state=0, max_iter=60)
    model.fit(X, y, X_val=X_val, y_val=y_val)
    best = model.best_validation_score_
    model.set_params(learning_rate_init=0.3, max_iter=3).fit(X, y, X_val=X_val, y_val=y_val)
    assert model.validation_scores_[-1] < best, "a case in which the second fit only spoils"
    assert model.score(X_val, y_val) == pytest.approx(best)


def moved(model: MLPClassifier, *data: Any, **validation: Any) -> float:
    """How far a fit moves the first weights."""
    before = model.coefs_[0].copy()
    return float(np.abs(model.fit(*data, **validation).coefs_[0] - before).max())


@ignore_convergence
@pytest.mark.parametrize(
    "change", [{"scoring": "loss"}, {"loss": "focal"}, {"validation_fraction": 0.3}], ids=str
)
def test_a_warm_start_that_watches_something_else_begins_its_best_anew(change: Any) -> None:
    model = MLPClassifier(
        8,
        early_stopping=True,
        warm_start=True,
        random_state=0,
        max_iter=60,
        learning_rate_init=0.01,
    ).fit(X_CANCER, Y_CANCER)
    model.set_params(**change, max_iter=20)
    assert moved(model, X_CANCER, Y_CANCER) > 0
    assert len(model.validation_scores_) == model.n_iter_
    assert model.best_validation_score_ == max(model.validation_scores_)
    assert (model.best_validation_score_ < 0) == ("scoring" in change)


@ignore_convergence
def test_lbfgs_between_two_warm_starts_ends_what_was_watched() -> None:
    model = MLPClassifier(
        8, early_stopping=True, warm_start=True, random_state=0, max_iter=100, scoring="loss"
    ).fit(X_CANCER, Y_CANCER)
    model.set_params(solver="lbfgs", scoring=None, alpha=0.0).fit(X_CANCER, Y_CANCER)
    model.set_params(solver="adam", scoring="loss", max_iter=10)
    assert moved(model, X_CANCER, Y_CANCER) > 0
    assert len(model.validation_scores_) == model.n_iter_
