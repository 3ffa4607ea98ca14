"""Networks, data and comparisons for the tests of the structure search."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.testing import assert_array_equal
from sklearn.datasets import load_breast_cancer, load_diabetes

from rosenblatt import MLPClassifier

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
X_REAL, Y_REAL = load_diabetes(return_X_y=True)
X_REAL, Y_REAL = X_REAL / X_REAL.std(), Y_REAL / Y_REAL.std()
SIZES = [(2,), (6,), (8, 4)]


def network(**settings: Any) -> MLPClassifier:
    return MLPClassifier(**{"max_iter": 6, "batch_size": 50, "random_state": 0, **settings})


def same_results(ours: Any, theirs: Any) -> None:
    for name, expected in theirs.cv_results_.items():
        if "time" in name:
            continue
        found = ours.cv_results_[name]
        if name == "params":
            assert found == expected
        else:
            assert_array_equal(np.asarray(found), np.asarray(expected), err_msg=name)
    assert ours.best_params_ == theirs.best_params_
    assert ours.best_score_ == theirs.best_score_
    assert ours.n_splits_ == theirs.n_splits_


def two_metrics(est: Any, X: Any, y: Any) -> dict[str, float]:
    accuracy = est.score(X, y)
    return {"acc": accuracy, "error": 1 - accuracy}
