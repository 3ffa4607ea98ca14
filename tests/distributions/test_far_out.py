"""Distributions with huge and with infinite parameters: numbers, inf or NaN, and all end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy import inf, nan
from scipy import stats

from rosenblatt.distributions import (
    Counts,
    Distribution,
    Gaussians,
    distribution_of,
    weighted_mean,
)
from rosenblatt.losses import Gaussian, GaussianMixture, NegativeBinomial, Poisson

pytestmark = pytest.mark.filterwarnings("error")
LARGEST = np.finfo(float).max


def counts(rate: Any, dispersion: Any, weights: Any = 1.0) -> Distribution:
    rate, dispersion = np.atleast_2d(rate).astype(float), np.atleast_2d(dispersion).astype(float)
    rate, dispersion = np.broadcast_arrays(rate, dispersion)
    return Distribution(Counts(rate, dispersion), np.broadcast_to(weights, rate.shape))


def normals(location: Any, scale: Any, weights: Any = 1.0) -> Distribution:
    location, scale = np.atleast_2d(location).astype(float), np.atleast_2d(scale).astype(float)
    location, scale = np.broadcast_arrays(location, scale)
    return Distribution(Gaussians(location, scale), np.broadcast_to(weights, location.shape))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("dispersion", [0.0, 4.5e-5, 1.0, 2.2e4])
def test_an_infinite_rate(dispersion: float) -> None:
    ours = counts(inf, dispersion)
    assert [ours.mean[0], ours.variance[0], ours.sample(rng())[0]] == [inf] * 3
    assert ours.cdf(5.0) == ours.cdf(LARGEST) == 0
    assert ours.cdf(inf) == 1
    assert ours.log_prob(0.0) == ours.log_prob(1e300) == ours.log_prob(inf) == -inf
    for q in (1e-9, 0.1, 0.9):
        assert ours.quantile(q) == inf


def test_an_infinite_dispersion_is_the_limit() -> None:
    """At a rate that stays, all but the smallest share of the counts becomes 0."""
    ours, near = counts(3.0, inf), counts(3.0, 1e300)
    assert ours.variance == inf
    for d in (ours, near):
        assert d.mean == 3
        assert [d.cdf(0.0)[0], d.quantile(0.9)[0], d.sample(rng())[0]] == [1, 0, 0]
        assert abs(d.log_prob(0.0)[0]) < 1e-290
        assert d.log_prob(2.0) < -600
    still = counts(0.0, inf)
    assert [still.variance[0], still.cdf(0.0)[0], still.sample(rng())[0]] == [0, 1, 0]


@pytest.mark.parametrize(
    "ours",
    [counts(nan, 0), counts(nan, 1), counts(2, nan), normals(nan, 1),
     normals(0, nan), counts([1, nan], 1, 0.5), normals([0, nan], 1, 0.5), normals(0, 1, nan),
     counts(1, 0, nan)],
)  # fmt: skip
def test_what_is_not_a_number_stays_so(ours: Distribution) -> None:
    found = [ours.variance, ours.cdf(5.0), ours.log_prob(2.0), ours.quantile(0.9)]
    assert np.isnan(found).all()
    if ours.weights.shape[1] == 1:
        assert np.isnan(ours.sample(rng())).all()


@pytest.mark.parametrize("dispersion", [0.0, 4.5e-5, 0.3, 1.0, 7.0, 2.2e4])
@pytest.mark.parametrize("rate", [1e9, 1e15, 1e19, 1e100, 1e250, 1e300])
def test_quantiles_of_huge_rates_end_and_have_their_share_below(
    rate: float, dispersion: float
) -> None:
    ours = counts(rate, dispersion)
    for q in (0.01, 0.5, 0.97):
        at = ours.quantile(q)
        if at == inf:
            assert ours.cdf(LARGEST) < q
        else:
            # Neighbouring floats are further apart than a Poisson's counts.
            assert ours.cdf(at) >= q - 1e-9
            assert ours.cdf(at * (1 - 1e-9) - 1) < q
    if dispersion:
        theirs = stats.gamma(1 / dispersion, scale=dispersion * rate / 1e5)  # the limit
        np.testing.assert_allclose(ours.cdf(rate)[0], theirs.cdf(rate / 1e5), rtol=1e-4)
    else:
        assert ours.cdf(rate)[0] == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("rate", [1e13, 1e17, 1e20, 1e22])
def test_a_dispersion_next_to_none(rate: float) -> None:
    """The least that a limit of 40 lets: normal, with a spread that is the dispersion's at last."""
    ours = counts(rate, 4e-18)
    spread = np.sqrt(rate + 4e-18 * rate**2)
    assert ours.cdf(rate + 2 * spread)[0] == pytest.approx(stats.norm.cdf(2), abs=1e-6)
    at = ours.quantile(0.9)[0]
    assert at == pytest.approx(rate + stats.norm.ppf(0.9) * spread, abs=1e-5 * spread + 1)


