"""How the learning rate changes from epoch to epoch (theory G13).

A schedule is a pure function of progress; a controller is fed by the training curve instead.
Both answer with a factor on the optimiser's base rate.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import final

__all__ = ["Constant", "DivideOnStall", "InverseScaling", "RateControl"]


class RateControl(ABC):
    """What sets the factor of the coming epoch; one instance serves one run."""

    factor: float

    @abstractmethod
    def epoch_ended(self, samples_seen: int) -> None:
        """Called after every epoch, with the samples seen since the weights were drawn."""

    @abstractmethod
    def stalled(self) -> bool:
        """Called when the curve has stopped improving; whether training should go on."""


@final
@dataclass
class Constant(RateControl):
    """The base rate throughout."""

    factor: float = 1.0

    def epoch_ended(self, samples_seen: int) -> None:
        pass

    def stalled(self) -> bool:
        return False


@final
@dataclass
class InverseScaling(RateControl):
    """(samples seen + 1)^-power after every epoch: scikit-learn's 'invscaling'."""

    power: float = 0.5
    factor: float = 1.0

    def epoch_ended(self, samples_seen: int) -> None:
        self.factor = 1 / (samples_seen + 1) ** self.power

    def stalled(self) -> bool:
        return False


@final
@dataclass
class DivideOnStall(RateControl):
    """The rate divided whenever the curve stalls, until `smallest`: scikit-learn's 'adaptive'.

    The rate itself is kept, from the base rate `lr` on, and not the factor alone: where it comes
    to meet `smallest`, its rounding decides whether there is one more division.
    """

    lr: float
    smallest: float
    divisor: float = 5.0
    factor: float = field(default=1.0, init=False)
    rate: float = field(init=False)

    def __post_init__(self) -> None:
        self.rate = self.lr

    def epoch_ended(self, samples_seen: int) -> None:
        pass

    def stalled(self) -> bool:
        if self.rate <= self.smallest:
            return False
        self.rate /= self.divisor
        self.factor = self.rate / self.lr
        return True
