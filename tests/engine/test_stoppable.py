"""Predictions of many rows end once another thread asks for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.engine import StoppablePredictor, Stopped, stoppable
from rosenblatt.estimators.access import end_predictions_by, engine_predictor

X = np.random.default_rng(0).standard_normal((2000, 5)).astype(np.float32)
FORMS: dict[str, Any] = {
    "rows": X,
    "columns in Fortran's order": np.asfortranarray(X),
    "sparse": sparse.csr_matrix(X),
    "another type": X.astype(np.float64),
}


@pytest.fixture(params=["regressor", "classifier"])
def model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(stoppable, "WORK", 1.0)  # the fewest rows at once
    make = MLPRegressor if request.param == "regressor" else MLPClassifier
    with pytest.warns(match="converged"):
        return make(hidden_layer_sizes=(8,), max_iter=2, random_state=0).fit(X, X[:, 0] > 0)


@pytest.mark.parametrize("form", FORMS)
def test_predictions_are_those_of_all_rows_at_once(model: Any, form: str) -> None:
    expected = model.predict(FORMS[form])
    end_predictions_by(model, np.zeros(1, np.uint8))
    assert isinstance(engine_predictor(model), StoppablePredictor)
    np.testing.assert_allclose(model.predict(FORMS[form]), expected, rtol=1e-5)
    np.testing.assert_allclose(model.predict(FORMS[form][:1]), expected[:1], rtol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_they_end_between_two_blocks(model: Any, form: str) -> None:
    stop = np.zeros(1, np.uint8)
    end_predictions_by(model, stop)
    stop[0] = 1
    with pytest.raises(Stopped):
        model.predict(FORMS[form])
    assert len(model.predict(FORMS[form][:256])) == 256  # a single block


def test_rows_that_are_not_finite_have_their_errors(model: Any) -> None:
    end_predictions_by(model, np.zeros(1, np.uint8))
    bad = X.copy()
    bad[1500, 2] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        model.predict(bad)
