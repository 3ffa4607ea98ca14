"""Which arrays a prediction takes as they are, and which it validates or refuses."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import sklearn.neural_network
from sklearn.exceptions import NotFittedError

from rosenblatt import MLPClassifier
from tests.support.predictions import TARGETS, X, assert_same, both, each_kind, fitted, results

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What scikit-learn was asked to validate."""
    seen: list[Any] = []

    def noted(estimator: Any, X: Any, **given: Any) -> Any:
        seen.append(X)
        return validate(estimator, X, **given)

    from rosenblatt.estimators import fitted as module

    validate = module.validate_data  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "validate_data", noted)
    return seen


@each_kind
def test_plain_arrays_need_none(kind: str, validations: list[Any]) -> None:
    model = fitted(kind, np.float32)
    rows = X[:3].astype(np.float32)
    expected = results(model, rows)
    rows.flags.writeable = False
    assert_same(results(model, rows), expected)
    assert not validations


@pytest.mark.parametrize(
    "form",
    [
        lambda X: X.tolist(),
        lambda X: X.astype(np.float64),
        lambda X: X.astype(">f4"),
        lambda X: np.asfortranarray(X),
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: sp.csr_array(X),
        lambda X: sp.csc_matrix(X),
        lambda X: np.frombuffer(b"x" + X.tobytes(), np.uint8)[1:].view(np.float32).reshape(X.shape),
    ],
    ids=["list", "float64", "big-endian", "fortran", "strided", "rows", "csr", "csc", "misaligned"],
)
def test_other_inputs_are_validated_and_predict_the_same(form: Any, validations: list[Any]) -> None:
    model = fitted("multiclass", np.float32)
    rows = X[:4].astype(np.float32)
    expected = model.predict_proba(rows)
    np.testing.assert_allclose(model.predict_proba(form(rows)), expected, rtol=1e-5)
    assert len(validations) == 1


@pytest.mark.parametrize(
    "rows",
    [
        np.where(np.arange(6) == 4, np.nan, X[:1]),
        np.where(np.arange(6) == 0, np.inf, X[:3]),
        np.where(np.arange(6) == 5, -np.inf, X[:1000]),
        X[0],
        X[0].tolist(),
        X[:2, :5].copy(),
        X[:0],
        X[None, :2],
        np.array(1.0),
        X[:2] + 1j,
    ],
    ids=[
        "nan",
        "inf",
        "-inf",
        "vector",
        "list",
        "features",
        "empty",
        "cube",
        "number",
        "complex",
    ],
)
@pytest.mark.parametrize("kind", ["multiclass", "regression"])
def test_refused_as_scikit_learn_does(kind: str, rows: Any) -> None:
    """In its words, but for those that show the array or name estimators of others."""
    ours, theirs = both(kind)
    with pytest.raises((ValueError, TypeError)) as expected:
        theirs.predict(rows)
    first, *others = str(expected.value).split("\n")
    begins = re.escape(first.rstrip(":."))
    with pytest.raises(type(expected.value), match=f"^{begins}{'' if others else '.?$'}") as given:
        ours.predict(rows)
    assert "\n" not in str(given.value)


def test_infinity_passes_with_assume_finite() -> None:
    model = fitted("regression", activation="tanh")
    rows = X[:2].copy()
    rows[0, 0] = np.inf
    with sklearn.config_context(assume_finite=True):
        assert np.isfinite(model.predict(rows)).all()


def test_missing_feature_names_warn() -> None:
    names = list("abcdef")
    model = MLPClassifier(4, max_iter=2, random_state=0)
    model.fit(pd.DataFrame(X, columns=names), TARGETS["binary"])
    frame = pd.DataFrame(X[:2], columns=names)
    expected = model.predict_proba(frame)
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        np.testing.assert_array_equal(model.predict_proba(X[:2]), expected)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict_proba(frame[names[::-1]])
    np.testing.assert_array_equal(model.predictor()(X[:2]), expected)


def test_prediction_before_fit_is_an_error() -> None:
    model = MLPClassifier()
    for call in (model.predict_proba, model.predict, lambda _: model.predictor()):
        with pytest.raises(NotFittedError, match="not fitted"):
            call(X)
    gone = fitted()
    gone.predict(X)
    del gone.coefs_
    with pytest.raises(NotFittedError, match="not fitted"):
        gone.predict(X)
