"""Callbacks of ours, and scikit-learn's."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier
from rosenblatt.callbacks import EpochEnd, StopTraining
from rosenblatt.schedules import DivideOnStall

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, Y = load_breast_cancer(return_X_y=True)
X = scale(X)
SMALL: dict[str, Any] = {"hidden_layer_sizes": 6, "random_state": 0, "max_iter": 5}
each_solver = pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])


@each_solver
def test_callback_runs_after_every_epoch(solver: str) -> None:
    told: list[EpochEnd] = []
    model = MLPClassifier(**SMALL, solver=solver, callbacks=[told.append]).fit(X, Y)
    assert [e.epoch for e in told] == [1, 2, 3, 4, 5]
    assert [e.record for e in told] == model.history_


@each_solver
def test_the_estimator_predicts_with_the_weights_of_the_moment(solver: str) -> None:
    kept: list[Any] = []
    settings = SMALL | {"solver": solver}
    callback = lambda e: kept.append((e.estimator.predict_proba(X), copy.deepcopy(e.estimator)))  # noqa: E731
    MLPClassifier(**settings, callbacks=[callback]).fit(X, Y)
    shorter = MLPClassifier(**(settings | {"max_iter": 2})).fit(X, Y)
    # The same run, stopped after two epochs.
    np.testing.assert_allclose(kept[1][0], shorter.predict_proba(X), rtol=1e-10)
    np.testing.assert_allclose(kept[1][1].predict_proba(X), kept[1][0], rtol=1e-12)
    assert not np.allclose(kept[1][0], kept[4][0])


@each_solver
def test_returning_true_stops(solver: str) -> None:
    def patience(told: EpochEnd) -> bool:
        return told.epoch == 3

    model = MLPClassifier(**SMALL, solver=solver, callbacks=[patience]).fit(X, Y)
    assert model.n_iter_ == len(model.history_) == 3
    assert model.stop_reason_.startswith("callback ")
    assert model.stop_reason_.endswith("patience stopped the fit in epoch 3")
    shorter = MLPClassifier(**(SMALL | {"solver": solver, "max_iter": 3})).fit(X, Y)
    np.testing.assert_allclose(model.coefs_[0], shorter.coefs_[0], rtol=1e-10)


class Budget:
    def __init__(self) -> None:
        self.left = 2

    def __call__(self, told: EpochEnd) -> None:
        self.left -= 1
        if self.left == 0:
            raise StopTraining


@each_solver
def test_stop_training_stops_after_all_callbacks(solver: str) -> None:
    told: list[EpochEnd] = []
    model = MLPClassifier(**SMALL, solver=solver, callbacks=[Budget(), told.append]).fit(X, Y)
    assert model.stop_reason_ == "callback Budget stopped the fit in epoch 2"
    assert len(told) == 2


@each_solver
def test_other_exceptions_undo_the_fit(solver: str) -> None:
    model = MLPClassifier(**SMALL, solver=solver)
    with pytest.raises(LookupError, match="mine"):
        model.set_params(callbacks=[broken]).fit(X, Y)
    assert not hasattr(model, "coefs_")
    model.set_params(callbacks=None).fit(X, Y)
    before = {k: v for k, v in vars(model).items() if k.endswith("_")}
    with pytest.raises(LookupError, match="mine"):
        model.set_params(callbacks=[broken]).fit(X[:, :9], Y)
    assert {k: v for k, v in vars(model).items() if k.endswith("_")}.keys() == before.keys()
    assert model.n_features_in_ == 30
    assert model.coefs_[0] is before["coefs_"][0]


def broken(told: EpochEnd) -> None:
    raise LookupError("mine")


@pytest.mark.parametrize("learning_rate", ["constant", "cosine", DivideOnStall()], ids=str)
def test_a_call_of_partial_fit_that_fails_leaves_the_momentum(learning_rate: Any) -> None:
    settings = {"random_state": 0, "max_iter": 5, "learning_rate": learning_rate, "shuffle": False}
    settings |= {"solver": "sgd", "hidden_layer_sizes": 4}
    good, failing = (MLPClassifier(**settings).partial_fit(X, Y, classes=[0, 1]) for _ in range(2))
    with pytest.raises(LookupError, match="mine"):
        failing.set_params(callbacks=[broken]).partial_fit(X, Y)
    failing.set_params(callbacks=None)
    for _ in range(2):
        good.partial_fit(X, Y)
        failing.partial_fit(X, Y)
        np.testing.assert_array_equal(failing.coefs_[0], good.coefs_[0])
    assert failing.loss_curve_ == good.loss_curve_


def test_a_warm_start_that_fails_leaves_the_best_and_the_patience() -> None:
    settings = {"hidden_layer_sizes": 4, "random_state": 0, "early_stopping": True}
    settings |= {"warm_start": True, "max_iter": 8, "n_iter_no_change": 5, "scoring": "loss"}
    good, failing = (MLPClassifier(**settings).fit(X, Y) for _ in range(2))

    def later(told: EpochEnd) -> None:
        if told.epoch == 60:
            raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        failing.set_params(callbacks=[later], max_iter=100).fit(X, Y)
    failing.set_params(callbacks=None, max_iter=8)
    good.fit(X, Y)
    failing.fit(X, Y)
    assert failing.validation_scores_ == good.validation_scores_
    assert failing.best_validation_score_ == good.best_validation_score_
    np.testing.assert_array_equal(failing.coefs_[0], good.coefs_[0])


def test_under_early_stopping_the_best_weights_are_restored() -> None:
    told: list[Any] = []
    model = MLPClassifier(
        6,
        random_state=0,
        early_stopping=True,
        learning_rate_init=0.1,
        callbacks=[lambda e: told.append(e.estimator.coefs_[0].copy()) or e.epoch == 8],
    ).fit(X, Y)
    best = int(np.argmax(model.validation_scores_))
    assert "callback" in model.stop_reason_
    np.testing.assert_array_equal(model.coefs_[0], told[best])


def test_partial_fit_tells_of_its_epoch() -> None:
    told: list[EpochEnd] = []
    model = MLPClassifier(**SMALL, callbacks=[told.append])
    model.partial_fit(X, Y, classes=[0, 1]).partial_fit(X, Y)
    assert [e.epoch for e in told] == [1, 1]


# scikit-learn's mechanism.


class Recorder:
    """A callback as scikit-learn 1.9 has them, which asks for an end."""

    def __init__(self, stop_at: int = 0) -> None:
        self.stop_at, self.seen = stop_at, []

    def setup(self, estimator: Any, context: Any) -> None:
        self.seen.append("setup")

    def teardown(self, estimator: Any, context: Any) -> None:
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None:
        self.seen.append(("begin", context.task_name, context.task_id))

    def on_fit_task_end(
        self, estimator: Any, context: Any, *, fitted_estimator: Any = None
    ) -> bool:
        self.seen.append(("end", context.task_name, context.task_id))
        if fitted_estimator is not None:
            assert fitted_estimator.predict(X).shape == Y.shape
        return context.task_name == "epoch" and context.task_id + 1 == self.stop_at


@each_solver
def test_scikit_learns_callbacks_see_the_fit_and_its_epochs(solver: str) -> None:
    recorder = Recorder()
    MLPClassifier(**(SMALL | {"max_iter": 2}), solver=solver).set_callbacks(recorder).fit(X, Y)
    assert recorder.seen == [
        "setup",
        ("begin", "fit", 0),
        ("begin", "epoch", 0),
        ("end", "epoch", 0),
        ("begin", "epoch", 1),
        ("end", "epoch", 1),
        ("end", "fit", 0),
        "teardown",
    ]


@each_solver
def test_scikit_learns_callbacks_stop(solver: str) -> None:
    model = MLPClassifier(**SMALL, solver=solver).set_callbacks(Recorder(stop_at=2)).fit(X, Y)
    assert model.n_iter_ == 2
    assert model.stop_reason_ == "callback of scikit-learn's stopped the fit in epoch 2"


class Predictions:
    """What the fitted copies predict that scikit-learn hands its callbacks."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def setup(self, estimator: Any, context: Any) -> None: ...

    def teardown(self, estimator: Any, context: Any) -> None: ...

    def on_fit_task_begin(self, estimator: Any, context: Any) -> None: ...

    def on_fit_task_end(self, estimator: Any, context: Any, *, fitted_estimator: Any) -> None:
        if context.task_name == "epoch":
            self.seen.append((fitted_estimator.predict_proba(X), fitted_estimator))


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    "structure",
    [{}, {"residual": True}, {"normalization": "batch"}, {"normalization": "layer"}],
    ids=str,
)
def test_scikit_learns_callbacks_see_the_network_of_the_moment(
    structure: dict[str, Any], warm: bool
) -> None:
    ours: list[Any] = []
    settings = SMALL | {"hidden_layer_sizes": (8, 6), "learning_rate_init": 0.02} | structure
    model = MLPClassifier(**settings, warm_start=warm).fit(X, Y)
    theirs = Predictions()
    model.set_params(callbacks=[lambda e: ours.append(e.estimator.predict_proba(X))])
    model.set_callbacks(theirs).fit(X, Y)
    assert len(ours) == len(theirs.seen) == 5
    for own, (seen, estimator) in zip(ours, theirs.seen, strict=True):
        np.testing.assert_allclose(seen, own, rtol=1e-12)
        np.testing.assert_array_equal(estimator.predict_proba(X), seen)  # the fit has gone on
    assert not np.allclose(ours[0], ours[-1])


def test_teardown_comes_after_an_error_too() -> None:
    recorder = Recorder()
    model = MLPClassifier(**SMALL, averaging="no such").set_callbacks(recorder)
    with pytest.raises(ValueError, match="averaging"):
        model.fit(X, Y)
    assert recorder.seen == ["setup", "teardown"]
    assert [name for name in vars(model) if name.startswith("_callback")] == []


def test_scikit_learns_scoring_monitor() -> None:
    monitor = ScoringMonitor(scoring="accuracy")
    model = MLPClassifier(**SMALL).set_callbacks(monitor).fit(X, Y)
    logs = monitor.get_logs()
    assert logs is not None
    assert clone(model)._skl_callbacks == [monitor]
