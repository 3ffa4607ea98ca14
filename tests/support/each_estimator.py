"""Every estimator by its name, with what makes one and a target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPEnsembleRegressor,
    MLPRegressor,
    Perceptron,
    StructureSearchCV,
    TableClassifier,
    TableRegressor,
)

X = np.random.default_rng(0).normal(size=(40, 3))
LABELS, NUMBERS = (X[:, 0] > 0).astype(int), 2 * X[:, 0]
ESTIMATORS: dict[str, tuple[Callable[[], Any], Any]] = {
    "MLPClassifier": (lambda: MLPClassifier(max_iter=2), LABELS),
    "MLPRegressor": (lambda: MLPRegressor(max_iter=2), NUMBERS),
    "MLPEnsembleClassifier": (
        lambda: MLPEnsembleClassifier(MLPClassifier(max_iter=2), n_estimators=2),
        LABELS,
    ),
    "MLPEnsembleRegressor": (
        lambda: MLPEnsembleRegressor(MLPRegressor(max_iter=2), n_estimators=2),
        NUMBERS,
    ),
    "StructureSearchCV": (
        lambda: StructureSearchCV(MLPClassifier(max_iter=2), candidates=[(2,)], cv=2),
        LABELS,
    ),
    "Perceptron": (Perceptron, LABELS),
    "TableClassifier": (lambda: TableClassifier(preset="fast", random_state=0), LABELS),
    "TableRegressor": (lambda: TableRegressor(preset="fast", random_state=0), NUMBERS),
}
TABLES = ("TableClassifier", "TableRegressor")
WITHOUT_WEIGHTS = ("StructureSearchCV", "Perceptron")
