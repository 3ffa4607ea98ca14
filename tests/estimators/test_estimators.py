"""What the estimators add to scikit-learn's, and how they refuse."""

from __future__ import annotations

import pickle
import re
import signal
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.neural_network
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.backprop import backpropagate
from rosenblatt.errors import DivergenceError

ignore_convergence = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X_CANCER, Y_CANCER = load_breast_cancer(return_X_y=True)
X_CANCER = scale(X_CANCER)
X_DIABETES, Y_DIABETES = (scale(a) for a in load_diabetes(return_X_y=True))


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
def test_history_tells_rates_norms_and_losses() -> None:
    model = MLPClassifier(
        (7, 5), solver="sgd", learning_rate="invscaling", random_state=0, max_iter=4
    ).fit(X_CANCER, Y_CANCER)
    history = model.history_
    assert [h["epoch"] for h in history] == [1, 2, 3, 4]
    assert [h["loss"] for h in history] == model.loss_curve_
    rates = [0.001 / (569 * k + 1) ** 0.5 if k else 0.001 for k in range(4)]
    assert [h["learning_rate"] for h in history] == pytest.approx(rates)
    assert all(len(h["gradient_norm"]) == 3 and h["seconds"] > 0 for h in history)
    assert model.stop_reason_ == "reached max_iter=4"


@ignore_convergence
def test_gradient_norm_in_full_batch_is_the_norm() -> None:
    model = MLPRegressor(
        hidden_layer_sizes=6, alpha=0.5, random_state=0, max_iter=1, batch_size=442, shuffle=False
    ).fit(X_DIABETES, Y_DIABETES)
    start = MLPRegressor(
        hidden_layer_sizes=6,
        alpha=0.5,
        random_state=0,
        max_iter=1,
        batch_size=442,
        learning_rate_init=1e-300,
    ).fit(X_DIABETES, Y_DIABETES)
    network, theta = start.model_.network, start.model_.parameters
    trace = backpropagate(network, theta, X_DIABETES, Y_DIABETES[:, None], start.model_.loss)
    for layer, (dW, db) in enumerate(network.weights_and_biases(trace.gradient)):
        W = network.weights_and_biases(theta)[layer][0]
        norm = np.sqrt(((dW + 0.5 * W / 442) ** 2).sum() + (db**2).sum())
        assert model.history_[0]["gradient_norm"][layer] == pytest.approx(norm)


@ignore_convergence
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_weight_two_is_the_row_twice_and_weight_zero_its_absence(solver: str) -> None:
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 3, len(Y_DIABETES)).astype(float)
    rows = np.repeat(np.arange(len(Y_DIABETES)), weight.astype(int))
    settings = {
        "hidden_layer_sizes": 5,
        "solver": solver,
        "random_state": 0,
        "max_iter": 15,
        "activation": "tanh",
    }
    weighted = MLPRegressor(batch_size=len(weight), **settings).fit(
        X_DIABETES, Y_DIABETES, sample_weight=weight
    )
    repeated = MLPRegressor(batch_size=len(rows), **settings).fit(
        X_DIABETES[rows], Y_DIABETES[rows]
    )
    for a, b in zip(weighted.coefs_, repeated.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)


@ignore_convergence
def test_weights_matter_at_batch_size_one() -> None:
    weight = np.where(Y_CANCER == 1, 5.0, 1.0)
    settings = {"hidden_layer_sizes": 4, "batch_size": 1, "random_state": 0, "max_iter": 2}
    plain = MLPClassifier(**settings).fit(X_CANCER, Y_CANCER)
    weighted = MLPClassifier(**settings).fit(X_CANCER, Y_CANCER, sample_weight=weight)
    assert (
        weighted.predict_proba(X_CANCER)[:, 1].mean() > plain.predict_proba(X_CANCER)[:, 1].mean()
    )


