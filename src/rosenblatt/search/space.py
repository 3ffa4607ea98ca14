"""What optuna draws candidates from."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

from rosenblatt.search.candidates import HIDDEN, Parameters
from rosenblatt.search.default_candidates import Sizes

__all__ = ["Space"]

DEPTH, WIDTH = "depth", "width {}"


@final
@dataclass(frozen=True)
class Space:
    """What candidates are drawn from.

    Attributes
    ----------
    sizes : sequence of tuples
        Hidden layers to choose from; or, where they are `free`, between whose depths and widths
        any may be drawn.
    grid : dict
        For each parameter a list or an array to choose from, or a distribution of optuna's.
    step : str
        What stands before the names of the network's parameters.
    """

    sizes: Sequence[Sizes]
    free: bool
    grid: Mapping[str, Any]
    step: str

    @cached_property
    def distributions(self) -> dict[str, Any]:
        from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution

        def over(values: Any) -> Any:
            if isinstance(values, BaseDistribution):
                return values
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
        """How many candidates there are to draw; infinite where a distribution is continuous."""
        others = math.prod(n_values(self.distributions[name]) for name in self.grid)
        if not self.free:
            return others * len(self.sizes)
        widths = max(self._widths) - min(self._widths) + 1
        depths = range(min(self._depths), max(self._depths) + 1)
        return others * sum(widths**depth for depth in depths)

    def point(self, drawn: Mapping[str, Any]) -> Hashable:
        """By which drawn values are known again that stand for the same candidate."""
        unused: set[str] = set()
        if self.free:
            unused = {WIDTH.format(k) for k in range(drawn[DEPTH], max(self._depths))}
        return tuple(sorted((name, value) for name, value in drawn.items() if name not in unused))

    def parameters(self, drawn: Mapping[str, Any]) -> Parameters:
        """The candidate that drawn values stand for."""
        from optuna.distributions import BaseDistribution

        parameters = {
            name: drawn[name] if isinstance(values, BaseDistribution) else values[drawn[name]]
            for name, values in self.grid.items()
        }
        if self.free:
            hidden = tuple(drawn[WIDTH.format(layer)] for layer in range(drawn[DEPTH]))
        else:
            hidden = self.sizes[drawn[HIDDEN]]
        return {**parameters, self.step + HIDDEN: hidden}


def n_values(distribution: Any) -> float:
    """How many values a distribution of optuna's may take."""
    from optuna.distributions import CategoricalDistribution

    if isinstance(distribution, CategoricalDistribution):
        return len(distribution.choices)
    if distribution.single():
        return 1
    if distribution.step is None:
        return math.inf
    # optuna has made the span a multiple of the step, but for rounding.
    return 1 + round((distribution.high - distribution.low) / distribution.step)
