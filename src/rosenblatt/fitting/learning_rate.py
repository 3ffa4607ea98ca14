"""The learning rate of a fit: the optimiser's base rate times the factor of a schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.schedules import RateControl

__all__ = ["LearningRate"]


@final
@dataclass(frozen=True)
class LearningRate:
    """Base rate and control of one fit.

    Attributes
    ----------
    base : float
        The optimiser's rate, 1 for methods without one.
    control : RateControl
        Gives a factor on `base` for every step; changes as the fit goes on.
    """

    base: float
    control: RateControl

    def at(self, lr_factor: float) -> float:
        return self.base * lr_factor

    def now(self, scale: float) -> float:
        """The rate of the next step, where `scale` multiplies all of them."""
        return float(self.base * scale * self.control.lr_factors(1)[0])
