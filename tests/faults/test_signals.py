"""Signals in the midst of a fit, with handlers that raise and handlers that return."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPEnsembleRegressor, MLPRegressor, StructureSearchCV, TableRegressor
from rosenblatt.activations import Elementwise
from rosenblatt.engine import Epoch, EpochPlan
from rosenblatt.engine.native import NativeTrainer
from rosenblatt.tabular import member

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer's signal"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]

X = np.random.default_rng(0).standard_normal((4000, 20))
Y = np.sin(X[:, 0]) + 0.1 * X[:, 1]
ENDLESS = {"max_iter": 10**6, "tol": 0.0, "random_state": 0}
PATIENT = {**ENDLESS, "n_iter_no_change": 10**6}


class Expired(Exception):
    """Of a handler of the user's, as for a limit on the time of a call."""


@contextmanager
def timer(handler: Any, seconds: float, interval: float = 0.0) -> Iterator[None]:
    # What a handler raises in a callback of the garbage collector, such as hypothesis has, is lost.
    callbacks, gc.callbacks[:] = gc.callbacks[:], []
    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, seconds, interval)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        gc.callbacks[:] = callbacks


def expire(number: int, frame: Any) -> None:
    raise Expired


class Plain(Elementwise):
    """An activation without a kernel, for the readable engine."""

    def value(self, z: Any) -> Any:
        return np.tanh(z)

    def derivative(self, z: Any, a: Any) -> Any:
        return 1 - a**2


LONG = {
    "one long epoch": lambda: MLPRegressor(hidden_layer_sizes=(300, 300), batch_size=1, **PATIENT),
    "short epochs": lambda: MLPRegressor(hidden_layer_sizes=(2,), **PATIENT),
    "lbfgs": lambda: MLPRegressor(hidden_layer_sizes=(100,), solver="lbfgs", **ENDLESS),
    "lm": lambda: MLPRegressor(hidden_layer_sizes=(12,), solver="lm", **ENDLESS),
    "gauss_newton": lambda: MLPRegressor(
        hidden_layer_sizes=(100,), solver="gauss_newton", **ENDLESS
    ),
    "kfac": lambda: MLPRegressor(hidden_layer_sizes=(100,), solver="kfac", **ENDLESS),
    "readable": lambda: MLPRegressor(hidden_layer_sizes=(50,), activation=Plain(), **PATIENT),
    "ensemble": lambda: MLPEnsembleRegressor(
        MLPRegressor(hidden_layer_sizes=(50,), **PATIENT), n_estimators=3, n_jobs=2
    ),
    "search": lambda: StructureSearchCV(MLPRegressor(**PATIENT), [(20,), (30,)], cv=2, n_jobs=2),
}


@pytest.mark.filterwarnings("ignore:Plain. without a kernel")
@pytest.mark.parametrize("kind", LONG)
def test_exception_of_a_signal_handler_ends_the_fit(kind: str) -> None:
    """It arrives where `fit` was called, and leaves an estimator as before, that can be fitted."""
    est = LONG[kind]()
    before = set(vars(est))
    with timer(expire, 0.4), pytest.raises(Expired):
        est.fit(X, Y)
    # A search that fails has said what it set out with, as scikit-learn's do.
    assert set(vars(est)) - before <= {"candidates_", "n_splits_"}
    assert not hasattr(est, "cv_results_")
    small = MLPRegressor(hidden_layer_sizes=(3,), max_iter=2, random_state=0).fit(X, Y)
    assert np.isfinite(small.predict(X)).all()


LONG_EPOCHS = {
    "ensemble": lambda: MLPEnsembleRegressor(
        MLPRegressor(hidden_layer_sizes=(300, 300), batch_size=1, **PATIENT), 2, n_jobs=2
    ),
    "search": lambda: StructureSearchCV(
        MLPRegressor(batch_size=1, **PATIENT), [(300, 300)], cv=2, n_jobs=2
    ),
    "table learner": lambda: TableRegressor(preset="fast", n_jobs=2),
}


@pytest.mark.parametrize("kind", LONG_EPOCHS)
def test_an_interrupt_ends_the_epochs_that_threads_are_in(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, epochs_of = [], NativeTrainer.epochs

    def epochs(trainer: NativeTrainer, plan: EpochPlan) -> Iterator[Epoch]:
        signal.setitimer(signal.ITIMER_REAL, 0.5)  # the last to begin is in its epoch as well
        epoch, *others = epochs_of(trainer, plan)
        measured.append((epoch.steps, plan.steps_per_epoch))
        return iter([epoch, *others])

    monkeypatch.setattr(NativeTrainer, "epochs", epochs)
    monkeypatch.setattr(member, "batch_size_for", lambda n_rows: 1)  # the table learner's
    est, many = LONG_EPOCHS[kind](), np.tile(X, (100, 1)).astype(np.float32)
    with timer(expire, 0), pytest.raises(Expired):
        est.fit(many, np.tile(Y, 100) + np.arange(len(many)))
    assert measured
    assert all(steps < planned for steps, planned in measured)


@pytest.mark.parametrize("solver", ["adam", "lbfgs", "kfac"])
def test_a_handler_that_returns_changes_nothing(solver: str) -> None:
    """A hundred signals a second, and the same bits as without."""
    options = {"hidden_layer_sizes": (100, 100), "solver": solver, "max_iter": 6}
    quiet = MLPRegressor(**options, random_state=0).fit(X, Y)
    seen: list[int] = []
    with timer(lambda number, frame: seen.append(number), 0.01, 0.01):
        disturbed = MLPRegressor(**options, random_state=0).fit(X, Y)
    assert seen
    for W, other in zip(quiet.coefs_, disturbed.coefs_, strict=True):
        np.testing.assert_array_equal(W, other)
