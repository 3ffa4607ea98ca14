"""Early stopping, and rows to validate on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from rosenblatt import MLPClassifier, MLPRegressor
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence


@ignore_convergence
def test_given_validation_rows_are_watched() -> None:
    X, X_val, y, y_val = train_test_split(X_CANCER, Y_CANCER, random_state=0)
    model = MLPClassifier(random_state=0, max_iter=5).fit(X, y, X_val=X_val, y_val=y_val)
    assert model.validation_scores_ is None  # nothing stops by them
    last = model.history_[-1]
    assert last["validation_score"] == pytest.approx(model.score(X_val, y_val))
    p = model.predict_proba(X_val)[np.arange(len(y_val)), y_val]
    assert last["validation_loss"] == pytest.approx(-np.log(p).mean())


def test_early_stopping_on_given_rows_restores_the_best() -> None:
    X, X_val, y, y_val = train_test_split(X_DIABETES, Y_DIABETES, random_state=0)
    model = MLPRegressor(
        hidden_layer_sizes=(64, 64),
        learning_rate_init=0.01,
        random_state=0,
        early_stopping=True,
        max_iter=500,
    ).fit(X, y, X_val=X_val, y_val=y_val)
    scores = model.validation_scores_
    assert scores is not None
    assert max(scores) > scores[-1], "a case in which the last epoch is not the best"
    assert model.score(X_val, y_val) == pytest.approx(max(scores))
    assert "Validation score did not improve" in model.stop_reason_


def test_early_stopping_can_watch_the_loss() -> None:
    X, X_val, y, y_val = train_test_split(X_CANCER, Y_CANCER, random_state=0)
    model = MLPClassifier(
        learning_rate_init=0.02, random_state=0, early_stopping=True, scoring="loss", tol=0
    ).fit(X, y, X_val=X_val, y_val=y_val)
    losses = [h["validation_loss"] for h in model.history_]
    assert model.validation_scores_ == [-loss for loss in losses]
    assert np.argmin(losses) < len(losses) - 1, "a case in which the last epoch is not the best"
    assert log_loss(y_val, model.predict_proba(X_val)) == pytest.approx(min(losses))


@ignore_convergence
def test_validation_weights_count() -> None:
    X, X_val, y, y_val = train_test_split(X_CANCER, Y_CANCER, random_state=0)
    weight = np.random.default_rng(0).uniform(size=len(y_val))
    model = MLPClassifier(random_state=0, max_iter=2).fit(
        X, y, X_val=X_val, y_val=y_val, sample_weight_val=weight
    )
    score = model.score(X_val, y_val, sample_weight=weight)
    assert model.history_[-1]["validation_score"] == pytest.approx(score)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"X_val": X_CANCER}, "go together"),
        ({"y_val": Y_CANCER}, "go together"),
        ({"sample_weight_val": np.ones(569)}, "without X_val"),
        ({"X_val": X_CANCER[:, :3], "y_val": Y_CANCER}, "3 features"),
        ({"X_val": X_CANCER, "y_val": Y_CANCER + 5}, "classes not in"),
    ],
)
def test_validation_rows_that_do_not_fit(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier(max_iter=2).fit(X_CANCER, Y_CANCER, **given)


@ignore_convergence
@pytest.mark.parametrize("sparse", [False, True])
def test_other_validation_rows_are_something_else_to_watch(sparse: bool) -> None:
    X, X_val, y, y_val = train_test_split(X_CANCER, Y_CANCER, random_state=0)
    model = MLPClassifier(
        8, early_stopping=True, warm_start=True, random_state=0, max_iter=60, scoring="loss"
    ).fit(X, y, X_val=X_val, y_val=y_val)
    given = sp.csr_array(X_val[:40]) if sparse else X_val[:40]
    # Of wrong classes: no weights are as good by them as the last ones were by the others.
    model.set_params(max_iter=5).fit(X, y, X_val=given, y_val=1 - y_val[:40])
    assert len(model.validation_scores_) == 5
    assert model.best_validation_score_ == max(model.validation_scores_)
    best = model.best_validation_score_
    again = sp.csr_array(X_val[:40]) if sparse else X_val[:40].copy()
    model.fit(X, y, X_val=again, y_val=1 - y_val[:40])  # the same rows again, the best counts on
    assert len(model.validation_scores_) == 10
    assert model.best_validation_score_ >= best


@ignore_convergence
@pytest.mark.parametrize("loss", ["loss", None])
def test_targets_to_validate_on_are_as_many_as_those_to_learn(loss: str | None) -> None:
    pairs = np.column_stack([Y_DIABETES, Y_DIABETES])
    model = MLPRegressor(early_stopping=True, scoring=loss, callbacks=[refuse_any_epoch])
    for y, y_val, said in (
        (Y_DIABETES, pairs, "y_val has 2 targets a row, and y has 1"),
        (pairs, Y_DIABETES, "y_val has 1 targets a row, and y has 2"),
    ):
        with pytest.raises(ValueError, match=said):
            model.fit(X_DIABETES, y, X_val=X_DIABETES, y_val=y_val)


def refuse_any_epoch(told: Any) -> None:
    raise AssertionError("an epoch was run")
