"""Losses of the user's own."""

from __future__ import annotations

import pickle
import warnings
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pytest

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.losses import (
    BinaryCrossEntropy,
    BinaryFocal,
    CategoricalFocal,
    Loss,
)
from rosenblatt.support.types import FloatArray
from tests.support.data import (
    X_CANCER,
    X_DIABETES,
    X_DIGITS,
    Y_CANCER,
    Y_DIABETES,
    Y_DIGITS,
    ignore_convergence,
)
from tests.support.loss_data import MULTILABEL


@final
@dataclass(frozen=True)
class Expectile(Loss):
    """|τ - 1[e > 0]| e², e = s - y (Newey & Powell 1987)."""

    level: float = 0.9

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = scores - y
        total: FloatArray = (np.abs(self.level - (error > 0)) * error * error).sum(axis=1)
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = scores - y
        return 2 * np.abs(self.level - (error > 0)) * error

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@final
@dataclass(frozen=True)
class Hole(Loss):
    """NaN as soon as an error is large."""

    in_value: bool

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        error = (scores - y)[:, 0]
        return np.where(np.abs(error) > 1, np.nan if self.in_value else 0, error)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return np.where(np.abs(scores - y) > 1, np.nan, 1.0)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()


@ignore_convergence
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_custom_loss_trains_and_warns_once(solver: str) -> None:
    predictions = {}
    for level in (0.5, 0.9):
        model = MLPRegressor(
            Expectile(level), 6, solver=solver, learning_rate_init=0.02, random_state=0
        )
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            model.fit(X_DIABETES, Y_DIABETES)
        assert ["Expectile: without a kernel" in str(w.message) for w in seen].count(True) == 1
        assert model.out_activation_ == "Expectile"
        assert model.model_.loss == Expectile(level)
        predictions[level] = model.predict(X_DIABETES).mean()
        copy = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(copy.predict(X_DIABETES), model.predict(X_DIABETES))
    # The expectile of level ½ is the mean.
    assert predictions[0.5] == pytest.approx(0, abs=0.1)
    assert predictions[0.9] > 0.3


@final
@dataclass(frozen=True)
class OwnCrossEntropy(Loss):
    """A classifier's, under a name that the engine does not know."""

    twin: Loss

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return self.twin.value(scores, y)

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        return self.twin.gradient(scores, y)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return self.twin.inverse_link(scores)


@ignore_convergence
@pytest.mark.filterwarnings("ignore:.*without a kernel")
@pytest.mark.parametrize(
    ("twin", "X", "y"),
    [
        (BinaryCrossEntropy(), X_CANCER, Y_CANCER),
        (BinaryFocal(), X_CANCER, MULTILABEL),
        (CategoricalFocal(), X_DIGITS[:300] / 16, Y_DIGITS[:300]),
    ],
    ids=["labels", "several", "classes"],
)
def test_custom_cross_entropy_trains_as_the_built_in_one(twin: Loss, X: Any, y: Any) -> None:
    settings: dict[str, Any] = {"hidden_layer_sizes": 5, "max_iter": 4, "random_state": 0}
    native = MLPClassifier(loss=twin, **settings).fit(X, y)
    own = MLPClassifier(loss=OwnCrossEntropy(twin), **settings).fit(X, y)
    np.testing.assert_allclose(own.loss_curve_, native.loss_curve_, rtol=1e-9)
    np.testing.assert_allclose(own.predict_proba(X), native.predict_proba(X), rtol=1e-7)
    np.testing.assert_array_equal(own.predict(X), native.predict(X))


@pytest.mark.filterwarnings("ignore:.*without a kernel")
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
@pytest.mark.parametrize(("in_value", "what"), [(True, "value"), (False, "gradient")])
def test_nan_of_a_custom_loss_is_an_error(in_value: bool, what: str, solver: str) -> None:
    model = MLPRegressor(Hole(in_value), solver=solver, random_state=0)
    with pytest.raises(ValueError, match=f"Hole gives NaN as the {what} of a finite"):
        model.fit(X_DIABETES, Y_DIABETES)
    assert not hasattr(model, "coefs_")
