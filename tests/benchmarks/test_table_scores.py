"""Errors and log losses of the leaderboard beside scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from benchmarks.tables.scores import log_loss, misclassified, unexplained

RNG = np.random.default_rng(0)
LABELS = np.array(["a", "b", "c"], dtype=object)


def test_errors_are_what_is_missing_to_accuracy_and_to_r2() -> None:
    y, predicted = RNG.choice(LABELS, 50), RNG.choice(LABELS, 50)
    assert misclassified(y, predicted) == pytest.approx(1 - metrics.accuracy_score(y, predicted))
    y, predicted = RNG.normal(100, 1, 50), RNG.normal(100, 1, 50)
    assert unexplained(y, predicted) == pytest.approx(1 - metrics.r2_score(y, predicted))


def test_the_log_loss_is_scikit_learns_whatever_the_order_of_the_columns() -> None:
    y = np.array([*LABELS, *RNG.choice(LABELS, 47)], dtype=object)
    probabilities = RNG.dirichlet([1, 1, 1], 50)
    expected = metrics.log_loss(y, probabilities)
    assert log_loss(y, probabilities, list(LABELS)) == pytest.approx(expected)
    assert log_loss(y, probabilities[:, ::-1], list(LABELS[::-1])) == pytest.approx(expected)


def test_no_probability_counts_as_less_than_the_clip() -> None:
    y = np.array(["a", "new"], dtype=object)
    probabilities = np.array([[0.0, 1.0], [0.5, 0.5]])
    assert log_loss(y, probabilities, ["a", "b"]) == pytest.approx(-np.log(1e-7))
