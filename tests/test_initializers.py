"""Initialisers: bounds, variances, and scikit-learn's own draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.neural_network
from sklearn.exceptions import ConvergenceWarning

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.activations import Sigmoid, Tanh
from rosenblatt.fitting.initialization import INITIALIZERS, first_parameters
from rosenblatt.initializers import (
    FanInUniform,
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    Initializer,
    LeCunNormal,
    LeCunUniform,
    NguyenWidrow,
    Orthogonal,
    RandomBiasUniform,
    for_inputs_between,
)
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Arrays

N_IN, N_OUT = 200, 300
ALL: list[Initializer] = [*INITIALIZERS.values()]


@pytest.mark.parametrize(
    ("initializer", "bound"),
    [
        (GlorotUniform(), math.sqrt(6 / 500)),
        (HeUniform(), math.sqrt(6 / 200)),
        (LeCunUniform(), math.sqrt(3 / 200)),
        (FanInUniform(), math.sqrt(1 / 200)),
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
        (GlorotNormal(), 2 / 500),
        (LeCunNormal(), 1 / 200),
        (LeCunUniform(), 1 / 200),
        (FanInUniform(), 1 / 600),
        (RandomBiasUniform(), 2 / 500),
    ],
    ids=repr,
)
def test_variance(initializer: Initializer, variance: float) -> None:
    W, _ = initializer.draw(np.random.default_rng(1), N_IN, N_OUT)
    # Standard errors over 60,000 draws: 0.6 % of the variance at most, 0.4 % of a deviation.
    assert W.var() == pytest.approx(variance, rel=0.03)
    assert W.mean() == pytest.approx(0, abs=0.02 * math.sqrt(variance))


@pytest.mark.parametrize("initializer", [HeNormal(), GlorotNormal(), LeCunNormal()], ids=repr)
def test_normals_have_tails_that_no_uniform_distribution_has(initializer: Initializer) -> None:
    W, _ = initializer.draw(np.random.default_rng(2), N_IN, N_OUT)
    within = np.mean(np.abs(W) < W.std())
    assert within == pytest.approx(0.6827, abs=0.01)
    assert np.abs(W).max() > math.sqrt(3) * W.std()


@pytest.mark.parametrize(("n_in", "n_out"), [(30, 20), (20, 30), (25, 25), (1, 4)])
def test_orthogonal(n_in: int, n_out: int) -> None:
    W, _ = Orthogonal(gain=1.5).draw(np.random.default_rng(0), n_in, n_out)
    Q = W / 1.5
    product = Q.T @ Q if n_in >= n_out else Q @ Q.T
    np.testing.assert_allclose(product, np.eye(min(n_in, n_out)), atol=1e-13)


def test_orthogonal_matrices_are_evenly_distributed() -> None:
    """Without the signs of R, LAPACK's reflections leave the first entry of Q negative."""
    rng = np.random.default_rng(1)
    first = np.array([Orthogonal().draw(rng, 3, 3)[0][0, 0] for _ in range(2000)])
    # An entry of an evenly distributed unit vector of three dimensions is uniform on [-1, 1].
    assert first.mean() == pytest.approx(0, abs=4 / math.sqrt(3 * 2000))
    assert first.var() == pytest.approx(1 / 3, abs=0.03)


@pytest.mark.parametrize(("n_in", "n_out", "stretch"), [(1, 20, 1.0), (3, 50, 1.0), (8, 5, 2.0)])
def test_nguyen_widrow_norms(n_in: int, n_out: int, stretch: float) -> None:
    W, b = NguyenWidrow(stretch).draw(np.random.default_rng(0), n_in, n_out)
    length = stretch * 0.7 * n_out ** (1 / n_in)
    np.testing.assert_allclose(np.linalg.norm(W, axis=0), length, rtol=1e-14)
    assert np.abs(b).max() <= length


def test_nguyen_widrow_biases_fill_their_range() -> None:
    W, b = NguyenWidrow().draw(np.random.default_rng(0), 2, 50_000)
    share = b / np.linalg.norm(W, axis=0)
    assert share.var() == pytest.approx(1 / 3, rel=0.02)  # of U(-1, 1)
    assert 0.999 < np.abs(share).max() <= 1


def test_units_moved_to_another_box() -> None:
    rng = np.random.default_rng(0)
    W, b = NguyenWidrow().draw(rng, 3, 7)
    low, high = np.array([-2.0, 0.0, 5.0]), np.array([2.0, 1.0, 5.0])
    moved_W, moved_b = for_inputs_between(low, high, W, b)
    u = rng.uniform(-1, 1, (10, 3))
    u[:, 2] = 0  # a constant column
    x = (low + high) / 2 + u * (high - low) / 2
    np.testing.assert_allclose(x @ moved_W + moved_b, u @ W + b, rtol=1e-12)
    assert (moved_W[2] == 0).all()


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


