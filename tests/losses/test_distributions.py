"""Likelihoods of distributions: PyTorch's and SciPy's numbers, differences, and wild scores."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from rosenblatt import losses
from rosenblatt.losses import Gaussian, GaussianMixture, Loss, NegativeBinomial, Poisson
from tests.support.members import SPREADS, central_difference, targets

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "distributions.json").read_text())


@pytest.mark.parametrize("run", GOLDEN["runs"], ids=lambda run: f"{run['name']}{run['fields']}")
def test_pytorchs_numbers(run: dict[str, Any]) -> None:
    loss = getattr(losses, run["name"])(**run["fields"])
    s, y, u = (np.array(run[name]) for name in ("scores", "y", "direction"))
    np.testing.assert_allclose(loss.value(s, y[:, None]), run["value"], rtol=1e-12)
    gradient = loss.gradient(s, y[:, None])
    np.testing.assert_allclose(gradient, run["gradient"], rtol=1e-11, atol=1e-13)
    # PyTorch 2.13's trigamma has nine digits.
    np.testing.assert_allclose(
        loss.hessian_product(s, y[:, None], u), run["hessian_product"], rtol=1e-7, atol=1e-8
    )


@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("loss", SPREADS, ids=repr)
def test_derivatives(loss: Loss, n_targets: int) -> None:
    n, k = 20, n_targets * loss.outputs_per_target
    s, y = np.random.default_rng(1).normal(0, 1, (n, k)), targets(loss, n, k)
    for unit in np.eye(k):
        value = central_difference(lambda h, e=unit: loss.value(s + h * e, y), 0.0, 1e-3)
        along = loss.gradient(s, y) @ unit
        assert np.abs(along - value).max() < 1e-7 * max(1, np.abs(along).max())
        turn = central_difference(lambda h, e=unit: loss.gradient(s + h * e, y), 0.0, 1e-3)
        found = loss.hessian_product(s, y, np.tile(unit, (n, 1)))
        assert np.abs(found - turn).max() < 1e-7 * max(1, np.abs(found).max())


def test_scipys_densities() -> None:
    s = np.array([[0.3, -1.2]])
    sigma = math.exp(10 * math.tanh(-0.12))
    value = Gaussian().value(s, np.array([[1.5]]))
    np.testing.assert_allclose(value, -stats.norm(0.3, sigma).logpdf(1.5), rtol=1e-13)
    alpha, mu = sigma, math.exp(0.3)
    expected = -stats.nbinom(1 / alpha, 1 / (1 + alpha * mu)).logpmf(4)
    value = NegativeBinomial().value(s, np.array([[4.0]]))
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    scores = np.array([[-1.0, 2.0, 0.4, -0.2, 0.0, 0.5]])
    pi = 1 / (1 + math.exp(-0.6))
    one, two = stats.norm(-1, 1), stats.norm(2, math.exp(10 * math.tanh(0.05)))
    expected = -math.log(pi * one.pdf(0.7) + (1 - pi) * two.pdf(0.7))
    value = GaussianMixture(2).value(scores, np.array([[0.7]]))
    np.testing.assert_allclose(value, expected, rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", SPREADS, ids=repr)
def test_wild_scores_overflow_nothing(loss: Loss, dtype: Any) -> None:
    """σ is bounded, however far its score is out, and no density underflows to ln 0."""
    k = loss.outputs_per_target
    s = np.random.default_rng(0).choice([-60.0, 0.0, 60.0], (200, k)).astype(dtype)
    y = targets(loss, 200, k).astype(dtype)
    for found in (loss.value(s, y), loss.gradient(s, y), loss.hessian_product(s, y, s)):
        assert found.dtype == dtype
        assert np.isfinite(found).all()
    assert np.isfinite(loss.inverse_link(s)).all()


def test_without_dispersion_counts_are_poissons() -> None:
    s, y = np.array([[1.1, -60.0]]), np.array([[5.0]])
    assert NegativeBinomial().value(s, y)[0] == pytest.approx(
        -stats.poisson(math.exp(1.1)).logpmf(5), rel=1e-4
    )
    np.testing.assert_allclose(
        NegativeBinomial().gradient(s, y)[0, 0], Poisson().gradient(s[:, :1], y)[0, 0], rtol=1e-3
    )


def test_a_mixture_of_one_is_a_gaussian() -> None:
    rng = np.random.default_rng(0)
    s, y = rng.normal(size=(9, 2)), rng.normal(size=(9, 1))
    as_mixture = np.stack([s[:, 0], rng.normal(size=9), s[:, 1]], axis=1)
    np.testing.assert_allclose(
        GaussianMixture(1).value(as_mixture, y), Gaussian().value(s, y), rtol=1e-12
    )


@pytest.mark.parametrize("loss", SPREADS, ids=repr)
def test_the_point_is_the_mean(loss: Loss) -> None:
    """Also of several networks: the mean of their predictions has the mean of their points."""
    P = loss.outputs_per_target
    s = np.random.default_rng(3).normal(size=(2, 5, 2 * P))
    predictions = [loss.inverse_link(each) for each in s]
    points = [loss.point(each) for each in predictions]
    assert points[0].shape == (5, 2)
    np.testing.assert_allclose(loss.point(np.mean(predictions, axis=0)), np.mean(points, axis=0))
    if isinstance(loss, Gaussian):
        np.testing.assert_array_equal(points[0], s[0][:, ::2])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Gaussian(0.0), "above 0 and at most 40, got 0.0"),
        (lambda: NegativeBinomial(math.inf), "above 0"),
        (lambda: GaussianMixture(2, -1.0), "limit of GaussianMixture"),
        (lambda: GaussianMixture(0), "from 1 to 32, got 0"),
        (lambda: GaussianMixture(33), "from 1 to 32"),
    ],
)
def test_fields_out_of_range_are_refused(make: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()
