"""Distributions of rows against SciPy's, and the units they are in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from rosenblatt.distributions import Counts, Distribution, Gaussians, distribution_of
from rosenblatt.errors import InputError
from rosenblatt.losses import (
    Gaussian,
    GaussianMixture,
    Loss,
    NegativeBinomial,
    Poisson,
    SquaredError,
)

N = 40
RNG = np.random.default_rng(0)
MU, SIGMA = RNG.normal(size=(2, N, 3))
SIGMA, WEIGHTS = np.exp(SIGMA), RNG.dirichlet([1, 2, 3], N)
RATE, ALPHA = np.exp(MU + 1), SIGMA
NORMAL = (Gaussians(MU, SIGMA), stats.norm(MU, SIGMA), RNG.normal(size=N))
NEGATIVE = (
    Counts(RATE, ALPHA),
    stats.nbinom(1 / ALPHA, 1 / (1 + ALPHA * RATE)),
    RNG.poisson(4, N).astype(float),
)
POISSON = (Counts(RATE, np.zeros_like(RATE)), stats.poisson(RATE), NEGATIVE[2])
each_family = pytest.mark.parametrize(
    ("family", "theirs", "y"), [NORMAL, NEGATIVE, POISSON], ids=["normal", "negative", "poisson"]
)


@each_family
def test_scipys_numbers(family: Any, theirs: Any, y: Any) -> None:
    ours, column = Distribution(family, WEIGHTS), y[:, None]
    density = theirs.pmf if family.is_discrete else theirs.pdf
    for found, expected in (
        (ours.log_prob(y), np.log((WEIGHTS * density(column)).sum(axis=1))),
        (ours.cdf(y), (WEIGHTS * theirs.cdf(column)).sum(axis=1)),
        (ours.mean, (WEIGHTS * theirs.mean()).sum(axis=1)),
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)
    second = (WEIGHTS * (theirs.var() + theirs.mean() ** 2)).sum(axis=1)
    np.testing.assert_allclose(ours.variance, second - ours.mean**2, rtol=1e-9)


@each_family
@pytest.mark.parametrize("q", [1e-6, 0.1, 0.5, 0.999])
def test_a_quantile_is_the_first_number_with_as_much_below(
    family: Any, theirs: Any, y: Any, q: float
) -> None:
    ours = Distribution(family, WEIGHTS)
    at = ours.quantile(q)
    below = (WEIGHTS * theirs.cdf(at[:, None])).sum(axis=1)
    if family.is_discrete:
        assert (at == np.floor(at)).all()
        assert (below >= q).all()
        assert ((WEIGHTS * theirs.cdf(at[:, None] - 1)).sum(axis=1) < q).all()
    else:
        np.testing.assert_allclose(below, q, rtol=1e-9)
    one = Distribution(type(family).of([p[:, :1] for p in family.parameters]), np.ones((N, 1)))
    np.testing.assert_allclose(one.quantile(q), theirs.ppf(q)[:, 0], rtol=1e-9)


@each_family
def test_samples_have_the_mean_and_the_spread(family: Any, theirs: Any, y: Any) -> None:
    ours, rng = Distribution(family, WEIGHTS), np.random.default_rng(1)
    drawn = np.array([ours.sample(rng) for _ in range(3000)])
    error = (drawn.mean(axis=0) - ours.mean) / np.sqrt(ours.variance / 3000)
    assert np.abs(error).max() < 4.5
    np.testing.assert_allclose((drawn <= y).mean(axis=0), ours.cdf(y), atol=0.05)


@pytest.mark.parametrize("loss", [Gaussian(), GaussianMixture(4)], ids=repr)
def test_a_density_is_in_the_targets_unit(loss: Loss) -> None:
    """Its integral is 1 (the factor of the unit is in it), and networks are mixed, not averaged."""
    scores = np.random.default_rng(2).normal(size=(3, 1, loss.outputs_per_target))
    mixed = distribution_of(loss, list(scores), 50.0, 20.0)
    total, _ = integrate.quad(lambda y: np.exp(mixed.log_prob(y)[0]), -2000, 2000, points=[50.0])
    assert total == pytest.approx(1, abs=1e-6)
    y = 37.0
    each = [-loss.value(s, np.array([[(y - 50) / 20]]))[0] for s in scores]
    assert mixed.log_prob(y)[0] == pytest.approx(np.log(np.mean(np.exp(each)) / 20), rel=1e-10)


def test_counts_of_networks_are_mixed() -> None:
    scores = np.random.default_rng(2).normal(size=(3, 5, 2))
    y = np.array([0.0, 1.0, 2.0, 3.0, 8.0])
    mixed = distribution_of(NegativeBinomial(), list(scores))
    each = [-NegativeBinomial().value(s, y[:, None]) for s in scores]
    expected = np.log(np.exp(each).mean(axis=0))
    np.testing.assert_allclose(mixed.log_prob(y), expected, rtol=1e-10)
    of_poisson = distribution_of(Poisson(), [scores[0][:, :1]])
    expected = stats.poisson(np.exp(scores[0][:, 0])).logpmf(y)
    np.testing.assert_allclose(of_poisson.log_prob(y), expected, rtol=1e-10)


def test_what_is_no_count_has_no_probability() -> None:
    ours = Distribution(Counts(np.ones((2, 1)), np.ones((2, 1))), np.ones((2, 1)))
    assert (ours.log_prob([0.5, -1.0]) == -np.inf).all()
    assert ours.cdf(-1.0).tolist() == [0, 0]


def test_refusals() -> None:
    ours = Distribution(Gaussians(np.zeros((2, 1)), np.ones((2, 1))), np.ones((2, 1)))
    for q in (0.0, 1.0, np.nan, [0.5, 2.0]):
        with pytest.raises(InputError, match="between 0 and 1"):
            ours.quantile(q)
    with pytest.raises(InputError, match="each of the 2 rows"):
        ours.cdf([1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="SquaredError predicts no distribution"):
        distribution_of(SquaredError(), [np.zeros((2, 1))])


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_far_from_every_number_the_logarithm_is_minus_infinity() -> None:
    ones = np.ones((3, 1))
    far = np.array([1e200, -1e305, np.finfo(float).max])
    assert (Gaussians(0 * ones, 0.1 * ones).log_prob(far[:, None]) == -np.inf).all()
    counts = np.array([[1e306], [1e307], [np.finfo(float).max]])
    # ln 2^-(k + 1), a float although ln k! is none; of mean 0.1 it is ln 11^-k, below all floats.
    of_geometric = Counts(ones, ones).log_prob(counts)
    np.testing.assert_allclose(of_geometric, -counts * np.log(2), rtol=1e-14)
    assert (Counts(0.1 * ones, ones).log_prob(counts)[2] == -np.inf).all()
    assert np.isnan(Counts(np.nan * ones, ones).log_prob(ones)).all()


def test_what_is_no_generator_and_no_number_is_refused() -> None:
    distribution = Distribution(Gaussians(MU, SIGMA), WEIGHTS)
    for rng in (5, None, "a"):
        with pytest.raises(InputError, match=f"rng is a {type(rng).__name__}: give a generator"):
            distribution.sample(rng)  # type: ignore[arg-type]
    for ask in (distribution.cdf, distribution.log_prob, distribution.quantile):
        for values in ("x", {}):
            with pytest.raises(TypeError, match=f"values is of the type {type(values).__name__}"):
                ask(values)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [1e-20, 3.0, 1e4])
def test_counts_far_above_their_rate(rate: float) -> None:
    counts = 10.0 ** np.arange(6, 101, 2)
    found = Counts(np.full(len(counts), rate), np.zeros(len(counts))).log_prob(counts)
    np.testing.assert_allclose(found, stats.poisson.logpmf(counts, rate), rtol=1e-13)
