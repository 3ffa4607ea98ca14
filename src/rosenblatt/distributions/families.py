"""Families of distributions of one number, vectorised over rows and components."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, final

import numpy as np

from rosenblatt.losses.distributions import HALF_LN_2PI
from rosenblatt.support.late import late
from rosenblatt.support.types import Float64Array

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["Counts", "Family", "Gaussians"]


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
        return self.scale**2

    def cdf(self, y: Float64Array) -> Float64Array:
        below: Float64Array = special.ndtr((y - self.location) / self.scale)
        return below

    def log_prob(self, y: Float64Array) -> Float64Array:
        with np.errstate(over="ignore"):  # where ln is below all floats it is -inf
            z = (y - self.location) / self.scale
            found: Float64Array = -0.5 * z * z - np.log(self.scale) - HALF_LN_2PI
        return found

    def sample(self, rng: np.random.Generator) -> Float64Array:
        return rng.normal(self.location, self.scale)

    def bracket(self, q: Float64Array) -> tuple[Float64Array, Float64Array]:
        at = self.location + self.scale * special.ndtri(q)
        return at, at


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
        return self.rate * (1 + self.dispersion * self.rate)

    def cdf(self, y: Float64Array) -> Float64Array:
        k = np.maximum(np.floor(y), 0)
        is_poisson = self.dispersion == 0
        r = 1 / np.where(is_poisson, 1, self.dispersion)
        of_poisson = special.pdtr(k, self.rate)
        below = special.betainc(r, k + 1, 1 / (1 + self.dispersion * self.rate))
        found: Float64Array = np.where(y < 0, 0, np.where(is_poisson, of_poisson, below))
        return found

    def log_prob(self, y: Float64Array) -> Float64Array:
        is_count = (y >= 0) & (y == np.floor(y))
        k = np.where(is_count, y, 0)
        is_poisson = self.dispersion == 0
        r = 1 / np.where(is_poisson, 1, self.dispersion)
        of_poisson = special.xlogy(k, self.rate) - self.rate
        odds = self.dispersion * self.rate
        ways = special.gammaln(k + r) - special.gammaln(r)
        rest = special.xlogy(k, odds / (1 + odds)) - r * np.log1p(odds)
        ln_factorial = special.gammaln(k + 1)
        with np.errstate(invalid="ignore"):  # of counts whose ln k! is no float
            found = np.where(is_poisson, of_poisson, ways + rest) - ln_factorial
        return np.where(is_count & np.isfinite(ln_factorial), found, -np.inf)

    def sample(self, rng: np.random.Generator) -> Float64Array:
        is_poisson = self.dispersion == 0
        dispersion = np.where(is_poisson, 1, self.dispersion)
        rate = np.where(is_poisson, self.rate, rng.gamma(1 / dispersion, dispersion * self.rate))
        return rng.poisson(rate).astype(np.float64)

    def bracket(self, q: Float64Array) -> tuple[Float64Array, Float64Array]:
        low, high = np.full(self.rate.shape, -1.0), np.ceil(self.rate) + 1
        while (short := self.cdf(high) < q).any():
            high = np.where(short, 2 * high, high)
        return low, high
