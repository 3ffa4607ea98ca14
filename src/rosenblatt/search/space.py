"""The space from which optuna draws candidates."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from rosenblatt.search.candidates import HIDDEN, CandidateParameters
from rosenblatt.search.default_candidates import Sizes
from rosenblatt.support.cached_property import cached_property

__all__ = ["Space"]

DEPTH, WIDTH = "depth", "width {}"
# Between these quantiles SciPy's distributions are sampled: at 0 and 1 many are infinite.
PROBABILITIES = 2.0**-20, 1 - 2.0**-20


@final
@dataclass(frozen=True)
class Space:
    """The space from which candidates are drawn.

    Attributes
    ----------
    sizes : sequence of tuples
        Hidden layers to choose from.
    free : bool
        Whether any depths and widths between the smallest and the largest of `sizes` may be drawn.
    grid : dict
        For each parameter a list or an array to choose from, an optuna distribution, or a frozen
        SciPy distribution, such as ``loguniform(1e-5, 1e-1)``.
    step : str
        The prefix of the network's parameters.
    """

    sizes: Sequence[Sizes]
    free: bool
    grid: Mapping[str, Any]
    step: str

    @cached_property
    def distributions(self) -> dict[str, Any]:
        from optuna.distributions import (
            BaseDistribution,
            CategoricalDistribution,
            FloatDistribution,
            IntDistribution,
        )

        def over(values: Any) -> Any:
            if isinstance(values, BaseDistribution):
                return values
            if is_scipy_distribution(values):
                return FloatDistribution(*PROBABILITIES)
            return CategoricalDistribution(range(len(values)))

        found = {name: over(values) for name, values in self.grid.items()}
        if not self.free:
            return {**found, HIDDEN: over(self.sizes)}
        found[DEPTH] = IntDistribution(min(self._depths), max(self._depths))
        for layer in range(max(self._depths)):
            found[WIDTH.format(layer)] = IntDistribution(
                min(self._widths), max(self._widths), log=True
            )
        return found

    @property
    def _depths(self) -> list[int]:
        return [len(hidden) for hidden in self.sizes]

    @property
    def _widths(self) -> list[int]:
        return [n for hidden in self.sizes for n in hidden]

    @cached_property
    def n_points(self) -> float:
        """The number of different candidates; infinite if a distribution is continuous."""
        others = math.prod(n_values(self.distributions[name]) for name in self.grid)
        if not self.free:
            return others * len(self.sizes)
        widths = max(self._widths) - min(self._widths) + 1
        depths = range(min(self._depths), max(self._depths) + 1)
        return others * sum(widths**depth for depth in depths)

    def point(self, drawn: Mapping[str, Any]) -> Hashable:
        """A key that is equal for drawn values of the same candidate."""
        unused: set[str] = set()
        if self.free:
            unused = {WIDTH.format(k) for k in range(drawn[DEPTH], max(self._depths))}
        return tuple(sorted((name, value) for name, value in drawn.items() if name not in unused))

    def parameters(self, drawn: Mapping[str, Any]) -> CandidateParameters:
        """The parameters of the candidate with these drawn values."""
        parameters = {name: chosen(values, drawn[name]) for name, values in self.grid.items()}
        if self.free:
            hidden = tuple(drawn[WIDTH.format(layer)] for layer in range(drawn[DEPTH]))
        else:
            hidden = self.sizes[drawn[HIDDEN]]
        return {**parameters, self.step + HIDDEN: hidden}


def is_scipy_distribution(values: Any) -> bool:
    """Whether it is a frozen SciPy distribution, recognised by `rvs` as in scikit-learn."""
    return hasattr(values, "rvs") and hasattr(values, "ppf")


def chosen(values: Any, drawn: Any) -> Any:
    """The value of a parameter for the number that optuna has drawn.

    A SciPy distribution is sampled by inversion: `drawn` is a probability p, the value the
    p-quantile. Optuna then models the parameter on the scale on which it is uniform.
    """
    from optuna.distributions import BaseDistribution

    if isinstance(values, BaseDistribution):
        return drawn
    if is_scipy_distribution(values):
        quantile = values.ppf(drawn)
        return int(quantile) if hasattr(values.dist, "pmf") else float(quantile)
    return values[drawn]


def n_values(distribution: Any) -> float:
    """The number of values of an optuna distribution."""
    from optuna.distributions import CategoricalDistribution

    if isinstance(distribution, CategoricalDistribution):
        return len(distribution.choices)
    if distribution.single():
        return 1
    if distribution.step is None:
        return math.inf
    # optuna makes the span a multiple of the step, up to rounding.
    return 1 + round((distribution.high - distribution.low) / distribution.step)
