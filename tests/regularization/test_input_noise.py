"""Input noise: its distribution, both engines' numbers, and the estimators' parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import kstest, norm
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.preprocessing import scale

from rosenblatt import MLPRegressor
from rosenblatt.activations import Tanh
from rosenblatt.backprop import backpropagate, forward
from rosenblatt.engine import EpochPlan
from rosenblatt.engine.native import NativeObjective, NativeTrainer
from rosenblatt.engine.optimizer_state import OptimizerState
from rosenblatt.engine.reference import ReferenceObjective, ReferenceTrainer
from rosenblatt.losses import SquaredError
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import SGD
from rosenblatt.problem import Arrays, Problem
from rosenblatt.regularization.input_noise import gaussian_noise
from rosenblatt.regularization.penalties import L2
from rosenblatt.support.philox import Draws, Stream
from tests.support.members import network, parameters

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = (scale(a) for a in load_diabetes(return_X_y=True))
SEED = 0x123456789ABCDEF
SETTINGS: dict[str, Any] = {"hidden_layer_sizes": 20, "random_state": 0, "max_iter": 10}


def test_noise_is_normal_and_independent() -> None:
    noise = gaussian_noise(Stream(3, 4, 0), (1000, 37), 0.5, np.float64)
    assert kstest(noise.ravel() / 0.5, norm.cdf).pvalue > 1e-3
    correlation = np.corrcoef(noise.T) - np.eye(37)
    assert np.abs(correlation).max() < 5 / np.sqrt(1000)
    flat = noise.ravel()
    for lag in (1, 15, 16, 17, 32, 64):
        r = np.corrcoef(flat[lag:], flat[:-lag])[0, 1]
        assert abs(r) < 5 / np.sqrt(len(flat))


def test_a_larger_batch_begins_with_the_smaller_ones_noise() -> None:
    small, large = (gaussian_noise(Stream(1, 2, 0), (n, 7), 1.0, np.float64) for n in (10, 30))
    np.testing.assert_array_equal(large[:10], small)


def drawn_natively(n: int, columns: int, dtype: Any, threads: int) -> Any:
    """With the weight of one row alone, a step moves a linear unit by that row's inputs."""
    problem = Problem(Network(columns, (Dense(1),), 0.5), SquaredError(), L2(), SGD(1.0))
    rows = []
    for row in range(n):
        weights, theta = np.zeros(n, dtype), np.zeros(columns + 1, dtype)
        weights[row] = 1
        arrays = Arrays(np.zeros((n, columns), dtype), -np.full((n, 1), 1, dtype), weights)
        memory = OptimizerState.of(problem.optimizer, theta)
        memory.seed = SEED
        memory.steps[0] = 7
        NativeTrainer(problem, arrays, theta, memory, threads).epoch(EpochPlan(None, n, np.ones(1)))
        # δ = w (0 - y) / (n·w̄) = 1, and the step is -1 times it.
        rows.append(-theta[:-1])
    return np.array(rows)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [1, 3])
def test_both_engines_add_the_same(threads: int, dtype: Any) -> None:
    expected = gaussian_noise(Stream(SEED, 7, 0), (20, 33), 0.5, np.float64)
    tolerance = 2e-6 if dtype == np.float32 else 1e-14
    np.testing.assert_allclose(drawn_natively(20, 33, dtype, threads), expected, atol=tolerance)


def test_a_prediction_adds_nothing() -> None:
    net, theta = network(Tanh(), 3, 4, 2, input_noise=0.5), parameters(network(Tanh(), 3, 4, 2))
    rows = np.random.default_rng(0).standard_normal((5, 3))
    np.testing.assert_array_equal(forward(net, theta, rows).a[0], rows)
    noisy = forward(net, theta, rows, Draws(1, 2)).a[0]
    np.testing.assert_allclose(noisy - rows, gaussian_noise(Stream(1, 2, 0), (5, 3), 0.5, float))


