"""scikit-learn's own checks, of rows that are taken for pictures of one line of pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt import ConvNetClassifier, ConvNetRegressor
from rosenblatt.network import Conv2D, Dense

LAYERS = (Conv2D(4, 1), Dense(16))
SMALL: dict[str, Any] = {"image_shape": (1, -1, 1), "max_iter": 100, "random_state": 0}
ESTIMATORS = [
    ConvNetClassifier(LAYERS, **SMALL),
    ConvNetRegressor(LAYERS, **SMALL, learning_rate_init=0.01),
]


@pytest.mark.filterwarnings("ignore")  # short fits on small data do not converge
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_checks(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
