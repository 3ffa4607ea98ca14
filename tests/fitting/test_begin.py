"""Fits without an estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import scale

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.fitting import (
    ClassTargets,
    NumberTargets,
    ValidatedData,
    begin,
    encoded,
)
from rosenblatt.losses import Poisson
from rosenblatt.model import Model
from rosenblatt.options.parameters import Parameters
from rosenblatt.stopping import TimeLimit
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = scale(X_CANCER)
SETTINGS: dict[str, Any] = {"hidden_layer_sizes": (5,), "max_iter": 6, "random_state": 0}


@pytest.mark.parametrize("solver", ["adam", "kfac", "lbfgs"])
def test_the_bits_of_an_estimators_fit(solver: str) -> None:
    model = MLPClassifier(**SETTINGS, solver=solver).fit(X, Y_CANCER)
    targets = ClassTargets.learn(Y_CANCER)
    fit = begin(
        Parameters(**SETTINGS, solver=solver), targets, encoded(targets, ValidatedData(X, Y_CANCER))
    )
    fit.run()
    np.testing.assert_array_equal(fit.result().parameters, model.model_.parameters)
    assert fit.result().network == model.model_.network
    assert fit.log.loss == model.loss_
    assert fit.log.stop_reason == model.stop_reason_


@pytest.mark.parametrize("solver", ["lm", "lbfgs"])
def test_of_numbers(solver: str) -> None:
    model = MLPRegressor(**SETTINGS, solver=solver).fit(X_DIABETES, Y_DIABETES)
    targets = NumberTargets.learn(Y_DIABETES)
    data = encoded(targets, ValidatedData(X_DIABETES, Y_DIABETES))
    fit = begin(Parameters(**SETTINGS, solver=solver), targets, data)
    fit.run()
    np.testing.assert_array_equal(fit.result().parameters, model.model_.parameters)


def test_a_fit_continues_what_it_is_given_and_leaves_it() -> None:
    settings = SETTINGS | {"shuffle": False}
    model = MLPClassifier(**settings).partial_fit(X, Y_CANCER, classes=[0, 1])
    targets = ClassTargets.learn(Y_CANCER)
    data = encoded(targets, ValidatedData(X, Y_CANCER))
    first = begin(Parameters(**settings), targets, data, incremental=True)
    first.run()
    given, carried = first.result(), first.carried
    before = given.parameters.copy()
    steps, curve = carried.descent.optimizer_state.steps.copy(), carried.log.loss_curve.copy()
    for _ in range(2):  # the second time as the first
        second = begin(
            Parameters(**settings), targets, data, initial=given, carried=carried, incremental=True
        )
        second.run()
        np.testing.assert_array_equal(given.parameters, before)
        np.testing.assert_array_equal(carried.descent.optimizer_state.steps, steps)
        assert carried.log.loss_curve == curve
    model.partial_fit(X, Y_CANCER)
    np.testing.assert_array_equal(second.result().parameters, model.model_.parameters)
    assert second.log.loss_curve == model.loss_curve_


def test_callbacks_get_the_model_where_there_is_no_estimator() -> None:
    seen: list[Any] = []
    targets = ClassTargets.learn(Y_CANCER)
    parameters = Parameters(
        **SETTINGS, callbacks=[lambda event: seen.append(event.estimator.predict(X[:3]))]
    )
    fit = begin(parameters, targets, encoded(targets, ValidatedData(X, Y_CANCER)))
    fit.run()
    assert isinstance(fit.result(), Model)
    assert len(seen) == 6
    np.testing.assert_allclose(seen[-1], fit.result().predict(X[:3]), rtol=1e-12)


def test_further_rules_end_it() -> None:
    targets = ClassTargets.learn(Y_CANCER)
    data = encoded(targets, ValidatedData(X, Y_CANCER))
    fit = begin(Parameters(**SETTINGS), targets, data, rules=(TimeLimit(0.0),))
    fit.run()
    assert fit.log.n_iter <= 1
    assert fit.log.stop_reason.startswith("reached max_time")


def test_refusals() -> None:
    targets = NumberTargets.learn(Y_DIABETES, Poisson())
    table = ValidatedData(X_DIABETES, -Y_DIABETES)
    with pytest.raises(ValueError, match="negative"):
        begin(Parameters(), targets, encoded(targets, table))
    targets = NumberTargets.learn(Y_DIABETES)
    data = encoded(targets, ValidatedData(X_DIABETES, Y_DIABETES))
    with pytest.raises(ValueError, match=r"clip_norm.*lbfgs"):
        begin(Parameters(solver="lbfgs", clip_norm=1.0), targets, data)
    fit = begin(Parameters(hidden_layer_sizes=(3,), max_iter=1), targets, data)
    fit.run()
    with pytest.raises(ValueError, match="other layers than the one fitted so far"):
        begin(Parameters(hidden_layer_sizes=(4,)), targets, data, initial=fit.result())
