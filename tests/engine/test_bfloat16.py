"""`dtype='bfloat16'`: float32 all over, but for the factors of the larger products of training."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import Step
from rosenblatt.engine import OptimizerState, TrainingSetup, has_bfloat16, trainer
from rosenblatt.errors import DivergenceError
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.penalties import L2
from tests.support.data import X_CANCER, Y_CANCER, ignore_convergence

on_this_processor = pytest.mark.skipif(not has_bfloat16(), reason="no AVX512-BF16")
X_DIGITS, Y_DIGITS = load_digits(return_X_y=True)
X_DIGITS = X_DIGITS / 16


def held_out_scores(
    model: Any, X: npt.NDArray[Any], y: npt.NDArray[Any], dtype: str
) -> npt.NDArray[np.float64]:
    """Of models of six seeds on rows of their own."""
    scores = []
    for seed in range(6):
        X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=seed)
        fitted = clone(model).set_params(dtype=dtype, random_state=seed).fit(X_train, y_train)
        scores.append(fitted.score(X_test, y_test))
    return np.array(scores)


@on_this_processor
@ignore_convergence
@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize(
    ("X", "y", "hidden"),
    [(X_DIGITS, Y_DIGITS, (128, 64)), (X_CANCER, Y_CANCER, (64, 64))],
    ids=["digits", "cancer"],
)
def test_accuracy_is_that_of_float32(
    X: npt.NDArray[Any], y: npt.NDArray[Any], hidden: tuple[int, ...], solver: str
) -> None:
    model = MLPClassifier(
        hidden, solver=solver, batch_size=64, max_iter=25, learning_rate_init=0.01
    )
    coarse = held_out_scores(model, X, y, "bfloat16")
    fine = held_out_scores(model, X, y, "float32")
    assert fine.mean() > 0.94
    assert abs(coarse.mean() - fine.mean()) < 0.008


@on_this_processor
@ignore_convergence
def test_regression_is_that_of_float32() -> None:
    X, y = (scale(a) for a in load_diabetes(return_X_y=True))
    model = MLPRegressor(hidden_layer_sizes=(64, 32), alpha=0.1, batch_size=64, max_iter=15)
    coarse, fine = (held_out_scores(model, X, y, dtype) for dtype in ("bfloat16", "float32"))
    assert fine.mean() > 0.35
    assert abs(coarse.mean() - fine.mean()) < 0.02


@on_this_processor
@ignore_convergence
def test_fitted_arrays_are_float32() -> None:
    given: dict[str, Any] = {"max_iter": 3, "random_state": 0, "early_stopping": True}
    model = MLPClassifier(64, dtype="bfloat16", **given).fit(X_DIGITS, Y_DIGITS)
    assert {a.dtype for a in model.coefs_ + model.intercepts_} == {np.dtype(np.float32)}
    assert model.predict_proba(X_DIGITS).dtype == np.float32
    # It is not float32 under another name.
    other = MLPClassifier(64, dtype="float32", **given).fit(X_DIGITS, Y_DIGITS)
    assert np.abs(model.coefs_[0] - other.coefs_[0]).max() > 1e-5
    # Predictions are those of the same weights in a model that was trained otherwise.
    other.coefs_, other.intercepts_ = model.coefs_, model.intercepts_
    np.testing.assert_array_equal(model.predict_proba(X_DIGITS), other.predict_proba(X_DIGITS))


@on_this_processor
@ignore_convergence
def test_same_bits_again_and_after_pickle_and_clone() -> None:
    model = MLPClassifier(64, dtype="bfloat16", max_iter=2, random_state=0).fit(X_DIGITS, Y_DIGITS)
    assert model.get_params()["dtype"] == "bfloat16"
    again = clone(model).fit(X_DIGITS, Y_DIGITS)
    copy = pickle.loads(pickle.dumps(model))
    for learner in (model, again, copy):
        learner.partial_fit(X_DIGITS, Y_DIGITS)
    np.testing.assert_array_equal(again.coefs_[0], model.coefs_[0])
    np.testing.assert_array_equal(copy.coefs_[0], model.coefs_[0])


@on_this_processor
@ignore_convergence
def test_learning_on_from_and_to_float32() -> None:
    model = MLPClassifier(64, dtype="bfloat16", max_iter=2, random_state=0, warm_start=True)
    first = model.fit(X_DIGITS, Y_DIGITS).score(X_DIGITS, Y_DIGITS)
    model.set_params(dtype="float32", max_iter=10).fit(X_DIGITS, Y_DIGITS)
    model.set_params(dtype="bfloat16").partial_fit(X_DIGITS, Y_DIGITS)
    assert model.score(X_DIGITS, Y_DIGITS) > max(first, 0.9)


@on_this_processor
def test_divergence_is_noticed() -> None:
    model = MLPRegressor(
        hidden_layer_sizes=64, dtype="bfloat16", solver="sgd", learning_rate_init=1e6
    )
    with pytest.raises(DivergenceError, match="diverged"):
        model.fit(X_CANCER, 1e3 * X_CANCER)


@pytest.mark.parametrize("learn", ["fit", "partial_fit"])
def test_a_processor_without_it(monkeypatch: pytest.MonkeyPatch, learn: str) -> None:
    monkeypatch.setattr("rosenblatt.engine.has_bfloat16", lambda: False)
    model = MLPRegressor(dtype="bfloat16")
    with pytest.raises(ValueError, match="AVX512-BF16"):
        getattr(model, learn)(X_CANCER, Y_CANCER)
    assert not hasattr(model, "coefs_")


def test_bfloat16_is_refused_by_lbfgs() -> None:
    with pytest.raises(
        ValueError, match=r"^dtype='bfloat16' does not go.*='lbfgs': it needs steps"
    ):
        MLPClassifier(dtype="bfloat16", solver="lbfgs").fit(X_CANCER, Y_CANCER)


def test_bfloat16_is_refused_by_the_reference_engine() -> None:
    net = Network(2, (Dense(3, Step()), Dense(1)))
    theta = np.zeros(net.n_parameters, np.float32)
    rows = Arrays(np.zeros((4, 2), np.float32), np.zeros((4, 1), np.float32))
    problem = Problem(net, SquaredError(), L2(), SGD())
    state = OptimizerState.of(SGD(), theta)
    with pytest.raises(ValueError, match="without kernels"):
        trainer(TrainingSetup(problem, rows, theta, state, 4, bfloat16=True))
