"""Penalties on activations: values by hand, gradients by finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.regularization.activity import ActivityL1, ActivityPenalty, KLSparsity

PENALTIES = [ActivityL1(0.3), KLSparsity(0.7, 0.2)]


@pytest.mark.parametrize("penalty", PENALTIES, ids=repr)
def test_the_gradient_is_that_of_the_value(penalty: ActivityPenalty) -> None:
    rng = np.random.default_rng(0)
    a, shares = rng.uniform(0.05, 0.95, (6, 3)), rng.uniform(0.1, 0.4, 6)
    g = penalty.gradient(a, shares)
    h = 1e-6
    for place in np.ndindex(a.shape):
        up, down = a.copy(), a.copy()
        up[place] += h
        down[place] -= h
        slope = (penalty.value(up, shares) - penalty.value(down, shares)) / (2 * h)
        assert g[place] == pytest.approx(slope, abs=1e-8)


def test_values_by_hand() -> None:
    a = np.array([[1.0, -2.0], [0.0, 0.5]])
    assert ActivityL1(0.1).value(a, np.array([0.5, 0.5])) == pytest.approx(0.1 * (1.5 + 0.25))
    assert (ActivityL1(0.1).gradient(a, np.ones(2))[1] == [0.0, 0.1]).all()
    # One unit at its target, another with mean ½: ln of the ratios by hand.
    a, shares = np.array([[0.1, 0.2], [0.3, 0.8]]), np.array([0.5, 0.5])
    by_hand = 0.2 * np.log(0.2 / 0.5) + 0.8 * np.log(0.8 / 0.5)
    assert KLSparsity(2.0, 0.2).value(a, shares) == pytest.approx(2 * by_hand)


def test_dead_and_saturated_units_and_rows_without_weight_are_finite() -> None:
    a = np.array([[0.0, 1.0], [0.0, 1.0]])
    penalty = KLSparsity()
    for shares in (np.array([0.5, 0.5]), np.zeros(2)):
        assert np.isfinite(penalty.value(a, shares))
        assert np.isfinite(penalty.gradient(a, shares)).all()
    assert (penalty.gradient(a, np.zeros(2)) == 0).all()


def test_bad_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="strength must be 0 or more"):
        ActivityL1(-1.0)
    with pytest.raises(ValueError, match="strength must be 0 or more"):
        KLSparsity(float("nan"))
    with pytest.raises(ValueError, match="target must be between 0 and 1"):
        KLSparsity(target=1.0)
    with pytest.raises(ValueError, match="code_activation='logistic'"):
        KLSparsity().check_range(-1, 1)
