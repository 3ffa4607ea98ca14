"""`MLPRegressor` with losses of distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rosenblatt import MLPRegressor
from rosenblatt.errors import InputError
from rosenblatt.losses import Gaussian, GaussianMixture

pytestmark = pytest.mark.filterwarnings("ignore:Stochastic Optimizer")  # epochs enough for these

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (600, 1))
SIGMA = np.exp(X[:, 0])
Y = 2 * X[:, 0] + SIGMA * RNG.normal(size=600)
COUNTS = RNG.negative_binomial(2, 0.3, 600).astype(float)


def network(loss: object) -> MLPRegressor:
    return MLPRegressor(
        loss, 16, "tanh", learning_rate_init=0.01, max_iter=60, tol=0, random_state=0
    )


def test_the_noise_of_a_row_is_learnt() -> None:
    reg = network("gaussian").fit(X, Y)
    assert reg.n_outputs_ == 2
    assert reg.predict(X).shape == (600,)
    distribution = reg.predict_distribution(X)
    np.testing.assert_allclose(distribution.mean, reg.predict(X))
    assert reg.score(X, Y) > 0.3
    expected = stats.norm(distribution.mean, np.sqrt(distribution.variance)).logpdf(Y).mean()
    assert reg.log_likelihood(X, Y) == pytest.approx(expected, rel=1e-10)
    assert reg.loss_ == pytest.approx(-reg.log_likelihood(X, Y), abs=0.1)
    assert expected > stats.norm(2 * X[:, 0], (Y - 2 * X[:, 0]).std()).logpdf(Y).mean()


def test_counts_and_mixtures() -> None:
    counts = network("negative_binomial").fit(X, COUNTS)
    poisson = network("poisson").fit(X, COUNTS)
    assert counts.log_likelihood(X, COUNTS) > poisson.log_likelihood(X, COUNTS) + 0.2
    two = np.where(RNG.uniform(size=600) < 0.3, -4.0, 4.0) + 0.2 * RNG.normal(size=600)
    mixture = network(GaussianMixture(2)).fit(X, two)
    assert mixture.log_likelihood(X, two) > network("gaussian").fit(X, two).log_likelihood(X, two)


def test_several_targets_have_means_and_no_distribution() -> None:
    reg = network(Gaussian()).fit(X, np.column_stack([Y, -Y]))
    assert reg.n_outputs_ == 4
    assert reg.predict(X).shape == (600, 2)
    with pytest.raises(InputError, match="there are several targets"):
        reg.predict_distribution(X)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="not all whole numbers from 0"):
        network("negative_binomial").fit(X, Y)
    with pytest.raises(InputError, match="SquaredError predicts no distribution"):
        network("squared_error").fit(X, Y).predict_distribution(X)
    with pytest.raises(ValueError, match="parameters of a distribution"):
        network("gaussian").fit(X, Y).to_c()
