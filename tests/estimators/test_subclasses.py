"""Subclasses with constructors of their own, as scikit-learn's estimators may have them."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt import (
    ConvNetClassifier,
    MLPAutoencoder,
    MLPClassifier,
    StructureSearchCV,
)
from rosenblatt.network import Flatten

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(40, 4))
y = (X[:, 0] > 0).astype(int)


class Fewer(MLPClassifier):
    def __init__(self, hidden_layer_sizes: Any = (3,), alpha: float = 0.1) -> None:
        super().__init__(hidden_layer_sizes, alpha=alpha, max_iter=3, random_state=0)


class Others(MLPClassifier):
    def __init__(
        self, hidden_layer_sizes: Any = (3,), alpha: float = 0.1, *, columns: Any = (0, 1)
    ) -> None:
        super().__init__(hidden_layer_sizes, alpha=alpha, max_iter=3, random_state=0)
        self.columns = columns


class Autoencoder(MLPAutoencoder):
    def __init__(self, n_components: int = 2) -> None:
        super().__init__(n_components, max_iter=3, random_state=0)


class Pictures(ConvNetClassifier):
    def __init__(self, alpha: float = 0.1) -> None:
        given: Any = {"layers": [Flatten()], "image_shape": (2, 2, 1), "max_iter": 3}
        super().__init__(**given, alpha=alpha, random_state=0)


@pytest.mark.parametrize("cls", [Fewer, Others])
def test_a_subclass_is_the_estimator_of_its_parameters(cls: type[MLPClassifier]) -> None:
    same = MLPClassifier((3,), alpha=0.1, max_iter=3, random_state=0).fit(X, y)
    own = cls().fit(X, y)
    for est in (own, clone(own).fit(X, y), pickle.loads(pickle.dumps(own))):
        np.testing.assert_array_equal(est.predict_proba(X), same.predict_proba(X))
    assert set(own.get_params()) >= {"hidden_layer_sizes", "alpha"}
    assert "max_iter" not in own.get_params()


@pytest.mark.parametrize("cls", [Autoencoder, Pictures])
def test_other_estimators_have_subclasses_too(cls: Any) -> None:
    est = cls().fit(X, y)
    assert len(est.transform(X) if cls is Autoencoder else est.predict(X)) == len(X)


def test_searches_take_subclasses() -> None:
    search = StructureSearchCV(Others(), [(2,), (3,)], cv=2, n_jobs=1).fit(X, y)
    assert isinstance(search.best_estimator_, Others)
