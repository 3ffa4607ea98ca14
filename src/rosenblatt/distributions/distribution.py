"""The distribution of the number to predict, one for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

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

__all__ = ["Distribution"]

MOST_HALVINGS = 1100  # more than lead from the largest double to the smallest


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
        mean: Float64Array = (self.weights * self.family.mean).sum(axis=1)
        return mean

    @property
    def variance(self) -> Float64Array:
        """The mean of the components' variances, and the variance of their means."""
        off = self.family.mean - self.mean[:, None]
        total: Float64Array = (self.weights * (self.family.variance + off**2)).sum(axis=1)
        return total

    def cdf(self, y: npt.ArrayLike) -> Float64Array:
        """P(Y ≤ y) of each row, for one y or one of each row."""
        below: Float64Array = (self.weights * self.family.cdf(self._column(y))).sum(axis=1)
        return below

    def log_prob(self, y: npt.ArrayLike) -> Float64Array:
        """ln of the density at y in the target's own unit, or of the probability of a count.

        It is -inf where it is below all floats, and for a number that is no count.
        """
        each = self.family.log_prob(self._column(y))
        total: Float64Array = special.logsumexp(each, b=self.weights, axis=1)
        return total

    def quantile(self, q: npt.ArrayLike) -> Float64Array:
        """The smallest y with P(Y ≤ y) ≥ q, of each row, for one q or one of each row.

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
        low, high = lower.min(axis=1), upper.max(axis=1)
        for _ in range(MOST_HALVINGS):
            middle = low + (high - low) / 2
            if self.family.is_discrete:
                middle = np.floor(middle)
            if ((middle <= low) | (middle >= high)).all():
                break
            enough = self.cdf(middle) >= levels[:, 0]
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return high

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
        return self.family.of(each).sample(rng)[:, 0]

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
