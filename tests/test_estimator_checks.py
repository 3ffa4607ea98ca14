"""scikit-learn's own checks of estimators: none is expected to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt import MLPClassifier, MLPRegressor, Perceptron

ESTIMATORS = [
    MLPClassifier(max_iter=100),
    MLPClassifier(solver="lbfgs", max_iter=100),
    MLPRegressor(max_iter=100),
    MLPRegressor(solver="sgd", max_iter=100, learning_rate_init=0.01),
    Perceptron(),
]


@pytest.mark.filterwarnings("ignore")  # short fits on small data do not converge
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_checks(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
