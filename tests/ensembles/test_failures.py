"""Members that diverge, Ctrl-C, and what is refused."""

from __future__ import annotations

import signal
import threading
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.pipeline import make_pipeline

from rosenblatt import MLPEnsembleClassifier, MLPEnsembleRegressor, MLPRegressor
from rosenblatt.callbacks import EpochEnd
from rosenblatt.errors import DivergenceError
from tests.support.ensembles import (
    X_REAL,
    Y_REAL,
    X,
    Y,
    classifiers,
    quietly,
    regressors,
    same,
)


class Interrupting:
    """Ends the first two members, and sends Ctrl-C in the third, which never ends by itself."""

    def __init__(self, finish: int) -> None:
        self.begun, self.finish = 0, finish

    def __deepcopy__(self, memo: Any) -> Interrupting:
        return self  # a clone of the network counts on

    def __call__(self, told: EpochEnd) -> bool:
        if told.epoch == 1:
            self.begun += 1
            if self.begun == self.finish + 1:
                main = threading.main_thread().ident
                assert main is not None
                signal.pthread_kill(main, signal.SIGINT)
        return self.begun <= self.finish


ENDLESS = {"max_iter": 10**6, "n_iter_no_change": np.inf, "tol": 0.0}


def test_ctrl_c_keeps_the_members_that_are_finished() -> None:
    network = {**ENDLESS, "callbacks": [Interrupting(2)]}
    ens = classifiers(5, network=network, mode="bagging", n_jobs=1)
    with pytest.warns(UserWarning, match="has the 2 of 5 members") as told:
        ens.fit(X, Y)
    assert told[0].filename == __file__
    assert len(ens.estimators_) == len(ens.estimators_samples_) == 2
    assert ens.predict(X[:5]).shape == (5,)


def test_ctrl_c_before_any_is_finished_leaves_the_ensemble_as_it_was() -> None:
    ens = classifiers(3, network={**ENDLESS, "callbacks": [Interrupting(0)]}, n_jobs=2)
    with pytest.raises(KeyboardInterrupt):
        ens.fit(X, Y)
    assert not hasattr(ens, "estimators_")
    assert not hasattr(ens, "n_features_in_")


class Spoiling:
    """Makes the members of some seeds diverge."""

    def __init__(self, seeds: list[int]) -> None:
        self.seeds = seeds

    def __call__(self, told: EpochEnd) -> None:
        if told.estimator.random_state in self.seeds:
            told.estimator.coefs_[0][...] = np.nan


@quietly
def test_the_ensemble_goes_on_without_members_that_diverge() -> None:
    whole = classifiers(4, mode="bagging").fit(X, Y)
    seeds = [net.random_state for net in whole.estimators_]
    ens = classifiers(4, mode="bagging", network={"callbacks": [Spoiling(seeds[1:2])]})
    with pytest.warns(FitFailedWarning, match="1 of 4 members diverged") as told:
        ens.fit(X, Y)
    named = next(w for w in told if w.category is FitFailedWarning)
    assert f"member 2 (random_state={seeds[1]})" in str(named.message)
    assert named.filename == __file__
    kept = [0, 2, 3]
    for net, bag, i in zip(ens.estimators_, ens.estimators_samples_, kept, strict=True):
        same(net, whole.estimators_[i])
        np.testing.assert_array_equal(bag, whole.estimators_samples_[i])


@quietly
def test_where_all_members_diverge_that_is_the_error_and_nothing_changes() -> None:
    ens = regressors().fit(X_REAL, Y_REAL)
    before = ens.predict(X_REAL)
    ens.set_params(estimator__solver="sgd", estimator__learning_rate_init=1e20)
    with pytest.raises(DivergenceError, match=r"All 3 members diverged\. The first: ") as told:
        ens.fit(X_REAL[:, :4], Y_REAL)
    assert told.value.epoch is not None
    np.testing.assert_array_equal(ens.predict(X_REAL), before)


def test_one_warning_for_all_members_that_end_at_a_limit() -> None:
    with pytest.warns(ConvergenceWarning) as told:
        classifiers(4).fit(X, Y)
    assert [str(w.message)[:34] for w in told] == ["4 of 4 members ended at a limit, s"]
    assert told[0].filename == __file__


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "a mode of no name": (classifiers(mode="boosting"), ValueError, "'mode' parameter"),
    "no members": (classifiers(0), ValueError, "'n_estimators' parameter"),
    "out of bag without bags": (classifiers(oob_score=True), ValueError, "take mode='bagging'"),
    "the other network": (
        MLPEnsembleClassifier(MLPRegressor()),
        TypeError,
        "takes an MLPClassifier .* got MLPRegressor",
    ),
    "a pipeline": (
        MLPEnsembleRegressor(make_pipeline(MLPRegressor())),
        TypeError,
        r"make_pipeline\(StandardScaler\(\), MLPEnsembleRegressor\(\)\)",
    ),
    "a wrong parameter of the network": (
        regressors(network={"alpha": -1}),
        ValueError,
        "'alpha' parameter of MLPRegressor",
    ),
    "an unknown solver": (classifiers(network={"solver": "adan"}), ValueError, "mean 'adam'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refusals(what: str) -> None:
    ens, error, message = REFUSED[what]
    with pytest.raises(error, match=message):
        ens.fit(X, Y)


@quietly
def test_refusals_of_a_single_member() -> None:
    alone = classifiers(1).fit(X, Y)
    with pytest.raises(ValueError, match="return_std=True needs two members"):
        alone.predict_proba(X, return_std=True)
    np.testing.assert_array_equal(alone.uncertainty(X).mutual_information, 0)
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        classifiers(1).fit(X, Y, X_val=X)
    with pytest.raises(ValueError, match="all 1 rows are in the bags"):
        regressors(2, mode="bagging", oob_score=True, network={"batch_size": 1}).fit([[1.0]], [1.0])