@pytest.mark.parametrize(
    "initializer",
    [i for i in ALL if not isinstance(i, RandomBiasUniform | NguyenWidrow)],
    ids=repr,
)
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
    theirs = sklearn.neural_network.MLPRegressor(
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


# Behind the estimators.

X = np.random.default_rng(0).uniform(-2, 5, (60, 3))
Y = X[:, 0]
STILL = {"solver": "sgd", "learning_rate_init": 1e-300, "max_iter": 1, "random_state": 3}


def started(initializer: Any, **parameters: Any) -> MLPRegressor:
    """An estimator whose only epoch moves nothing."""
    model = MLPRegressor(initializer=initializer, **STILL | parameters)
    with pytest.warns(ConvergenceWarning):
        return model.fit(X, Y)


@pytest.mark.parametrize("name", sorted(set(INITIALIZERS) - {"nguyen_widrow"}))
def test_names_and_objects_reach_the_network(name: str) -> None:
    model = started(name, hidden_layer_sizes=(4, 5))
    net = model.model_.network
    expected = net.initial_parameters(np.random.RandomState(3), INITIALIZERS[name])
    np.testing.assert_allclose(model.model_.parameters, expected, rtol=0, atol=1e-290)
    by_object = started(INITIALIZERS[name], hidden_layer_sizes=(4, 5))
    np.testing.assert_array_equal(by_object.coefs_[0], model.coefs_[0])


def test_initializer_none_equals_scikit_learns() -> None:
    named = started("random_bias_uniform", hidden_layer_sizes=(4, 5))
    np.testing.assert_array_equal(
        started(None, hidden_layer_sizes=(4, 5)).coefs_[1], named.coefs_[1]
    )


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(
    ("activation", "stretch", "lowest"), [("tanh", 1.0, -1.0), ("logistic", 2.0, 0.0)]
)
def test_nguyen_widrow_covers_what_reaches_a_layer(
    activation: str, stretch: float, lowest: float, sparse: bool
) -> None:
    """Column ranges for the first layer, the activation's range for the second."""
    g = Tanh() if activation == "tanh" else Sigmoid()
    net = Network(3, (Dense(20, g), Dense(10, g), Dense(1)))
    rows = sp.csr_array(X) if sparse else X
    default = RandomBiasUniform()
    arrays = Arrays(rows, np.zeros((X.shape[0], 1)))
    theta = first_parameters("nguyen_widrow", default, net, arrays, np.random.RandomState(0))
    (W1, b1), (W2, b2), (W3, b3) = net.weights_and_biases(theta)
    low, high = X.min(axis=0), X.max(axis=0)
    for W, b, least, most in (
        (W1, b1, low, high),
        (W2, b2, np.full(20, lowest), np.ones(20)),
    ):
        on_unit_cube = W * ((most - least) / 2)[:, None]
        length = stretch * 0.7 * W.shape[1] ** (1 / W.shape[0])
        np.testing.assert_allclose(np.linalg.norm(on_unit_cube, axis=0), length, rtol=1e-12)
        centre = b + (least + most) / 2 @ W
        assert np.abs(centre).max() <= length
    bound = math.sqrt(6 / 11)
    assert np.abs(W3).max() < bound
    assert np.abs(b3).max() < bound


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"initializer": "glorot_unifrom"}, "did you mean 'glorot_uniform'"),
        ({"initializer": "zeros"}, "not known. Known are 'glorot_normal'"),
        ({"initializer": 3}, "'initializer' parameter"),
        ({"initializer": "nguyen_widrow"}, "ReLU does not have: take activation='tanh'"),
        *(
            (
                {"initializer": "nguyen_widrow", "activation": "tanh"} | given,
                "leave out normalization and residual",
            )
            for given in (
                {"normalization": "batch"},
                {"normalization": "layer"},
                {"residual": True},
            )
        ),
    ],
)
def test_refusals(parameters: dict[str, Any], message: str) -> None:
    for estimator in (MLPClassifier, MLPRegressor):
        with pytest.raises(ValueError, match=message):
            estimator(**parameters).fit(X, np.arange(60) % 2)


def test_biases_of_pytorchs_linear_layers_have_the_bound_of_their_weights() -> None:
    _, b = FanInUniform().draw(np.random.default_rng(0), 16, 60_000)
    assert 0.999 / 4 < b.max() < 1 / 4
    assert -1 / 4 < b.min() < -0.999 / 4