@pytest.mark.parametrize(
    ("weight", "message"),
    [(np.zeros(569), "at least one non-zero"), (np.r_[-1.0, np.ones(568)], "row 0 has -1")],
)
def test_weights_that_mean_nothing(weight: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier().fit(X_CANCER, Y_CANCER, sample_weight=weight)


@ignore_convergence
@pytest.mark.parametrize("dtype", ["float32", "float64", np.float32])
def test_dtype(dtype: Any) -> None:
    model = MLPClassifier(dtype=dtype, max_iter=2).fit(X_CANCER, Y_CANCER)
    assert {a.dtype for a in model.coefs_ + model.intercepts_} == {np.dtype(dtype)}
    assert model.predict_proba(X_CANCER).dtype == np.dtype(dtype)


def test_unknown_dtype() -> None:
    with pytest.raises(ValueError, match="'dtype' parameter"):
        MLPClassifier(dtype="float16").fit(X_CANCER, Y_CANCER)


@ignore_convergence
def test_n_jobs_changes_rounding_alone() -> None:
    X, y = load_digits(return_X_y=True)
    settings = {"hidden_layer_sizes": (400, 400), "random_state": 0, "max_iter": 3}
    one = MLPClassifier(n_jobs=1, **settings).fit(X / 16, y)
    two = MLPClassifier(n_jobs=2, **settings).fit(X / 16, y)
    np.testing.assert_allclose(one.loss_curve_, two.loss_curve_, rtol=1e-9)
    again = MLPClassifier(n_jobs=2, **settings).fit(X / 16, y)
    for a, b in zip(two.coefs_, again.coefs_, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_divergence_is_an_error_that_names_epoch_and_cause() -> None:
    model = MLPRegressor(solver="sgd", learning_rate_init=1e3, activation="identity")
    with pytest.raises(DivergenceError, match=r"diverged in epoch \d+ at a learning rate of 1000"):
        model.fit(X_DIABETES, Y_DIABETES)
    with pytest.raises(NotFittedError):
        model.predict(X_DIABETES)


@ignore_convergence
def test_divergence_after_a_good_fit_keeps_its_weights() -> None:
    model = MLPRegressor(max_iter=3, warm_start=True, solver="sgd").fit(X_DIABETES, Y_DIABETES)
    before = [w.copy() for w in model.coefs_]
    model.set_params(learning_rate_init=1e6, activation="identity", max_iter=50)
    with pytest.raises(DivergenceError):
        model.fit(X_DIABETES, Y_DIABETES)
    for a, b in zip(before, model.coefs_, strict=True):
        np.testing.assert_array_equal(a, b)


def test_divergence_under_early_stopping_keeps_the_best_weights() -> None:
    model = MLPRegressor(
        solver="sgd",
        activation="identity",
        learning_rate_init=5.0,
        early_stopping=True,
        random_state=0,
    )
    with pytest.warns(RuntimeWarning, match=r"diverged in epoch \d+"):
        model.fit(X_DIABETES, Y_DIABETES)
    assert all(np.isfinite(w).all() for w in model.coefs_)
    assert np.isnan(model.validation_scores_[-1])
    assert re.match(r"diverged in epoch \d+", model.stop_reason_)


@ignore_convergence
def test_ctrl_c_keeps_what_was_reached() -> None:
    script = """
import threading, signal, warnings
import numpy as np
from rosenblatt import MLPRegressor
X = np.random.default_rng(0).standard_normal((20000, 50))
def begun(told):
    if told.epoch == 1:
        threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,)).start()
options = {"max_iter": 10**6, "n_iter_no_change": 10**6, "callbacks": [begun]}
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    model = MLPRegressor(hidden_layer_sizes=(256, 256), **options)
    model.fit(X, X[:, 0])
print([str(w.message) for w in seen], model.stop_reason_, model.n_iter_ > 0)
assert np.isfinite(model.predict(X[:5])).all()
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split("\n")[0] == (
        "['Training interrupted by user.'] interrupted by the user True"
    )
    assert signal.getsignal(signal.SIGINT) is not None


@ignore_convergence
def test_pickle_and_clone_and_learning_on() -> None:
    model = MLPClassifier(max_iter=3, random_state=0).fit(X_CANCER, Y_CANCER)
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copy.predict_proba(X_CANCER), model.predict_proba(X_CANCER))
    for learner in (model, copy):
        learner.partial_fit(X_CANCER, Y_CANCER)
    np.testing.assert_array_equal(copy.coefs_[0], model.coefs_[0])
    assert not hasattr(clone(model), "coefs_")


@ignore_convergence
def test_weights_set_by_hand_are_the_model() -> None:
    model = MLPClassifier(max_iter=2, random_state=0).fit(X_CANCER, Y_CANCER)
    model.coefs_[1][...] = 0
    model.intercepts_[1] = [0.0]
    np.testing.assert_array_equal(model.predict_proba(X_CANCER), 0.5)
    assert model.model_.parameters.shape == (model.model_.network.n_parameters,)


@ignore_convergence
def test_model_is_the_network_as_a_value() -> None:
    model = MLPClassifier((6, 4), random_state=0, max_iter=2).fit(X_CANCER, Y_CANCER)
    p = model.model_.predict(X_CANCER)
    np.testing.assert_allclose(p[:, 0], model.predict_proba(X_CANCER)[:, 1])


def test_progress_bar_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        MLPClassifier(max_iter=3, verbose="bar").fit(X_CANCER, Y_CANCER)
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 3/3" in err


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"hidden_layer_sizes": 0}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": (10, 0)}, r"must be > 0, got \[10, 0\]"),
        ({"hidden_layer_sizes": (10, -1)}, "must be > 0"),
        ({"learning_rate_init": 0}, "learning_rate_init"),
        ({"learning_rate_init": -1}, "learning_rate_init"),
        ({"activation": "sgd"}, "activation"),
        ({"n_jobs": 1.5}, "n_jobs"),
        ({"n_jobs": 0}, "n_jobs"),
        ({"verbose": "loud"}, "verbose"),
    ],
)
def test_parameters_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MLPClassifier(**parameters).fit(X_CANCER, Y_CANCER)


def test_a_column_of_targets_warns_once() -> None:
    with pytest.warns(DataConversionWarning) as seen:
        MLPClassifier(max_iter=300, tol=1).fit(X_CANCER, Y_CANCER[:, None])
    assert len(seen) == 1


def test_warnings_point_at_the_callers_line() -> None:
    for solver in ("adam", "lbfgs"):
        with pytest.warns(ConvergenceWarning) as seen:
            MLPClassifier(max_iter=1, solver=solver).fit(X_CANCER, Y_CANCER)
        assert {warning.filename for warning in seen} == {__file__}


@ignore_convergence
def test_both_solvers_write_the_same_history() -> None:
    adam = MLPClassifier(max_iter=2).fit(X_CANCER, Y_CANCER)
    lbfgs = MLPClassifier(max_iter=2, solver="lbfgs").fit(X_CANCER, Y_CANCER)
    assert adam.history_[0].keys() == lbfgs.history_[0].keys()
    assert lbfgs.history_[1]["loss"] == pytest.approx(lbfgs.loss_)


@ignore_convergence
def test_warm_start_into_another_network() -> None:
    model = MLPClassifier(7, warm_start=True, max_iter=1).fit(X_CANCER, Y_CANCER)
    with pytest.raises(ValueError, match="set warm_start=False"):
        model.set_params(hidden_layer_sizes=(7, 7)).fit(X_CANCER, Y_CANCER)


def test_poisson_needs_targets_of_zero_or_more() -> None:
    with pytest.raises(ValueError, match="negative"):
        MLPRegressor(loss="poisson").fit(X_DIABETES, Y_DIABETES)


@ignore_convergence
def test_in_a_pipeline_and_cross_validation() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(random_state=0, max_iter=50))
    assert cross_val_score(pipeline, X, y, cv=3, n_jobs=2).mean() > 0.95


@ignore_convergence
def test_learning_on_with_another_float_type_or_solver() -> None:
    model = MLPClassifier(random_state=0)
    model.partial_fit(X_CANCER.astype(np.float32), Y_CANCER, classes=[0, 1])
    model.partial_fit(X_CANCER, Y_CANCER)
    assert model.coefs_[0].dtype == np.float32  # what it began with, as in scikit-learn
    model.set_params(solver="sgd").partial_fit(X_CANCER, Y_CANCER)
    assert np.isfinite(model.loss_)


@pytest.mark.filterwarnings("ignore")
def test_a_failed_fit_leaves_the_estimator_as_it_was() -> None:
    X, y = load_digits(n_class=3, return_X_y=True)
    model = MLPClassifier(random_state=0, max_iter=5).fit(X / 16, y)
    before = model.predict(X / 16)
    state = {k: v for k, v in vars(model).items() if k.endswith("_")}
    model.set_params(solver="lbfgs")
    with pytest.raises(ValueError, match="X_val and y_val need"):
        model.fit(X, y, X_val=X, y_val=y)
    model.set_params(solver="sgd", learning_rate_init=1e200)
    with pytest.raises(DivergenceError):
        model.fit(X, y == 0)
    np.testing.assert_array_equal(model.predict(X / 16), before)
    assert {k: v for k, v in vars(model).items() if k.endswith("_")}.keys() == state.keys()
    assert model.history_ == state["history_"]
    assert len(model.classes_) == 3


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
def test_lbfgs_between_two_warm_starts_ends_what_was_watched() -> None:
    model = MLPClassifier(
        8, early_stopping=True, warm_start=True, random_state=0, max_iter=100, scoring="loss"
    ).fit(X_CANCER, Y_CANCER)
    model.set_params(solver="lbfgs", scoring=None, alpha=0.0).fit(X_CANCER, Y_CANCER)
    model.set_params(solver="adam", scoring="loss", max_iter=10)
    assert moved(model, X_CANCER, Y_CANCER) > 0
    assert len(model.validation_scores_) == model.n_iter_


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


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@ignore_convergence
def test_a_row_of_weight_zero_is_absent_even_if_its_loss_is_infinite(solver: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 3))
    y = rng.poisson(1.0, 50).astype(float)
    X[0], weight = 1e8, np.r_[0.0, np.ones(49)]
    model = MLPRegressor("poisson", 4, solver=solver, max_iter=20, random_state=0)
    model.fit(X, y, sample_weight=weight)
    assert np.isfinite(model.loss_)
    assert all(np.isfinite(w).all() for w in model.coefs_)


@pytest.mark.parametrize("absent", ["training", "validation"])
def test_weights_that_leave_a_part_empty(absent: str) -> None:
    rows = np.arange(len(Y_DIABETES))
    rng = np.random.RandomState(0)
    rng.uniform(size=10 * 2 + 2 + 2 * 1 + 1)  # the initial weights come before the split
    train, validation = train_test_split(rows, test_size=0.1, random_state=rng)
    weight = np.ones(len(rows))
    weight[train if absent == "training" else validation] = 0
    model = MLPRegressor(random_state=0, hidden_layer_sizes=2, early_stopping=True)
    with pytest.raises(ValueError, match=f"rows of the {absent} part have sample weight 0"):
        model.fit(X_DIABETES, Y_DIABETES, sample_weight=weight)


@ignore_convergence
def test_parameters_set_after_a_fit_wait_for_the_next() -> None:
    model = MLPRegressor(max_iter=2, random_state=0).fit(X_DIABETES, Y_DIABETES)
    before = model.predict(X_DIABETES)
    model.set_params(hidden_layer_sizes=(9,), loss="poisson")
    np.testing.assert_array_equal(model.predict(X_DIABETES), before)


def test_matrices_of_any_layout_mean_the_same() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((6, 6)) * (rng.uniform(size=(6, 6)) < 0.5)
    model = MLPRegressor(solver="lbfgs", hidden_layer_sizes=3, random_state=0, max_iter=5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = model.fit(X, X[:, 0]).model_
    expected = network.scores(X)
    strided = sp.csr_array(X)
    strided.data = np.repeat(strided.data, 2)[::2]
    for same in (sp.csc_array(X), sp.coo_array(X), strided, np.asfortranarray(X), X[:, ::1]):
        np.testing.assert_allclose(network.scores(same), expected)


@ignore_convergence
def test_no_hidden_layer_is_logistic_regression() -> None:
    settings = {"hidden_layer_sizes": (), "activation": "logistic", "random_state": 0}
    ours = MLPClassifier(max_iter=5, **settings).fit(X_CANCER, Y_CANCER)
    theirs = sklearn.neural_network.MLPClassifier(max_iter=5, **settings).fit(X_CANCER, Y_CANCER)
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-9)


def test_ctrl_c_between_epochs_keeps_what_was_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rosenblatt.fitting.progress_bar.ProgressBar.update", interrupted)
    with pytest.warns(UserWarning, match="interrupted"):
        model = MLPClassifier(verbose="bar").fit(X_CANCER, Y_CANCER)
    assert model.stop_reason_ == "interrupted by the user"
    assert model.predict(X_CANCER).shape == (569,)
