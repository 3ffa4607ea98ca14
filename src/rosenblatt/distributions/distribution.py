"""The distribution of the number to predict, one for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.distributions.families import Family
from rosenblatt.errors import InputError
from rosenblatt.support.late import late
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.types import Float64Array

if TYPE_CHECKING:
    from scipy import special
else:
    special = late("scipy.special")

__all__ = ["Distribution", "weighted_mean"]

MOST_HALVINGS = 2200  # more than lead from the largest double to the smallest
LARGEST = np.finfo(np.float64).max


@final
@dataclass(frozen=True, eq=False)
class Distribution:
    """Of each row the mixture Σ_c w_c p_c(y) of distributions of one family (theory U6).

    The networks of an ensemble are components of equal weight, so that what they disagree in is
    part of the spread; the components of a `GaussianMixture` multiply them.

    Attributes
    ----------
    family : Gaussians or Counts
        In the target's own unit, with parameters of shape (n_rows, n_components).
    weights : array (n_rows, n_components)
        They add up to 1 in every row.
    """

    family: Family
    weights: Float64Array

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def mean(self) -> Float64Array:
        """E[y] of each row, shape (n_rows,)."""
        return self._mixed(self.family.mean)

    @property
    def variance(self) -> Float64Array:
        """The mean of the components' variances, and the variance of their means.

        It is inf where it is above all floats, and where a mean is infinite.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            off = self.family.mean - self.mean[:, None]
            total = self._mixed(self.family.variance + off**2)
            if np.isfinite(total).all():
                return total
            # A square above all floats may be that of a component of next to no weight.
            root = np.sqrt(self.weights)
            squares = (root * self.family.deviation) ** 2 + (root * off) ** 2
            by_roots = np.where(root == 0, 0, squares).sum(axis=1)
        total = np.where(np.isinf(total), by_roots, total)
        return np.where(np.isinf(self._mixed(np.abs(self.family.mean))), np.inf, total)

    def cdf(self, y: npt.ArrayLike) -> Float64Array:
        """P(Y ≤ y) of each row, for one y or one of each row."""
        return self._mixed(self.family.cdf(self._column(y)))

    def log_prob(self, y: npt.ArrayLike) -> Float64Array:
        """ln of the density at y in the target's own unit, or of the probability of a count.

        It is -inf where it is below all floats, and for a number that is no count.
        """
        each = self.family.log_prob(self._column(y))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            total: Float64Array = special.logsumexp(each, b=self.weights, axis=1)
        return total

    def quantile(self, q: npt.ArrayLike) -> Float64Array:
        """The smallest y with P(Y ≤ y) ≥ q, of each row, for one q or one of each row.

        It is inf where no float has as much below, and NaN of parameters that are NaN.

        Raises
        ------
        InputError
            If q is not between 0 and 1, both excluded.
        """
        levels = self._column(q)
        if not ((levels > 0) & (levels < 1)).all():
            raise InputError(
                "a quantile's level lies between 0 and 1, both excluded: 0.5 is the median"
            )
        # The quantile of a mixture is between those of its components.
        lower, upper = self.family.bracket(levels)
        has_weight = self.weights != 0
        low = np.where(has_weight, lower, np.inf).min(axis=1).clip(-LARGEST, LARGEST)
        high = np.where(has_weight, upper, -np.inf).max(axis=1).clip(-LARGEST, LARGEST)
        is_below = (low == -LARGEST) & (self.cdf(low) >= levels[:, 0])
        for _ in range(MOST_HALVINGS):
            middle = low + (high / 2 - low / 2)  # whose difference may be above all floats
            if self.family.is_discrete:
                middle = np.floor(middle)
            if not ((middle > low) & (middle < high)).any():
                break
            enough = self.cdf(middle) >= levels[:, 0]
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        below = self.cdf(high)
        is_above = (high == LARGEST) & (below < levels[:, 0])
        found = np.where(is_above, np.inf, np.where(is_below, -np.inf, high))
        return np.where(np.isnan(below), np.nan, found)

    def sample(self, rng: np.random.Generator) -> Float64Array:
        """A number of each row, shape (n_rows,)."""
        if not isinstance(rng, np.random.Generator):
            raise InputError(
                f"rng is a {type(rng).__name__}: give a generator, such as"
                " numpy.random.default_rng(0)"
            )
        chosen = (self.weights.cumsum(axis=1) < rng.uniform(size=(len(self), 1))).sum(axis=1)
        places = np.minimum(chosen, self.weights.shape[1] - 1)[:, None]
        each = [np.take_along_axis(p, places, axis=1) for p in self.family.parameters]
        drawn = self.family.of(each).sample(rng)[:, 0]
        return np.where(np.isnan(self.weights).any(axis=1), np.nan, drawn)

    def _mixed(self, values: Float64Array) -> Float64Array:
        """The weighted sum over the components; what has no weight adds 0, even if infinite."""
        with np.errstate(over="ignore", invalid="ignore"):
            each = np.where(self.weights == 0, 0, self.weights * values)
            total: Float64Array = each.sum(axis=1)
        return total

    def _column(self, values: npt.ArrayLike) -> Float64Array:
        """One value, or one of each row, as a column."""
        with plain_values(values=values):
            given = np.asarray(values, np.float64)
        if given.ndim and given.shape != (len(self),):
            raise InputError(
                f"a number is needed, or one of each of the {len(self)} rows, and the array has the"
                f" shape {given.shape}"
            )
        return np.broadcast_to(given, (len(self),))[:, None]


def weighted_mean(each: Float64Array, weights: Any = None) -> float:
    """The mean of log likelihoods; one that is -inf does not count where its weight is 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        if weights is not None and np.shape(weights) == each.shape:
            each = np.where(np.asarray(weights) == 0, 0, each)
        return float(np.average(each, weights=weights))
