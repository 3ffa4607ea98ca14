"""Members: single fits with seeds, rows and weights of their own."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone

from rosenblatt import MLPClassifier
from tests.support.ensembles import (
    SMALL,
    WEIGHTS,
    X_IRIS,
    X_REAL,
    Y_IRIS,
    Y_REAL,
    X,
    Y,
    classifiers,
    quietly,
    regressors,
    same,
)


@quietly
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_members_are_single_fits_with_their_seeds(
    weighted: bool, sparse: bool, early_stopping: bool
) -> None:
    table = sp.csr_array(X) if sparse else X
    given = WEIGHTS if weighted else None
    ens = classifiers(network={"early_stopping": early_stopping}).fit(table, Y, given)
    assert len({net.random_state for net in ens.estimators_}) == 3
    for net in ens.estimators_:
        single = MLPClassifier(
            **SMALL,
            early_stopping=early_stopping,
            random_state=net.random_state,
            n_jobs=net.n_jobs,
        )
        same(net, single.fit(table, Y, given))


@quietly
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("sparse", [False, True])
def test_members_of_bagging_are_fits_to_copies_of_their_rows(weighted: bool, sparse: bool) -> None:
    table = sp.csr_array(X_REAL) if sparse else X_REAL
    given = WEIGHTS[: len(Y_REAL)] if weighted else None
    ens = regressors(mode="bagging").fit(table, Y_REAL, given)
    for net, rows in zip(ens.estimators_, ens.estimators_samples_, strict=True):
        assert len(rows) == len(Y_REAL)
        assert 0.55 < len(np.unique(rows)) / len(rows) < 0.7  # 1 - 1/e = 0.63
        own = None if given is None else given[rows]
        same(net, clone(net).fit(table[rows], Y_REAL[rows], own))


@quietly
def test_early_stopping_in_a_bag_watches_the_rows_outside() -> None:
    ens = classifiers(mode="bagging", network={"early_stopping": True}).fit(X, Y, WEIGHTS)
    for net, rows in zip(ens.estimators_, ens.estimators_samples_, strict=True):
        out = np.setdiff1d(np.arange(len(X)), rows)
        single = clone(net).fit(
            X[rows],
            Y[rows],
            WEIGHTS[rows],
            X_val=X[out],
            y_val=Y[out],
            sample_weight_val=WEIGHTS[out],
        )
        same(net, single)


@quietly
def test_given_validation_rows_are_every_members() -> None:
    ens = regressors().fit(X_REAL[:300], Y_REAL[:300], X_val=X_REAL[300:], y_val=Y_REAL[300:])
    for net in ens.estimators_:
        single = clone(net).fit(X_REAL[:300], Y_REAL[:300], X_val=X_REAL[300:], y_val=Y_REAL[300:])
        same(net, single)
        assert net.validation_loss_curve_ == single.validation_loss_curve_


@quietly
@pytest.mark.parametrize("mode", ["seeds", "bagging"])
def test_the_seed_decides_and_more_members_only_join(mode: str) -> None:
    three, again, five = (classifiers(n, mode=mode).fit(X, Y) for n in (3, 3, 5))
    for one, other, more in zip(
        three.estimators_, again.estimators_, five.estimators_[:3], strict=True
    ):
        same(one, other)
        one.set_params(n_jobs=more.n_jobs)
        same(one, more)
    other_seed = classifiers(3, mode=mode, random_state=1).fit(X, Y)
    assert not np.array_equal(three.predict_proba(X), other_seed.predict_proba(X))


@quietly
def test_rows_of_weight_0_are_in_no_bag() -> None:
    weights = np.where(np.arange(len(X)) % 3 == 0, 0.0, 1.0)
    ens = classifiers(8, mode="bagging", oob_score=True).fit(X, Y, weights)
    absent = weights == 0
    for rows in ens.estimators_samples_:
        assert len(rows) == weights.sum()
        assert not absent[rows].any()
    assert np.isnan(ens.oob_decision_function_[absent]).all()


@quietly
def test_a_class_that_a_bag_lacks_is_known_all_the_same() -> None:
    rare = np.flatnonzero(Y_IRIS == 2)[:1]
    rows = np.concatenate([np.arange(60), rare])
    x, y = X_IRIS[rows], Y_IRIS[rows]
    full = {"batch_size": 100, "shuffle": False, "learning_rate_init": 0.01, "max_iter": 30}
    with pytest.warns(UserWarning, match="It is going to be clipped"):
        ens = classifiers(8, mode="bagging", network=full, n_jobs=1).fit(x, y)
    lacking = [i for i, bag in enumerate(ens.estimators_samples_) if 2 not in y[bag]]
    assert 0 < len(lacking) < 8
    assert ens.classes_.tolist() == [0, 1, 2]
    assert ens.predict_proba(x).shape == (61, 3)
    for i in lacking:
        net, bag = ens.estimators_[i], ens.estimators_samples_[i]
        assert net.classes_.tolist() == [0, 1, 2]
        # A row of weight 0 tells of the class, and of nothing else.
        more = np.append(bag, 60)
        single = (
            clone(net).set_params(batch_size=62).fit(x[more], y[more], np.append(np.ones(61), 0.0))
        )
        np.testing.assert_allclose(net.predict_proba(x), single.predict_proba(x), rtol=1e-6)
        assert net.predict_proba(x)[:, 2].mean() < 0.2
