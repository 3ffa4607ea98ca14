"""Families of distributions of one number, vectorised over rows and components."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, final

import numpy as np

from rosenblatt.losses.distributions import HALF_LN_2PI
from rosenblatt.support.late import late
from rosenblatt.support.types import BoolArray, Float64Array

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["Counts", "Family", "Gaussians"]

LARGEST = np.finfo(np.float64).max
MANY = 1e5  # counts of which differences of gammaln lose more digits than a series
MOST_DRAWN = 1e12  # of larger rates the skew is below 1e-6: they are drawn as normal numbers
FAR = 1e20  # counts of which neighbours are no different floats


class Family(ABC):
    """Distributions, one for each row and component; parameters have the shape (n, n_components).

    What `y` is given as has the shape (n, 1), or that of the parameters.
    """

    is_discrete: bool

    @property
    @abstractmethod
    def parameters(self) -> tuple[Float64Array, ...]:
        """The arrays that `of` takes."""

    @classmethod
    @abstractmethod
    def of(cls, parameters: Sequence[Float64Array]) -> Self:
        """Distributions with these parameters."""

    @property
    @abstractmethod
    def mean(self) -> Float64Array:
        """E[y]."""

    @property
    @abstractmethod
    def variance(self) -> Float64Array:
        """E[(y - E[y])²]."""

    @property
    @abstractmethod
    def deviation(self) -> Float64Array:
        """The root of the variance, a float where the variance is none."""

    @abstractmethod
    def cdf(self, y: Float64Array) -> Float64Array:
        """P(Y ≤ y)."""

    @abstractmethod
    def log_prob(self, y: Float64Array) -> Float64Array:
        """ln of the density, or of the probability of a count; -∞ where there is none."""

    @abstractmethod
    def sample(self, rng: np.random.Generator) -> Float64Array:
        """A number of each."""

    @abstractmethod
    def bracket(self, q: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Numbers on both sides of the q-quantile of every component."""


