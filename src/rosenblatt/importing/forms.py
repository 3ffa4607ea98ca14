"""A tool's activation in terms of the members here: a member, scaled before and behind."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import final

from rosenblatt.activations import Activation, HardTanh, Identity

__all__ = ["Form", "clipped", "ramp"]


@final
@dataclass(frozen=True)
class Form:
    """a = scale · g(rate · z + offset) + shift, with rate · z held within ±limit.

    Rate, offset, scale and shift go into the weights before and behind a unit, exactly but for
    rounding: they are no part of the network.

    Attributes
    ----------
    member : Activation
        g.
    rate, offset, scale, shift : float
    limit : float
        Infinite where the tool cuts nothing off.
    group : int
        Of units whose values depend on one another, as a softmax's do, what they have in common
        and no others; 0 of units by themselves.
    """

    member: Activation = field(default_factory=Identity)
    rate: float = 1.0
    offset: float = 0.0
    scale: float = 1.0
    shift: float = 0.0
    limit: float = math.inf
    group: int = 0


def clipped(low: float, high: float) -> Form:
    """z held between two numbers, the first below the second."""
    half, middle = (high - low) / 2, (high + low) / 2
    return Form(HardTanh(), rate=1 / half, offset=-middle / half, scale=half, shift=middle)


def ramp(slope: float, offset: float) -> Form:
    """slope · z + offset, held between 0 and 1."""
    return Form(HardTanh(), rate=2 * slope, offset=2 * offset - 1, scale=0.5, shift=0.5)
