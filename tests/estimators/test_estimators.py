"""What the estimators add to scikit-learn's, and how they refuse."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.neural_network
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.backprop import backpropagate
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence


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
@pytest.mark.parametrize("dtype", ["float32", "float64", np.float32])
def test_dtype(dtype: Any) -> None:
    model = MLPClassifier(dtype=dtype, max_iter=2).fit(X_CANCER, Y_CANCER)
    assert {a.dtype for a in model.coefs_ + model.intercepts_} == {np.dtype(dtype)}
    assert model.predict_proba(X_CANCER).dtype == np.dtype(dtype)


def test_unknown_dtype_is_refused() -> None:
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


def test_poisson_needs_targets_of_zero_or_more() -> None:
    with pytest.raises(ValueError, match="negative"):
        MLPRegressor(loss="poisson").fit(X_DIABETES, Y_DIABETES)


@ignore_convergence
def test_estimator_in_pipeline_and_cross_validation() -> None:
    X, y = load_breast_cancer(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(random_state=0, max_iter=50))
    assert cross_val_score(pipeline, X, y, cv=3, n_jobs=2).mean() > 0.95


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
