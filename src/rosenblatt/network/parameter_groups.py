"""Parameters with a learning rate and a weight decay of their own (theory N9)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import prod
from typing import NamedTuple, final

from rosenblatt.network.network import Network
from rosenblatt.support.field_types import check_real
from rosenblatt.support.listing import brief

__all__ = ["ParameterGroup", "RateRun", "rate_runs"]


@final
@dataclass(frozen=True)
class ParameterGroup:
    """Parameters by name, and what their learning rate and weight decay are multiplied by (N9).

    A step takes θ ← θ (1 - ηf·λd) and then Δ at the rate ηf, where η and λ are the optimiser's, f
    the `lr_factor` and d the `decay_factor`. The decay is that of `AdamW` and its kin: a penalty
    stays as it is. f = 0 freezes.

    Parameters
    ----------
    names : str
        A name as in `Network.named_parameters`, such as 'layers.0.factor', or a pattern with `*`
        for any text: '*.bias' for the biases of all layers.
    lr_factor, decay_factor : float, default 1.0
        0 or more.

    Examples
    --------
    RealMLP's (Holzmüller, Grinsztajn & Steinwart 2024), of a network that begins with a scale:

    >>> from rosenblatt.network import ParameterGroup
    >>> groups = ParameterGroup("*.bias", 0.1, 0.0), ParameterGroup("layers.0.factor", 6.0)
    """

    names: str
    lr_factor: float = 1.0
    decay_factor: float = 1.0

    def __post_init__(self) -> None:
        for name in ("lr_factor", "decay_factor"):
            value = getattr(self, name)
            check_real(name, value)
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} of a parameter group must be 0 or more, got {value}")


@final
class RateRun(NamedTuple):
    """Neighbouring parameters [begin, end) of θ, and the factors that they share."""

    begin: int
    end: int
    lr_factor: float = 1.0
    decay_factor: float = 1.0


def rate_runs(network: Network, groups: Sequence[ParameterGroup]) -> tuple[RateRun, ...]:
    """All of θ as runs of equal factors; of several groups that name a parameter the last counts.

    Raises
    ------
    ValueError
        If a group names no parameter.
    """
    named = [
        (f"layers.{i}.{name}", prod(shape))
        for i, shapes in enumerate(network.parameter_shapes)
        for name, shape in shapes.items()
    ]
    for group in groups:
        if not any(fnmatchcase(name, group.names) for name, _ in named):
            raise ValueError(
                f"no parameter of the network is called {brief(group.names)}; there are"
                f" {', '.join(name for name, _ in named)}"
            )
    runs = [RateRun(0, 0)]
    for name, size in named:
        factors = 1.0, 1.0
        for group in groups:
            if fnmatchcase(name, group.names):
                factors = float(group.lr_factor), float(group.decay_factor)
        begin, end, *before = runs[-1]
        if tuple(before) == factors or begin == end:
            runs[-1] = RateRun(begin, end + size, *factors)
        else:
            runs.append(RateRun(end, end + size, *factors))
    return tuple(runs)
