"""Which candidate is taken: the best, the one-standard-error rule, a function, none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rosenblatt import StructureSearchCV
from rosenblatt.search.selection import (
    smallest_within_one_standard_error,
    standard_error,
)
from tests.support.searches import SIZES, X, Y, network

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def test_the_one_standard_error_rule_by_hand() -> None:
    scores = np.array([[0.7, 0.8], [0.88, 0.90], [0.85, 0.97], [0.80, 0.94], [np.nan, 0.99]])
    # The highest mean is 0.91, its standard error |0.97 - 0.85| / 2 = 0.06: 0.87 is near, 0.75 not.
    assert standard_error(scores[2]) == pytest.approx(0.06)
    assert smallest_within_one_standard_error(scores, np.array([5, 40, 90, 20, 1])) == 3
    assert smallest_within_one_standard_error(scores, np.array([5, 20, 90, 20, 1])) == 1
    assert smallest_within_one_standard_error(scores, np.array([5, 40, 10, 20, 1])) == 2


def test_selection_takes_the_smaller_network_and_refits_it() -> None:
    sizes = [(1,), (2,), (8,), (32,)]
    search = StructureSearchCV(network(max_iter=40), sizes, selection="one_standard_error")
    search.fit(X, Y)
    results = search.cv_results_
    best = np.argmax(results["mean_test_score"])
    bound = results["mean_test_score"][best] - results["std_test_score"][best] / math.sqrt(5 - 1)
    within = [i for i in range(4) if results["mean_test_score"][i] >= bound]
    assert search.highest_index_ == best
    assert search.best_index_ == search.one_standard_error_index_ == min(within)
    assert search.best_estimator_.hidden_layer_sizes == sizes[min(within)]
    assert search.best_score_ == results["mean_test_score"][min(within)]


def test_refit_may_be_a_function_or_nothing() -> None:
    chosen = StructureSearchCV(network(), SIZES, cv=3, refit=lambda results: 1).fit(X, Y)
    assert chosen.best_params_ == {"hidden_layer_sizes": SIZES[1]}
    without = StructureSearchCV(network(), SIZES, cv=3, refit=False).fit(X, Y)
    assert not hasattr(without, "best_estimator_")
    with pytest.raises(AttributeError, match="predict"):
        without.predict(X)
