"""A tool's activation in terms of the members here: a member, scaled before and behind."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import final

from rosenblatt.activations import Activation, Identity

__all__ = ["Form"]


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
    """

    member: Activation = field(default_factory=Identity)
    rate: float = 1.0
    offset: float = 0.0
    scale: float = 1.0
    shift: float = 0.0
    limit: float = math.inf