def test_a_rate_whose_product_with_the_dispersion_is_above_all_floats() -> None:
    """A gamma distribution of shape r: P(Y ≤ μ) and the density depend on r alone."""
    for rate, dispersion in ((1e305, 2.2e4), (1e308, 1e3)):
        ours, r = counts(rate, dispersion), 1 / dispersion
        assert ours.cdf(rate)[0] == pytest.approx(stats.gamma.cdf(r, r), rel=1e-12)
        expected = stats.gamma.logpdf(r, r) + np.log(r) - np.log(rate)
        assert ours.log_prob(rate)[0] == pytest.approx(expected, rel=1e-12)
        assert ours.variance[0] == inf
        assert ours.sample(rng())[0] >= 0


@pytest.mark.parametrize("rate", [1e6, 1e9, 1e12, 1e16, 1e20, 1e200])
def test_logarithms_of_the_probabilities_of_huge_counts(rate: float) -> None:
    """Stirling's formula in closed form, where differences of ln k! have no digit left."""
    k = np.floor(rate)
    poisson = counts(rate, 0.0).log_prob(k)[0]
    assert poisson == pytest.approx(-0.5 * np.log(2 * np.pi * k) - 1 / (12 * k), rel=1e-12)
    off = np.floor(k + 2 * np.sqrt(k))
    expected = stats.norm(rate, np.sqrt(rate)).logpdf(off) if off > k else poisson
    assert counts(rate, 0.0).log_prob(off)[0] == pytest.approx(expected, abs=2e-3)
    geometric = -k * np.log1p(1 / rate) - np.log1p(rate)  # the negative binomial of α = 1
    assert counts(rate, 1.0).log_prob(k)[0] == pytest.approx(geometric, rel=1e-12)
    for dispersion in (0.01, 3.0, 2e4):
        r = 1 / dispersion
        limit = stats.gamma.logpdf(r, r) + np.log(r) - np.log(rate)
        assert counts(rate, dispersion).log_prob(k)[0] == pytest.approx(limit, rel=1e-5)


def test_logarithms_where_the_formulas_meet() -> None:
    k = np.arange(99_990.0, 100_011)
    for rate in (9e4, 1e5, 1.2e5):
        ours = np.array([counts(rate, 0.0).log_prob(each)[0] for each in k])
        np.testing.assert_allclose(ours, stats.poisson.logpmf(k, rate), rtol=1e-8)
        for r in (0.01, 0.7, 1.0):
            found = np.array([counts(rate, 1 / r).log_prob(each)[0] for each in k])
            np.testing.assert_allclose(
                found, stats.nbinom.logpmf(k, r, 1 / (1 + rate / r)), rtol=1e-9
            )


def test_variances_above_all_floats_and_below() -> None:
    assert counts(1e200, 1.0).variance == inf
    assert counts(1e200, 0.0).variance == 1e200
    assert normals(0.0, 1e200).variance == inf
    assert normals([-1e308, 1.7e308], 1.0, 0.5).variance == inf
    assert normals([-inf, inf], 1.0, 0.5).variance == inf
    # Next to no weight makes the square of a huge number a float.
    ours = normals([0.0, 1e160], [1.0, 1e160], [[1.0, 1e-100]])
    assert ours.variance[0] == pytest.approx(2e220, rel=1e-12)
    ours = counts([1.0, 1e160], [0.0, 1.0], [[1.0, 1e-100]])
    assert ours.variance[0] == pytest.approx(2e220, rel=1e-12)


