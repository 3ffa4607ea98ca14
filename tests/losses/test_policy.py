"""Policy gradients: SciPy's densities, differences, and what a step does to a policy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from rosenblatt import MLPClassifier, MLPRegressor
from rosenblatt.losses import GaussianPolicyGradient, Loss, PolicyGradient
from tests.support.members import central_difference

GAUSSIANS = [GaussianPolicyGradient(), GaussianPolicyGradient(0.2, 1.5)]


def acted(n: int, n_numbers: int) -> npt.NDArray[np.float64]:
    """Actions of several numbers and their advantages, of both signs."""
    return np.random.default_rng(0).standard_normal((n, n_numbers + 1))


def test_likelihoods_and_entropies_are_scipys() -> None:
    s = np.array([[0.3, -1.2, 0.8]])
    p = np.exp(s[0]) / np.exp(s).sum()
    value = PolicyGradient(0.2).value(s, np.array([[2.0, -1.5]]))
    expected = 1.5 * np.log(p[2]) - 0.2 * stats.entropy(p)
    np.testing.assert_allclose(value, expected, rtol=1e-13)

    loss, s = GaussianPolicyGradient(0.2, 3.0), np.array([[0.3, -1.2, 0.8, 0.5]])
    first, second = (stats.norm(m, np.exp(3 * np.tanh(t / 3))) for m, t in s.reshape(2, 2))
    value = loss.value(s, np.array([[0.1, 2.0, -1.5]]))
    expected = 1.5 * (first.logpdf(0.1) + second.logpdf(2.0))
    expected -= 0.2 * (first.entropy() + second.entropy())
    np.testing.assert_allclose(value, expected, rtol=1e-13)


@pytest.mark.parametrize("n_numbers", [1, 3])
@pytest.mark.parametrize("loss", GAUSSIANS, ids=repr)
def test_derivatives(loss: Loss, n_numbers: int) -> None:
    n, k = 20, 2 * n_numbers
    s, y = np.random.default_rng(1).normal(0, 1, (n, k)), acted(n, n_numbers)
    for unit in np.eye(k):
        value = central_difference(lambda h, e=unit: loss.value(s + h * e, y), 0.0, 1e-3)
        along = loss.gradient(s, y) @ unit
        assert np.abs(along - value).max() < 1e-7 * max(1, np.abs(along).max())
        turn = central_difference(lambda h, e=unit: loss.gradient(s + h * e, y), 0.0, 1e-3)
        found = loss.hessian_product(s, y, np.tile(unit, (n, 1)))
        assert np.abs(found - turn).max() < 1e-7 * max(1, np.abs(found).max())


def test_the_mean_gradient_is_that_of_the_mean_reward() -> None:
    """Σ_a π_a A_a ∂ln π_a/∂s is ∂/∂s of Σ_a π_a A_a, and a baseline changes nothing in it."""
    s, rewards = np.array([[0.4, -0.3, 0.1]]), np.array([1.0, -2.0, 0.5])
    loss = PolicyGradient()
    p = loss.inverse_link(s)[0]

    def expected(baseline: float) -> Any:
        each = [loss.gradient(s, np.array([[a, rewards[a] - baseline]]))[0] for a in range(3)]
        return p @ np.array(each)

    numeric = [
        central_difference(lambda h, e=e: float(loss.inverse_link(s + h * e)[0] @ rewards), 0, 1e-3)
        for e in np.eye(3)
    ]
    np.testing.assert_allclose(-expected(0.0), numeric, atol=1e-10)
    np.testing.assert_allclose(expected(0.7), expected(0.0), atol=1e-15)


@pytest.mark.parametrize("make", [PolicyGradient, GaussianPolicyGradient])
@pytest.mark.parametrize("entropy", [-0.1, float("inf"), float("nan")])
def test_entropy_is_finite_and_not_negative(make: Any, entropy: float) -> None:
    with pytest.raises(ValueError, match=f"entropy of {make.__name__} must be 0 or more"):
        make(entropy)


def test_estimators_leave_it_to_agents() -> None:
    X, y = np.eye(4), np.array([0, 1, 0, 1])
    for estimator in (
        MLPClassifier(loss=PolicyGradient()),
        MLPRegressor(loss=GaussianPolicyGradient()),
    ):
        with pytest.raises(ValueError, match="a loss of actions: the agents"):
            estimator.fit(X, y)