def test_mismatched_shapes_are_refused() -> None:
    net = network(Tanh(), 3, 4, 2, input_noise=0.5)
    with pytest.raises(ValueError, match="needs `draws`"):
        backpropagate(net, parameters(net), np.zeros((1, 3)), np.zeros((1, 2)), SquaredError())
    arrays = Arrays(np.zeros((4, 3)), np.zeros((4, 2)))
    for objective in (
        lambda: ReferenceObjective(net, SquaredError(), L2(), arrays),
        lambda: NativeObjective(net, SquaredError(), L2(), arrays, 1),
    ):
        with pytest.raises(ValueError, match="no input noise"):
            objective()
    sparse, theta = Arrays(sp.csr_array((4, 3)), np.zeros((4, 2))), parameters(net)
    problem = Problem(net, SquaredError(), L2(), SGD())
    memory = OptimizerState.of(problem.optimizer, theta)
    for trainer in (
        lambda: ReferenceTrainer(problem, sparse, theta, memory),
        lambda: NativeTrainer(problem, sparse, theta, memory, 1),
    ):
        with pytest.raises(ValueError, match="needs dense inputs"):
            trainer()
    for sigma in (-0.1, np.inf, np.nan):
        with pytest.raises(ValueError, match="input_noise must be 0 or more"):
            Network(3, (Dense(1),), sigma)


# Through the estimators.


def test_a_seed_means_the_same_every_time() -> None:
    fits = [MLPRegressor(**SETTINGS, input_noise=0.3).fit(X, Y) for _ in range(2)]
    assert fits[0].loss_curve_ == fits[1].loss_curve_
    assert fits[0].loss_curve_ != MLPRegressor(**SETTINGS).fit(X, Y).loss_curve_
    assert fits[0].model_.network.input_noise == 0.3
    assert clone(fits[0]).input_noise == 0.3


def test_of_a_linear_model_it_is_a_ridge_penalty() -> None:
    """E‖(X + σN) w - y‖² = ‖X w - y‖² + n σ² ‖w‖² (Bishop 1995, exactly, for a linear unit)."""
    sigma = 0.7
    model = MLPRegressor(
        hidden_layer_sizes=(1,),
        activation="identity",
        solver="sgd",
        momentum=0.0,
        learning_rate_init=0.02,
        alpha=0.0,
        batch_size=442,
        input_noise=sigma,
        max_iter=1,
        random_state=0,
    )
    plain = clone(model).set_params(input_noise=0.0)
    # The mean over many steps from one start: gradients of the same weights.
    noisy = [model.set_params(random_state=seed).fit(X, Y).loss_curve_[0] for seed in range(30)]
    quiet = [plain.set_params(random_state=seed).fit(X, Y).loss_curve_[0] for seed in range(30)]
    tiny = [
        clone(plain).set_params(random_state=seed, learning_rate_init=1e-300).fit(X, Y).coefs_
        for seed in range(30)
    ]
    added = [sigma**2 * float(((W @ v) ** 2).sum()) / 2 for W, v in tiny]
    assert np.mean(np.subtract(noisy, quiet)) == pytest.approx(np.mean(added), rel=0.1)


@pytest.mark.parametrize("sigma", [-0.1, np.inf, np.nan, "much", None])
def test_deviations_that_are_none(sigma: Any) -> None:
    with pytest.raises(ValueError, match="input_noise"):
        MLPRegressor(**SETTINGS, input_noise=sigma).fit(X, Y)


def test_sparse_rows_and_lbfgs_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"input_noise=.* does not go with sparse X.*X.toarray\(\)"
    ):
        MLPRegressor(**SETTINGS, input_noise=0.1).fit(sp.csr_array(X), Y)
    with pytest.raises(ValueError, match=r"input_noise=.* does not go with solver=.*takes batches"):
        MLPRegressor(**SETTINGS, input_noise=0.1, solver="lbfgs").fit(X, Y)
