"""Schedules by name and as objects, with any solver."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.optimizers import (
    SGD,
    Adam,
    AdamW,
    RMSProp,
)
from rosenblatt.options.schedules import RATE_RULES
from rosenblatt.schedules import (
    DivideOnStall,
    ExponentialDecay,
    PerEpoch,
    ReduceOnPlateau,
    StepDecay,
)
from tests.support.data import X_CANCER, X_DIABETES, Y_CANCER, Y_DIABETES
from tests.support.solver_fits import fitted

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def history_rates(model: Any) -> list[float]:
    return [entry["learning_rate"] for entry in model.history_]


def test_history_tells_the_rate_of_an_epochs_first_step() -> None:
    model = fitted(solver=AdamW(0.01), learning_rate=ExponentialDecay(0.9), batch_size=200)
    assert history_rates(model) == pytest.approx([0.01, 0.01 * 0.9**3, 0.01 * 0.9**6])


def test_a_schedule_moves_within_an_epoch() -> None:
    """Plain descent over three batches: the second and third steps are halved and quartered."""
    plain = {"solver": SGD(0.1), "shuffle": False, "batch_size": 200, "max_iter": 1}
    model = fitted(learning_rate=ExponentialDecay(0.5), **plain)
    by_hand = MLPClassifier(8, random_state=0, shuffle=False)
    for k in range(3):
        rows = slice(200 * k, 200 * (k + 1))
        by_hand.set_params(solver=SGD(0.1 / 2**k))
        by_hand.partial_fit(X_CANCER[rows], Y_CANCER[rows], classes=[0, 1])
    np.testing.assert_allclose(model.coefs_[0], by_hand.coefs_[0], rtol=1e-12)


@pytest.mark.parametrize("name", sorted(set(RATE_RULES) - {"invscaling", "adaptive"}))
@pytest.mark.parametrize("solver", ["sgd", "lion", AdamW()])
def test_every_schedule_by_name_with_any_solver(name: str, solver: Any) -> None:
    model = fitted(solver=solver, learning_rate=name, max_iter=20, tol=0)
    rates = history_rates(model)
    assert len(rates) == 20
    assert np.isfinite(model.loss_)
    if name not in ("constant", "plateau"):
        assert len(set(rates)) > 1


def test_a_cosine_lasts_the_whole_run_and_an_epoch_is_a_unit_too() -> None:
    rates = history_rates(fitted(learning_rate="cosine", max_iter=4))
    assert rates == pytest.approx([0.0005 * (1 + math.cos(math.pi * e / 4)) for e in range(4)])
    stepped = history_rates(fitted(learning_rate=PerEpoch(StepDecay(2, 0.5)), max_iter=4))
    assert stepped == pytest.approx([0.001, 0.001, 0.0005, 0.0005])


def test_a_plateau_follows_the_curve_with_any_solver() -> None:
    rule = ReduceOnPlateau(factor=0.5, patience=2, threshold=0.05, minimum=0.1)
    model = fitted(
        MLPRegressor, solver=RMSProp(0.01), learning_rate=rule, max_iter=300, n_iter_no_change=20
    )
    rates = history_rates(model)
    assert rates[0] == 0.01
    assert min(rates) == pytest.approx(0.001)
    assert sorted(rates, reverse=True) == rates
    # The same rule over the curve that came of it.
    control = rule.control(None)  # type: ignore[arg-type]
    expected = []
    for loss in model.loss_curve_:
        expected.append(0.01 * control.lr_factors(1)[0])
        control.epoch_ended(1, 0, loss)
    first_stall = next(i for i in range(20, 300) if i == len(rates) - 1 or rates[i] == rates[-1])
    assert rates[:first_stall] == pytest.approx(expected[:first_stall])


def test_adaptive_with_another_solver_as_an_object() -> None:
    model = fitted(
        MLPRegressor,
        solver=Adam(0.1),
        learning_rate=DivideOnStall(smallest=0.01),
        max_iter=500,
        tol=0.01,
    )
    assert sorted(set(history_rates(model)), reverse=True) == pytest.approx([0.1, 0.02, 0.004])
    assert "did not improve" in model.stop_reason_


def test_a_fit_starts_a_schedule_anew_and_changes_no_rule() -> None:
    rule = ReduceOnPlateau(factor=0.5, patience=0, threshold=0.5)
    model = MLPRegressor(
        hidden_layer_sizes=4, learning_rate=rule, warm_start=True, random_state=0, max_iter=5
    )
    first = history_rates(model.fit(X_DIABETES, Y_DIABETES))
    both = history_rates(model.fit(X_DIABETES, Y_DIABETES))
    assert first[0] == both[5] == 0.001
    assert rule == ReduceOnPlateau(factor=0.5, patience=0, threshold=0.5)
