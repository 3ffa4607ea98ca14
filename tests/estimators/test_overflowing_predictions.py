"""Predictions of finite rows that are not finite: each way to ask for them says so."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt import MLPClassifier, MLPEnsembleRegressor, MLPRegressor, Perceptron
from rosenblatt.losses import Poisson
from rosenblatt.model import Model

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
RNG = np.random.default_rng(0)
X = RNG.standard_normal((60, 64)).astype(np.float32)
Y = X[:, :4] @ np.array([1, 2, -1, 0.5], np.float32)
HUGE = np.sign(X) * np.float32(3e38)
SETTINGS: dict[str, Any] = {"hidden_layer_sizes": (8,), "max_iter": 5, "random_state": 0}
SAYS = r"The predictions of \d+ of \d+ rows are not finite"


def fitted(cls: Any = MLPRegressor, **changed: Any) -> Any:
    y = (Y > 0).astype(int) if cls is MLPClassifier else Y
    return cls(**{**SETTINGS, **changed}).fit(X, y)


@pytest.mark.parametrize("activation", ["relu", "identity"])
@pytest.mark.parametrize("cls", [MLPRegressor, MLPClassifier])
def test_estimators(cls: Any, activation: str) -> None:
    model = fitted(cls, activation=activation)
    for rows in (HUGE, HUGE[:1], np.asfortranarray(HUGE), sp.csr_matrix(HUGE)):
        with pytest.warns(UserWarning, match=SAYS) as caught:
            model.predict(rows)
        assert caught[0].filename == __file__
        assert "train with dtype='float64'" in str(caught[0].message)
    n_bad = int((~np.isfinite(silent(model, HUGE))).any(axis=-1).sum())
    with pytest.warns(UserWarning, match=f"of {n_bad} of 60 rows"):
        (model.predict_proba if cls is MLPClassifier else model.predict)(HUGE)


def silent(model: Any, rows: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predict = getattr(model, "predict_proba", model.predict)
        return predict(rows).reshape(len(rows), -1)


def test_predictors_and_models() -> None:
    estimator = fitted()
    predictor, model = estimator.predictor(), estimator.model_
    assert isinstance(model, Model)
    out = np.empty(60, np.float32)
    for ask in (
        lambda: predictor(HUGE),
        lambda: predictor(HUGE, out=out),
        lambda: predictor(HUGE.astype(np.float64)),
        lambda: model.predict(HUGE),
    ):
        with pytest.warns(UserWarning, match=SAYS):
            ask()
    np.testing.assert_array_equal(out, silent(estimator, HUGE).ravel())
    one = int(np.flatnonzero(~np.isfinite(out))[0])
    with pytest.warns(UserWarning, match="of 1 of 1 rows"):
        assert not np.isfinite(predictor(HUGE[one]))


def test_an_exponential_link_that_overflows() -> None:
    counts = RNG.poisson(3, 60)
    model = MLPRegressor(**{**SETTINGS, "activation": "identity"}, loss=Poisson()).fit(X, counts)
    with pytest.warns(UserWarning, match="an infinite prediction"):
        assert np.isinf(model.predict(1e6 * X)).any()


def test_ensembles() -> None:
    model = MLPEnsembleRegressor(MLPRegressor(**SETTINGS), 2, random_state=0).fit(X, Y)
    for ask in (model.predict, lambda rows: model.predict(rows, return_std=True)):
        with pytest.warns(UserWarning, match=SAYS):
            ask(HUGE)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_spreads_of_an_ensemble_whose_squares_overflow(dtype: Any) -> None:
    settings = {**SETTINGS, "activation": "identity", "dtype": np.dtype(dtype).name}
    model = MLPEnsembleRegressor(MLPRegressor(**settings), 3, random_state=0).fit(X, Y)
    rows = X.astype(dtype) * 2.0 ** (np.finfo(dtype).maxexp - 8)
    each = np.stack([member.predict(rows) for member in model.estimators_]).astype(np.longdouble)
    mean, std = model.predict(rows, return_std=True)
    np.testing.assert_allclose(mean, each.mean(0), 1e-4, 1e-5 * float(np.abs(each).max()))
    np.testing.assert_allclose(std, each.std(0, ddof=1), 1e-4)
    with np.errstate(over="ignore"):
        assert (np.square(std) == np.inf).any()
    near = model.predict(X.astype(dtype), return_std=True)[1]
    np.testing.assert_array_equal(
        near, np.std([m.predict(X.astype(dtype)) for m in model.estimators_], axis=0, ddof=1)
    )


def test_a_spread_beyond_the_float_type_is_said() -> None:
    settings = {**SETTINGS, "activation": "identity"}
    model = MLPEnsembleRegressor(MLPRegressor(**settings), 2, random_state=0).fit(X, Y)
    first, second = (member.model_.parameters for member in model.estimators_)
    second[:] = first
    first[-9:-1] *= -1  # of the last layer, whose bias is last
    size = np.abs(model.estimators_[0].predict(X)).max()
    rows = X * np.float32(3e38 / size)
    with pytest.warns(UserWarning, match=SAYS):
        _, std = model.predict(rows, return_std=True)
    assert np.isinf(std).any()


def test_rows_that_are_not_finite_lead_to_what_they_lead_to() -> None:
    """A predictor does not search its inputs, and its caller sees what is wrong with them."""
    predictor = fitted().predictor()
    rows = X.copy()
    rows[3, 1] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(np.isnan(predictor(rows)), np.arange(60) == 3)
        assert np.isnan(predictor(rows[3]))
        assert np.isfinite(predictor(X)).all()


def test_perceptron() -> None:
    clf = Perceptron(max_iter=5).fit(X[:, :4], Y > 0)
    clf.coef_[0] = 1.5
    huge = np.array([[1.7e308, -1.7e308, 1.7e308, -1.7e308], [1, 0, 1, 0]])
    for ask in (clf.decision_function, clf.predict):
        with pytest.warns(UserWarning, match="1 of 2 rows are not finite"):
            ask(huge)
