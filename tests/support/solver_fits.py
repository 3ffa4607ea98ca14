"""Data and fits for the tests of solvers and schedules."""

from __future__ import annotations

from typing import Any

from rosenblatt import MLPClassifier
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES


def fitted(cls: Any = MLPClassifier, **parameters: Any) -> Any:
    X, y = (X_CANCER, Y_CANCER) if cls is MLPClassifier else (X_DIABETES, Y_DIABETES)
    return cls(hidden_layer_sizes=8, **{"random_state": 0, "max_iter": 3, **parameters}).fit(X, y)
