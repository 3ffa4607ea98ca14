"""What members predict of rows they have not seen."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.metrics import accuracy_score, r2_score

from rosenblatt.engine.interface import BLOCK_ROWS
from tests.support.ensembles import (
    WEIGHTS,
    X,
    Y,
    classifiers,
    quietly,
    regressors,
)


def test_swa_that_never_begins_warns_once() -> None:
    network = {"averaging": "swa", "max_iter": 100, "n_iter_no_change": 1, "tol": 10.0}
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        classifiers(4, network=network).fit(X, Y)
    (said,) = seen
    assert str(said.message).startswith("4 of 4 members: averaging='swa' begins after epoch")
    assert said.filename == __file__


@pytest.mark.parametrize("make", [classifiers, regressors])
def test_a_bag_leaves_out_rows_enough_to_validate_on(make: Any) -> None:
    x, y = X[:6], [0, 1] * 3
    network = {"early_stopping": True, "batch_size": 6, "max_iter": 2}
    redrawn = 0
    for seed in range(40):
        options: dict[str, Any] = {"mode": "bagging", "random_state": seed}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ens = make(10, network=network, **options).fit(x, y)
            plain = make(10, network={**network, "early_stopping": False}, **options).fit(x, y)
            given = make(10, network=network, **options).fit(x, y, X_val=x, y_val=y)
        assert len(ens.estimators_) == 10
        for bag, first, other in zip(
            ens.estimators_samples_,
            plain.estimators_samples_,
            given.estimators_samples_,
            strict=True,
        ):
            assert len(bag) == 6
            assert len(np.unique(bag)) <= 4
            np.testing.assert_array_equal(first, other)
            if len(np.unique(first)) <= 4:
                np.testing.assert_array_equal(bag, first)
            else:
                redrawn += 1
    assert redrawn > 40
    with pytest.raises(ValueError, match=r"needs 3 rows or more.*got 2"):
        make(network={**network, "batch_size": 2}, mode="bagging").fit(x[:2], y[:2])


@quietly
@pytest.mark.parametrize("weighted", [False, True])
def test_out_of_bag_by_hand(weighted: bool) -> None:
    given = WEIGHTS if weighted else None
    ens = classifiers(4, mode="bagging", oob_score=True).fit(X, Y, given)
    total, count = np.zeros((len(X), 2)), np.zeros(len(X))
    for net, rows in zip(ens.estimators_, ens.estimators_samples_, strict=True):
        out = ~np.isin(np.arange(len(X)), rows)
        total[out] += net.predict_proba(X[out])
        count += out
    known = count > 0
    assert 0 < (~known).sum() < len(X) / 2  # (1 - 1/e)⁴ = 0.16
    p = total[known] / count[known, None]
    np.testing.assert_allclose(ens.oob_decision_function_[known], p, rtol=1e-12)
    assert np.isnan(ens.oob_decision_function_[~known]).all()
    weights = None if given is None else given[known]
    expected = accuracy_score(Y[known], p.argmax(axis=1), sample_weight=weights)
    assert ens.oob_score_ == pytest.approx(expected)


@quietly
def test_out_of_bag_of_regressors_over_several_blocks_of_sparse_rows() -> None:
    rng = np.random.default_rng(0)
    x = sp.random_array((2 * BLOCK_ROWS + 5, 20), density=0.2, rng=rng, format="csr")
    y = x.sum(axis=1)
    ens = regressors(5, mode="bagging", oob_score=True, network={"max_iter": 2}).fit(x, y)
    outside = [~np.isin(np.arange(len(y)), rows) for rows in ens.estimators_samples_]
    each = np.stack([net.predict(x) for net in ens.estimators_])
    expected = np.ma.masked_array(each, ~np.stack(outside)).mean(axis=0)
    known = ~np.isnan(ens.oob_prediction_)
    np.testing.assert_array_equal(known, np.any(outside, axis=0))
    np.testing.assert_allclose(ens.oob_prediction_[known], expected[known].data, rtol=1e-9)
    assert ens.oob_score_ == pytest.approx(r2_score(y[known], ens.oob_prediction_[known]))


@quietly
def test_refit_clears_attributes_of_bagging() -> None:
    ens = classifiers(mode="bagging", oob_score=True).fit(X, Y)
    assert ens.estimators_samples_
    ens.set_params(mode="seeds", oob_score=False).fit(X, Y)
    for name in ("oob_score_", "oob_decision_function_", "estimators_samples_"):
        assert not hasattr(ens, name)
