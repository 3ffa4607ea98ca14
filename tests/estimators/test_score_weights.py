"""Weights of scores: numbers of any size, and what is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt import (
    MLPClassifier,
    MLPEnsembleClassifier,
    MLPRegressor,
    Perceptron,
    TableClassifier,
)

pytestmark = pytest.mark.filterwarnings(
    "error::RuntimeWarning", "ignore::sklearn.exceptions.ConvergenceWarning"
)

rng = np.random.default_rng(0)
X = rng.standard_normal((40, 2))
Y = (X[:, 0] + 0.5 * rng.standard_normal(40) > 0).astype(int)
SMALL = MLPClassifier((3,), max_iter=3, random_state=0)
CLASSIFIERS: dict[str, Any] = {
    "MLPClassifier": SMALL,
    "MLPEnsembleClassifier": MLPEnsembleClassifier(SMALL, 2, random_state=0),
    "Perceptron": Perceptron(max_iter=5),
    "TableClassifier": TableClassifier("fast", random_state=0, n_jobs=1),
}


@pytest.fixture(scope="module", params=CLASSIFIERS)
def classifier(request: pytest.FixtureRequest) -> Any:
    return CLASSIFIERS[request.param].fit(X, Y)


@pytest.mark.parametrize("largest", [1e308, 1e-300])
def test_only_ratios_count(classifier: Any, largest: float) -> None:
    weights = rng.random(40)
    hits = classifier.predict(X) == Y
    expected = (weights * hits).sum() / weights.sum()
    assert classifier.score(X, Y, weights * largest) == pytest.approx(expected, rel=1e-12)


def test_texts_are_no_weights(classifier: Any) -> None:
    with pytest.raises(ValueError, match="sample_weight has the text 'a' in row 0"):
        classifier.score(X, Y, ["a"] * 40)


def test_of_numbers_too() -> None:
    model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=3, random_state=0).fit(X, X[:, 0])
    weights = rng.random(40)
    assert model.score(X, X[:, 0], weights * 1e308) == pytest.approx(
        model.score(X, X[:, 0], weights), rel=1e-12
    )
