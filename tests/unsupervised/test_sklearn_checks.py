"""scikit-learn's own checks of transformers: none is expected to fail, but what chance forbids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from rosenblatt import HiddenFeatures, MLPAutoencoder, MLPClassifier

SMALL: dict[str, Any] = {"hidden_layer_sizes": 5, "max_iter": 20, "random_state": 0}
ESTIMATORS = [
    MLPAutoencoder(**SMALL),
    MLPAutoencoder(1, **SMALL, tied_weights=True, sparsity="l1"),
    HiddenFeatures(MLPClassifier(**SMALL)),
    HiddenFeatures(MLPAutoencoder(**SMALL), 2),
]


@pytest.mark.filterwarnings("ignore")  # short fits on small data do not converge
@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_checks(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
