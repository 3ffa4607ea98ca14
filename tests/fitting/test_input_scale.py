"""Features that are too large to learn from are reported, and no others."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, scale

from rosenblatt import MLPClassifier, MLPEnsembleRegressor, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X_DIABETES, Y_DIABETES = (scale(a) for a in load_diabetes(return_X_y=True))
SMALL = {"hidden_layer_sizes": 4, "random_state": 0, "max_iter": 3}
LARGE = "initial weights are for features near 1.*StandardScaler"


def test_features_a_million_times_too_large_are_reported_once_at_the_callers_line() -> None:
    model = MLPRegressor(**SMALL | {"max_iter": 100})
    X, X_test, y, y_test = train_test_split(1e6 * X_DIABETES, Y_DIABETES, random_state=0)
    with pytest.warns(UserWarning, match=LARGE) as seen:
        model.fit(X, y)
    (warning,) = (w for w in seen if w.category is UserWarning)
    assert warning.filename == __file__
    assert "columns 0, 1, 2, 3, 4 and 5 more" in str(warning.message)
    assert model.score(X_test, y_test) < 0.5  # what the warning is about
    pipeline = make_pipeline(StandardScaler(), model).fit(X, y)
    assert pipeline.score(X_test, y_test) > model.score(X_test, y_test)


@pytest.mark.parametrize(
    "make", [np.asarray, sp.csr_array, sp.csr_matrix], ids=lambda m: m.__name__
)
@pytest.mark.parametrize("sign", [1, -1])
def test_one_column_is_enough_and_is_named(make: Any, sign: int) -> None:
    X = X_DIABETES.copy()
    X[:, 7] *= sign * 1e7
    for solver in ("adam", "lbfgs"):
        with pytest.warns(UserWarning, match=r"Features reach \d\.\de\+07 \(columns 7 of X\)"):
            MLPRegressor(**SMALL, solver=solver).fit(make(X), Y_DIABETES)


def test_rows_of_weight_zero_do_not_count() -> None:
    X, weight = X_DIABETES.copy(), np.ones(len(X_DIABETES))
    X[3], weight[3] = 1e9, 0
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", category=ConvergenceWarning)
        MLPRegressor(**SMALL).fit(X, Y_DIABETES, sample_weight=weight)
    with pytest.warns(UserWarning, match=LARGE):
        MLPRegressor(**SMALL).fit(X, Y_DIABETES)


def test_only_the_first_of_several_partial_fits_reports() -> None:
    model = MLPRegressor(**SMALL)
    with pytest.warns(UserWarning, match=LARGE):
        model.partial_fit(1e7 * X_DIABETES, Y_DIABETES)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.partial_fit(1e7 * X_DIABETES, Y_DIABETES)


def test_an_ensemble_reports_once() -> None:
    ensemble = MLPEnsembleRegressor(MLPRegressor(**SMALL), 3, random_state=0)
    with pytest.warns(UserWarning, match=LARGE) as seen:
        ensemble.fit(1e7 * X_DIABETES, Y_DIABETES)
    assert len([w for w in seen if "features near 1" in str(w.message)]) == 1


def pixels() -> Any:
    X, y = load_digits(return_X_y=True)
    return X * (255 / 16), y


def one_hot() -> Any:
    X, y = load_digits(return_X_y=True)
    return OneHotEncoder().fit_transform(X), y


def outlier() -> Any:
    X = np.zeros((20_000, 2))
    X[0] = 1e12
    return scale(X), np.arange(20_000) % 2


@pytest.mark.parametrize(
    "data",
    [lambda: load_breast_cancer(return_X_y=True), pixels, one_hot, outlier],
    ids=["raw breast cancer", "pixels", "one-hot", "a standardised outlier"],
)
def test_usual_features_are_not_reported(data: Any) -> None:
    X, y = data()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("ignore", category=ConvergenceWarning)
        MLPClassifier(**SMALL | {"max_iter": 1}).fit(X, y)
