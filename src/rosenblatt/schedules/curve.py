"""Rates that follow the training curve, and scikit-learn's own rules (theory G13)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import final

import numpy as np

from rosenblatt.schedules.base import Factors, RateControl, RateRule, Run

__all__ = ["DivideOnStall", "InverseScaling", "ReduceOnPlateau"]


@lru_cache(maxsize=2)
def level(factor: float, steps: int) -> Factors:
    """The same factor for every step."""
    factors = np.full(steps, factor)
    factors.flags.writeable = False
    return factors


@final
@dataclass(frozen=True)
class InverseScaling(RateRule):
    """(samples seen + 1)^-power after every epoch: scikit-learn's 'invscaling'."""

    power: float = 0.5

    def control(self, run: Run) -> RateControl:
        return Scaling(self.power)


@final
@dataclass
class Scaling(RateControl):
    power: float
    factor: float = 1.0

    def factors(self, steps: int) -> Factors:
        return level(self.factor, steps)

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        self.factor = 1 / (samples_seen + 1) ** self.power

    def stalled(self) -> bool:
        return False


@final
@dataclass(frozen=True)
class DivideOnStall(RateRule):
    """The rate divided whenever the curve stalls, until `smallest`: scikit-learn's 'adaptive'."""

    smallest: float = 1e-6
    divisor: float = 5.0

    def control(self, run: Run) -> RateControl:
        if not self.divisor > 1:
            raise ValueError(f"divisor must be above 1, got {self.divisor}.")
        return Dividing(run.lr, self.smallest, self.divisor)


@final
@dataclass
class Dividing(RateControl):
    """The rate itself is kept, from the base rate `lr` on, and not the factor alone.

    Where it comes to meet `smallest`, its rounding decides whether there is one more division.
    """

    foreseeable = True
    lr: float
    smallest: float
    divisor: float
    factor: float = field(default=1.0, init=False)
    rate: float = field(init=False)

    def __post_init__(self) -> None:
        self.rate = self.lr

    def factors(self, steps: int) -> Factors:
        return level(self.factor, steps)

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        pass

    def stalled(self) -> bool:
        if self.rate <= self.smallest:
            return False
        self.rate /= self.divisor
        self.factor = self.rate / self.lr
        return True


@final
@dataclass(frozen=True)
class ReduceOnPlateau(RateRule):
    """Times `factor` after more than `patience` epochs in a row that brought nothing better.

    Better is less than the best so far by more than `threshold`, relative to it. After a reduction
    `cooldown` epochs do not count. The rate stays at `minimum`, as a factor of the base rate.
    What is watched is the training loss, or with early stopping the negative validation score; a
    fit whose own patience is exhausted goes on as long as the rate can still be reduced.
    The semantics are those of PyTorch's ReduceLROnPlateau.
    """

    factor: float = 0.1
    patience: int = 10
    threshold: float = 1e-4
    cooldown: int = 0
    minimum: float = 1e-4

    def control(self, run: Run) -> RateControl:
        for name, valid, expected in (
            ("factor", 0 < self.factor < 1, "between 0 and 1"),
            ("patience", self.patience >= 0, "0 or more"),
            ("threshold", 0 <= self.threshold < 1, "from 0 to below 1"),
            ("cooldown", self.cooldown >= 0, "0 or more"),
            ("minimum", 0 <= self.minimum <= 1, "from 0 to 1"),
        ):
            if not valid:
                raise ValueError(f"{name} must be {expected}, got {getattr(self, name)}.")
        return Reducing(self)


@final
@dataclass
class Reducing(RateControl):
    rule: ReduceOnPlateau
    factor: float = 1.0
    best: float = math.inf
    bad_epochs: int = 0
    cooling: int = 0
    reduced: bool = False  # since the fit's own patience was last exhausted

    def factors(self, steps: int) -> Factors:
        return level(self.factor, steps)

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        margin = self.rule.threshold * abs(self.best) if math.isfinite(self.best) else 0.0
        if value < self.best - margin:
            self.best, self.bad_epochs = value, 0
        else:
            self.bad_epochs += 1
        if self.cooling:
            self.cooling -= 1
            self.bad_epochs = 0
        if self.bad_epochs > self.rule.patience:
            self.reduce()

    def stalled(self) -> bool:
        if not self.reduced:
            self.reduce()
        goes_on, self.reduced = self.reduced, False
        return goes_on

    def reduce(self) -> None:
        """One reduction, where there is room for it; either way the count begins anew."""
        factor = max(self.factor * self.rule.factor, self.rule.minimum)
        # What the rounding of earlier reductions left above the minimum is no room.
        self.reduced = self.reduced or not math.isclose(factor, self.factor)
        self.factor = factor
        self.bad_epochs, self.cooling = 0, self.rule.cooldown
