"""Fits that diverge, fail or are interrupted, and what they leave."""

from __future__ import annotations

import re
import signal
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.errors import DivergenceError
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES, ignore_convergence


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_divergence_is_an_error_that_names_epoch_and_cause() -> None:
    model = MLPRegressor(solver="sgd", learning_rate_init=1e3, activation="identity")
    with pytest.raises(DivergenceError, match=r"diverged in epoch \d+ at a learning rate of 1000"):
        model.fit(X_DIABETES, Y_DIABETES)
    with pytest.raises(NotFittedError, match="not fitted"):
        model.predict(X_DIABETES)


@ignore_convergence
def test_divergence_after_a_good_fit_keeps_its_weights() -> None:
    model = MLPRegressor(max_iter=3, warm_start=True, solver="sgd").fit(X_DIABETES, Y_DIABETES)
    before = [w.copy() for w in model.coefs_]
    model.set_params(learning_rate_init=1e6, activation="identity", max_iter=50)
    with pytest.raises(DivergenceError, match="diverged"):
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


@pytest.mark.filterwarnings("ignore")
def test_a_failed_fit_leaves_the_estimator_as_it_was() -> None:
    X, y = load_digits(n_class=3, return_X_y=True)
    model = MLPClassifier(random_state=0, max_iter=5).fit(X / 16, y)
    before = model.predict(X / 16)
    state = {k: v for k, v in vars(model).items() if k.endswith("_")}
    model.set_params(solver="lbfgs")
    with pytest.raises(
        ValueError, match=r"^X_val and y_val do not go with solver='lbfgs': they need"
    ):
        model.fit(X, y, X_val=X, y_val=y)
    model.set_params(solver="sgd", learning_rate_init=1e200)
    with pytest.raises(DivergenceError, match="diverged"):
        model.fit(X, y == 0)
    np.testing.assert_array_equal(model.predict(X / 16), before)
    assert {k: v for k, v in vars(model).items() if k.endswith("_")}.keys() == state.keys()
    assert model.history_ == state["history_"]
    assert len(model.classes_) == 3


def test_ctrl_c_between_epochs_keeps_what_was_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rosenblatt.fitting.progress_bar.ProgressBar.update", interrupted)
    with pytest.warns(UserWarning, match="interrupted"):
        model = MLPClassifier(verbose="bar").fit(X_CANCER, Y_CANCER)
    assert model.stop_reason_ == "interrupted by the user"
    assert model.predict(X_CANCER).shape == (569,)
