"""Labels in arrays of objects, and one weight for all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPClassifier, MLPRegressor, Perceptron, TableClassifier, TableRegressor
from rosenblatt.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(40, 3))
Y = (X[:, 0] > 0).astype(int)


@pytest.mark.parametrize("kind", [int, bool])
@pytest.mark.parametrize("make", [np.asarray, pd.Series])
def test_labels_that_are_objects(kind: type, make: Any) -> None:
    y = make(Y.astype(kind).astype(object))
    said = rf"^Unknown label type: y is an array of objects, of the type {kind.__name__}: make it"
    fitted = MLPClassifier(max_iter=2, random_state=0).fit(X, Y.astype(kind))
    for fails in (
        lambda: MLPClassifier().fit(X, y),
        lambda: Perceptron().fit(X, y),
        lambda: MLPClassifier().partial_fit(X, y, classes=[0, 1]),
        lambda: fitted.score(X, y),
    ):
        with pytest.raises(InputError, match=said):
            fails()


@pytest.mark.parametrize("weight", [np.inf, np.nan])
@pytest.mark.parametrize(
    "estimator",
    [
        TableClassifier("fast"),
        TableRegressor("fast"),
        MLPClassifier(max_iter=2),
        MLPRegressor(max_iter=2),
    ],
)
def test_a_weight_for_all_rows_that_is_not_finite(estimator: Any, weight: float) -> None:
    with pytest.raises(ValueError, match=r"sample_weight contains .*(NaN|infinity)"):
        estimator.fit(pd.DataFrame(X).add_prefix("c"), Y, sample_weight=weight)
