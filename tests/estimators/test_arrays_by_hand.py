"""Weights that are set by hand: numbers of any type are taken as they are, all else is refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from rosenblatt import MLPClassifier, Perceptron

X = np.random.default_rng(0).standard_normal((60, 4)).astype(np.float32)
ATTRIBUTES = ("coefs_", "intercepts_")


@pytest.fixture
def model() -> MLPClassifier:
    fit = MLPClassifier((8,), solver="lbfgs", max_iter=30, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fit.fit(X, X[:, 0] > 0)


def by_hand(coefs: list[Any], intercepts: list[Any]) -> Any:
    """The probability of class 1, from the formula."""
    hidden = np.maximum(X.astype(np.float64) @ np.float64(coefs[0]) + np.float64(intercepts[0]), 0)
    z = hidden @ np.float64(coefs[1]) + np.float64(intercepts[1])
    return expit(z[:, 0])


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("kind", ["i8", "u1", "?", "f2", ">f4", "f8", "longdouble"])
def test_numbers_of_any_type(model: MLPClassifier, attribute: str, kind: str) -> None:
    shown = [(4 * a).astype(kind) for a in getattr(model, attribute)]
    setattr(model, attribute, shown)
    expected = by_hand(model.coefs_, model.intercepts_)
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kinds", [("f2", "f2"), ("i8", "i8"), ("f4", "f8")])
def test_types_of_both(model: MLPClassifier, kinds: tuple[str, str]) -> None:
    for attribute, kind in zip(ATTRIBUTES, kinds, strict=True):
        setattr(model, attribute, [(4 * a).astype(kind) for a in getattr(model, attribute)])
    expected = by_hand(model.coefs_, model.intercepts_)
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], expected, rtol=1e-4, atol=1e-6)


def test_a_bias_that_float32_does_not_hold(model: MLPClassifier) -> None:
    model.intercepts_ = [0.0 * a.astype(np.float64) + 1e200 for a in model.intercepts_]
    model.coefs_[1] = 0 * model.coefs_[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(model.predict_proba(X)[:, 1], 1.0)


def test_rows_that_float32_does_not_hold(model: MLPClassifier) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=r"infinity or a value too large for dtype\('float32'"):
            model.predict(X.astype(np.float64) * 1e300)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.astype(complex), "the type complex128 and the shape"),
        (lambda a: a.astype(object), "the type object and the shape"),
        (lambda a: a.astype(str), "the type <U32 and the shape"),
        (lambda a: (10 * a).astype("m8[s]"), r"the type timedelta64\[s\] and the shape"),
        (lambda a: np.ma.masked_greater(a, 0), "has masked values"),
        (lambda a: a[None], "and the shape .*: set numbers in"),
        (lambda _: 1.0, r"and the shape \(\): set numbers in"),
        (lambda _: None, "the type object and the shape"),
        (lambda a: [a.tolist(), 1], "has rows of different lengths, or cells of several values"),
    ],
)
def test_what_is_no_array_of_numbers(
    model: MLPClassifier, attribute: str, change: Callable[[Any], Any], message: str
) -> None:
    setattr(model, attribute, [change(a) for a in getattr(model, attribute)])
    with pytest.raises(ValueError, match=rf"^{attribute}\[0\] .*{message}") as caught:
        model.predict(X)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "coefs_ is a NoneType: set a list of arrays, one a layer"),
        (3, "coefs_ is a int: set a list of arrays, one a layer"),
        ([], "coefs_ holds 0 arrays and intercepts_ 2: set one of each for every layer"),
    ],
)
def test_what_is_no_list(model: MLPClassifier, given: Any, message: str) -> None:
    model.coefs_ = given
    with pytest.raises(ValueError, match=message):
        model.predict(X)


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("coef_", np.ones((1, 1)), r"coef_ has the shape \(1, 1\) and intercept_ \(1,\): set"),
        ("coef_", np.ones(4), r"coef_ has the type float64 and the shape \(4,\): set numbers in 2"),
        ("coef_", np.ones((1, 4), complex), "coef_ has the type complex128"),
        ("coef_", None, "coef_ has the type object"),
        ("intercept_", np.ones(2), r"intercept_ \(2,\): set arrays of the shapes \(1, 4\) and"),
        ("intercept_", 1.0, r"intercept_ has the type float64 and the shape \(\)"),
    ],
)
def test_the_weights_of_a_perceptron(attribute: str, value: Any, message: str) -> None:
    model = Perceptron(random_state=0).fit(X, X[:, 0] > 0)
    setattr(model, attribute, value)
    with pytest.raises(ValueError, match=message):
        model.predict(X)