@pytest.mark.parametrize("far", [1e200, inf, -inf, nan])
def test_a_component_without_weight_is_of_no_consequence(far: float) -> None:
    ours, alone = normals([3.0, far], [2.0, abs(far)], [[1.0, 0.0]]), normals(3.0, 2.0)
    assert [ours.mean[0], ours.variance[0]] == [3, 4]
    for ask in ("cdf", "log_prob", "quantile"):
        assert getattr(ours, ask)(0.3) == pytest.approx(getattr(alone, ask)(0.3), rel=1e-14)
    assert np.isfinite(ours.sample(rng()))
    if far != -inf:
        some = counts([3.0, far], [0.5, abs(far)], [[1.0, 0.0]])
        assert [some.mean[0], some.variance[0], some.quantile(0.5)[0]] == [3, 7.5, 2]


def test_an_infinite_component_leaves_the_quantiles_below_its_share() -> None:
    ours = normals([0.0, inf], 1.0, 0.5)
    assert ours.quantile(0.25)[0] == pytest.approx(0, abs=1e-12)
    assert [ours.quantile(0.75)[0], ours.cdf(LARGEST)[0]] == [inf, 0.5]
    assert normals([0.0, -inf], 1.0, 0.5).quantile([0.2]) == -inf
    assert normals([0.0, -inf], 1.0, 0.5).quantile(0.75)[0] == pytest.approx(0, abs=1e-12)
    of_counts = counts([4.0, inf], 0.0, 0.5)
    assert of_counts.quantile(0.25) == stats.poisson(4).ppf(0.5)
    assert of_counts.quantile(0.75) == inf
    assert ours.mean == of_counts.mean == ours.variance == of_counts.variance == inf


def test_normal_numbers_at_the_ends_of_the_floats() -> None:
    ours = normals(-1.7e308, 1e308)
    assert ours.cdf(1.7e308)[0] == pytest.approx(stats.norm.cdf(3.4), rel=1e-14)
    expected = stats.norm.logpdf(3.4) - np.log(1e308)
    assert ours.log_prob(1.7e308)[0] == pytest.approx(expected, rel=1e-14)
    two = normals([-1.7e308, 1.7e308], 1e300, 0.5)
    assert two.quantile([0.25])[0] == pytest.approx(-1.7e308, rel=1e-12)
    wide = normals(3.0, inf)
    found = [wide.cdf(1e300)[0], wide.quantile(0.5)[0], wide.quantile(0.6)[0]]
    assert found == [0.5, 3, inf]
    assert wide.quantile(0.4) == wide.log_prob(3.0) == -inf
    for location in (inf, -inf):
        at = normals(location, 1.0)
        assert at.quantile(0.5) == at.sample(rng()) == at.mean == location
        assert at.cdf(0.0) == (location < 0)
        assert at.log_prob(0.0) == -inf


def test_samples_of_huge_rates() -> None:
    n = 20_000
    for rate in (1e11, 1e14, 9.3e18, 1e100):
        drawn = counts(np.full((n, 1), rate), 0.0).sample(rng())
        assert (drawn == np.floor(drawn)).all()
        if rate < 1e30:  # whose spread floats resolve
            assert stats.kstest((drawn - rate) / np.sqrt(rate), "norm").pvalue > 1e-3
        drawn = counts(np.full((n, 1), rate), 0.5).sample(rng())
        assert stats.kstest(drawn / rate, stats.gamma(2, scale=0.5).cdf).pvalue > 1e-3


def test_scores_far_out_make_no_warning_of_numpys() -> None:
    for value in (1e5, -1e5, 1e200, LARGEST, -LARGEST, inf, -inf, nan):
        for loss in (Gaussian(), GaussianMixture(2), NegativeBinomial(), Poisson()):
            for scale in (1.0, 1e150):
                scores = [np.full((2, loss.outputs_per_target), value), np.ones((2, 1))]
                scores[1] = np.ones_like(scores[0])
                ours = distribution_of(loss, scores, 0.0, scale)
                found = [ours.mean, ours.variance, ours.sample(rng())]
                found += [ours.cdf(2.0), ours.log_prob(2.0), ours.quantile(0.3)]
                assert np.shape(found) == (6, 2)


def test_a_mean_of_log_likelihoods() -> None:
    each = np.array([-inf, -1.0, -3.0])
    assert weighted_mean(each) == -inf
    assert weighted_mean(each, [0, 1, 1]) == -2
    assert weighted_mean(np.full(3, -LARGEST)) == -inf
    with pytest.raises(ZeroDivisionError):
        weighted_mean(each, [0, 0, 0])
