"""Searches with made-up results, for the tests of their display."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer

from rosenblatt import MLPClassifier, StructureSearchCV
from rosenblatt.search.results import SearchResults

X, Y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
SIZES = [(32, 16), (), (2,), (8,), (16,)]


def searched(candidates: Any = SIZES, **options: Any) -> StructureSearchCV:
    network = MLPClassifier(max_iter=8, batch_size=50, random_state=0)
    return StructureSearchCV(network, candidates, cv=4, **{"refit": False, **options}).fit(X, Y)


def made(**changed: Any) -> SearchResults:
    """A search of four sizes, made up."""
    values: dict[str, Any] = {
        "metric": "accuracy",
        "n_folds": 5,
        "sizes": ((), (4,), (16,), (64, 32)),
        "others": ({},) * 4,
        "n_parameters": np.array([10, 100, 1_000, 10_000]),
        "test": np.array([0.70, 0.88, 0.90, 0.80]),
        "error": np.array([0.01, 0.02, 0.03, 0.01]),
        "train": np.array([0.71, 0.89, 0.95, 1.00]),
        "n_epochs": np.array([5.0, 6.0, 7.0, 8.0]),
        "seconds": np.array([0.1, 0.2, 0.3, 0.4]),
        "status": ("finished",) * 4,
        "compared": np.ones(4, bool),
        "chosen": 2,
        "highest": 2,
        "smallest": 1,
    }
    return SearchResults(**{**values, **changed})