@final
@dataclass(frozen=True, eq=False)
class Gaussians(Family):
    """N(μ, σ²)."""

    location: Float64Array
    scale: Float64Array

    is_discrete = False

    @property
    def parameters(self) -> tuple[Float64Array, ...]:
        return self.location, self.scale

    @classmethod
    def of(cls, parameters: Sequence[Float64Array]) -> Self:
        return cls(*parameters)

    @property
    def mean(self) -> Float64Array:
        return self.location

    @property
    def variance(self) -> Float64Array:
        with np.errstate(over="ignore"):
            return self.scale**2

    @property
    def deviation(self) -> Float64Array:
        return self.scale

    def cdf(self, y: Float64Array) -> Float64Array:
        below: Float64Array = special.ndtr(self._standardised(y))
        return below

    def log_prob(self, y: Float64Array) -> Float64Array:
        with np.errstate(over="ignore"):  # where ln is below all floats it is -inf
            z = self._standardised(y)
            found: Float64Array = -0.5 * z * z - np.log(self.scale) - HALF_LN_2PI
        return found

    def sample(self, rng: np.random.Generator) -> Float64Array:
        with np.errstate(over="ignore", invalid="ignore"):
            drawn = rng.normal(self.location, self.scale)
        return np.where(np.isinf(self.location), self.location, drawn)

    def bracket(self, q: Float64Array) -> tuple[Float64Array, Float64Array]:
        normal = special.ndtri(q)
        with np.errstate(over="ignore", invalid="ignore"):
            at = self.location + np.where(normal == 0, 0, self.scale * normal)
        at = np.where(np.isinf(self.location), self.location, at)
        return at, at

    def _standardised(self, y: Float64Array) -> Float64Array:
        """(y - μ)/σ; ∞ where y is not below an infinite μ, as all that is drawn is at μ."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            half = y / 2 - self.location / 2  # as the difference may be above all floats
            z = np.where(np.isinf(half), half, 2 * (half / self.scale))
        is_number = ~np.isnan(y) & ~np.isnan(self.location) & ~np.isnan(self.scale)
        return np.where(np.isnan(z) & is_number, np.inf, z)


@final
@dataclass(frozen=True, eq=False)
class Counts(Family):
    """Counts of mean μ and variance μ + α μ²: negative binomial, and Poisson at α = 0."""

    rate: Float64Array
    dispersion: Float64Array

    is_discrete = True

    @property
    def parameters(self) -> tuple[Float64Array, ...]:
        return self.rate, self.dispersion

    @classmethod
    def of(cls, parameters: Sequence[Float64Array]) -> Self:
        return cls(*parameters)

    @property
    def mean(self) -> Float64Array:
        return self.rate

    @property
    def variance(self) -> Float64Array:
        with np.errstate(over="ignore"):
            return self.rate * (1 + self._odds)

    @property
    def deviation(self) -> Float64Array:
        root = np.sqrt(self.rate)
        with np.errstate(over="ignore", invalid="ignore"):
            excess = np.where(self._is_poisson, 0, np.sqrt(self.dispersion) * root)
            return root * np.hypot(1, excess)

    def cdf(self, y: Float64Array) -> Float64Array:
        k, r = np.maximum(np.floor(y), 0), self._shape
        of_poisson = special.pdtr(k, self.rate)
        below = special.betainc(r, k + 1, 1 / (1 + self._odds))
        if (k > MOST_DRAWN).any():
            # Far out counts are normal and gamma variates, and SciPy's functions NaN at times.
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                normal = special.ndtr((k - self.rate) / self.deviation)
                gamma = special.gammainc(r, k / self.rate * r)
            of_poisson = np.where(k > FAR, normal, of_poisson)
            below = np.where((k > FAR) & (self._odds > FAR), gamma, below)
            below = np.where((k > MOST_DRAWN) & (r > MOST_DRAWN), normal, below)
        found = np.where(self._is_poisson, of_poisson, below)
        found = np.where(np.isinf(self.dispersion), 1, found)  # 0 is as good as certain
        found = np.where(np.isinf(self.rate), 0, found)
        found = np.where(y < 0, 0, np.where(y == np.inf, 1, found))
        return np.where(self._is_nan, np.nan, found)

    def log_prob(self, y: Float64Array) -> Float64Array:
        is_count = (y >= 0) & (y == np.floor(y)) & np.isfinite(y)
        k = np.where(is_count, y, 0)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = np.where(self._is_poisson, self._ln_poisson(k), self._ln_negative_binomial(k))
        found = np.where(np.isinf(self.dispersion), np.where(k == 0, 0, -np.inf), found)
        found = np.where(np.isinf(self.rate), -np.inf, found)
        found = np.where(self._is_nan, np.nan, found)
        return np.where(is_count, found, -np.inf)

    def sample(self, rng: np.random.Generator) -> Float64Array:
        with np.errstate(over="ignore", invalid="ignore"):
            drawn = rng.standard_gamma(self._shape)
            mixed = drawn * np.where(np.isinf(self._odds), self.dispersion, self._odds)
            mixed = np.where(np.isinf(self._odds), mixed * self.rate, mixed)
        mixed = np.where(np.isinf(self.dispersion), 0, mixed)
        rate = np.where(self._is_poisson | np.isinf(self.rate), self.rate, mixed)
        rate = np.where(self._is_nan, np.nan, rate)
        is_small = rate <= MOST_DRAWN
        counts = rng.poisson(np.where(is_small, rate, 0)).astype(np.float64)
        if is_small.all():
            return counts
        with np.errstate(over="ignore", invalid="ignore"):
            normal = np.rint(rate + np.sqrt(rate) * rng.standard_normal(rate.shape))
        return np.where(is_small, counts, np.where(np.isinf(rate), rate, normal))

    def bracket(self, q: Float64Array) -> tuple[Float64Array, Float64Array]:
        low, high = np.full(self.rate.shape, -1.0), np.minimum(np.ceil(self.rate) + 1, LARGEST)
        while (short := (self.cdf(high) < q) & (high < LARGEST)).any():
            high = np.where(short, 2 * np.minimum(high, LARGEST / 2), high)
        return low, high

    @property
    def _is_poisson(self) -> BoolArray:
        return self.dispersion == 0

    @property
    def _is_nan(self) -> BoolArray:
        return np.isnan(self.rate) | np.isnan(self.dispersion)

    @property
    def _shape(self) -> Float64Array:
        """r = 1/α, or 1 where it has no part."""
        with np.errstate(over="ignore"):
            return 1 / np.where(self._is_poisson, 1, self.dispersion)

    @property
    def _odds(self) -> Float64Array:
        """α μ, which is 0 where one of them is, and inf where it is above all floats."""
        with np.errstate(over="ignore", invalid="ignore"):
            odds = self.dispersion * self.rate
        return np.where(self._is_poisson | (self.rate == 0), 0, odds)

    def _ln_poisson(self, k: Float64Array) -> Float64Array:
        near = special.xlogy(k, self.rate) - self.rate - special.gammaln(k + 1)
        # Of large counts Stirling's series, whose large terms are gathered: k (t - ln(1 + t)).
        t = (self.rate - k) / k
        series = t * t * (1 / 2 - t * (1 / 3 - t * (1 / 4 - t * (1 / 5 - t * (1 / 6 - t / 7)))))
        # Of a rate far below the count 1 + t has lost its digits.
        ln_ratio = np.where(t < -0.5, np.log(self.rate) - np.log(k), np.log1p(t))
        gap = np.where(np.abs(t) < 1e-3, series, t - ln_ratio)
        far = -k * gap - 0.5 * np.log(k) - HALF_LN_2PI - 1 / (12 * k)
        return np.where(k > MANY, far, near)

    def _ln_negative_binomial(self, k: Float64Array) -> Float64Array:
        r, odds = self._shape, self._odds
        near = special.gammaln(k + r) - special.gammaln(k + 1)
        ratio = np.where(k > MANY * np.maximum(r, 1), (r - 1) * np.log(k + r / 2), near)
        ln_odds = np.where(
            np.isinf(odds), np.log(self.dispersion) + np.log(self.rate), np.log1p(odds)
        )
        rest = special.xlog1py(-k, r / self.rate) - r * ln_odds
        found: Float64Array = ratio - special.gammaln(r) + rest
        return found
