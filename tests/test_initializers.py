"""Initialisers: bounds, variances, and scikit-learn's own draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from rosenblatt.activations import Sigmoid, Tanh
from rosenblatt.initializers import (
    GlorotUniform,
    HeNormal,
    HeUniform,
    Initializer,
    RandomBiasUniform,
)
from rosenblatt.network import Dense, Network

N_IN, N_OUT = 200, 300
ALL: list[Initializer] = [GlorotUniform(), HeNormal(), HeUniform(), RandomBiasUniform()]


@pytest.mark.parametrize(
    ("initializer", "bound"),
    [
        (GlorotUniform(), math.sqrt(6 / 500)),
        (HeUniform(), math.sqrt(6 / 200)),
        (RandomBiasUniform(), math.sqrt(6 / 500)),
        (RandomBiasUniform(factor=2), math.sqrt(2 / 500)),
    ],
    ids=repr,
)
def test_bounds_are_kept_and_reached(initializer: Initializer, bound: float) -> None:
    W, _ = initializer.draw(np.random.default_rng(0), N_IN, N_OUT)
    # The largest of 60,000 uniform draws misses the bound by a 60,000th part, as a rule.
    assert 0.999 * bound < W.max() < bound
    assert -bound < W.min() < -0.999 * bound


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (GlorotUniform(), 2 / 500),
        (HeNormal(), 2 / 200),
        (HeUniform(), 2 / 200),
        (RandomBiasUniform(), 2 / 500),
    ],
    ids=repr,
)
def test_variance(initializer: Initializer, variance: float) -> None:
    W, _ = initializer.draw(np.random.default_rng(1), N_IN, N_OUT)
    # Standard errors over 60,000 draws: 0.6 % of the variance at most, 0.4 % of a deviation.
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert W.mean() == pytest.approx(0, abs=0.02 * math.sqrt(variance))


def test_he_normal_has_tails_that_no_uniform_distribution_has() -> None:
    W, _ = HeNormal().draw(np.random.default_rng(2), N_IN, N_OUT)
    within = np.mean(np.abs(W) < math.sqrt(2 / N_IN))
    assert within == pytest.approx(0.6827, abs=0.01)
    assert np.abs(W).max() > math.sqrt(6 / N_IN)


@pytest.mark.parametrize("initializer", ALL, ids=repr)
@pytest.mark.parametrize("rng", [np.random.RandomState, np.random.default_rng])
def test_shapes_type_and_seed(initializer: Initializer, rng: Any) -> None:
    W, b = initializer.draw(rng(3), 4, 5)
    assert W.shape == (4, 5)
    assert b.shape == (5,)
    assert W.dtype == b.dtype == np.float64
    again = initializer.draw(rng(3), 4, 5)
    np.testing.assert_array_equal(W, again[0])
    np.testing.assert_array_equal(b, again[1])
    assert (initializer.draw(rng(4), 4, 5)[0] != W).all()


@pytest.mark.parametrize("initializer", [GlorotUniform(), HeNormal(), HeUniform()], ids=repr)
def test_biases_start_at_zero(initializer: Initializer) -> None:
    np.testing.assert_array_equal(initializer.draw(np.random.default_rng(0), 4, 5)[1], np.zeros(5))


def test_random_biases_have_the_bound_of_the_weights() -> None:
    _, b = RandomBiasUniform().draw(np.random.default_rng(0), 2, 50_000)
    bound = math.sqrt(6 / 50_002)
    assert 0.999 * bound < np.abs(b).max() < bound


@pytest.mark.parametrize(("activation", "factor"), [("logistic", 2), ("tanh", 6)])
def test_draws_are_scikit_learns(activation: str, factor: float) -> None:
    """A rate of nearly nothing leaves scikit-learn's network where it started."""
    X, y = np.zeros((5, 3)), np.zeros(5)
    theirs = MLPRegressor(
        hidden_layer_sizes=(4, 2),
        activation=activation,
        solver="sgd",
        learning_rate_init=1e-300,
        random_state=11,
    ).partial_fit(X, y)
    g = Sigmoid() if activation == "logistic" else Tanh()
    net = Network(3, (Dense(4, g), Dense(2, g), Dense(1)))
    theta = net.initial_parameters(np.random.RandomState(11), RandomBiasUniform(factor))
    for (W, b), coef, intercept in zip(
        net.weights_and_biases(theta), theirs.coefs_, theirs.intercepts_, strict=True
    ):
        np.testing.assert_array_equal(W, coef)
        np.testing.assert_array_equal(b, intercept)
