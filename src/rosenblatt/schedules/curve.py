"""Rules that depend on the training curve, and scikit-learn's own rules (theory G13)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import final

import numpy as np

from rosenblatt.schedules.base import LRFactors, RateControl, RateRule, Run

__all__ = ["DivideOnStall", "InverseScaling", "ReduceOnPlateau"]


@lru_cache(maxsize=2)
def level(factor: float, steps: int) -> LRFactors:
    """The same factor for every step."""
    factors = np.full(steps, factor, np.float64)
    factors.flags.writeable = False
    return factors


@final
@dataclass(frozen=True)
class InverseScaling(RateRule):
    """(samples seen + 1)^-power after every epoch: scikit-learn's 'invscaling'.

    Parameters
    ----------
    power : float, default 0.5
    """

    power: float = 0.5

    def control(self, run: Run) -> RateControl:
        return InverseScalingState(self.power)


@final
@dataclass
class InverseScalingState(RateControl):
    """The factor that the samples seen so far give."""

    power: float
    factor: float = 1.0

    def lr_factors(self, steps: int) -> LRFactors:
        return level(self.factor, steps)

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        try:
            self.factor = 1 / float(samples_seen + 1) ** self.power
        except OverflowError:
            self.factor = 0.0

    def is_valid(self) -> bool:
        return math.isfinite(self.power) and math.isfinite(self.factor)

    def stalled(self) -> bool:
        return False


@final
@dataclass(frozen=True)
class DivideOnStall(RateRule):
    """Divide the rate whenever the monitored value stalls: scikit-learn's 'adaptive'.

    Parameters
    ----------
    smallest : float, default 1e-6
        A rate at or below it is not divided again; training then ends.
    divisor : float, default 5.0
        Above 1.
    """

    smallest: float = 1e-6
    divisor: float = 5.0

    def control(self, run: Run) -> RateControl:
        if not self.divisor > 1:
            raise ValueError(f"divisor must be above 1, got {self.divisor}.")
        return DivideOnStallState(run.lr, self.smallest, self.divisor)


@final
@dataclass
class DivideOnStallState(RateControl):
    """The divided rate.

    The rate itself is stored, not only its factor on the base rate `lr`: where it meets `smallest`,
    its rounding decides whether it is divided once more, as in scikit-learn.
    """

    foreseeable = True
    lr: float
    smallest: float
    divisor: float
    factor: float = field(default=1.0, init=False)
    rate: float = field(init=False)

    def __post_init__(self) -> None:
        self.rate = self.lr

    def lr_factors(self, steps: int) -> LRFactors:
        return level(self.factor, steps)

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        pass

    def stalled(self) -> bool:
        if self.rate <= self.smallest:
            return False
        self.rate /= self.divisor
        self.factor = self.rate / self.lr
        return True

    def is_valid(self) -> bool:
        divided = (self.lr, self.divisor, self.factor, self.rate)
        return all(math.isfinite(x) and x for x in divided) and math.isfinite(self.smallest)


@final
@dataclass(frozen=True)
class ReduceOnPlateau(RateRule):
    """Reduce the rate when the monitored value stalls, as PyTorch's ReduceLROnPlateau does.

    The monitored value is the training loss, or with early stopping the negative validation score.
    A fit whose own patience is exhausted continues as long as the rate can still be reduced.

    Parameters
    ----------
    factor : float in (0, 1), default 0.1
        What a reduction multiplies the rate by.
    patience : int, default 10
        Epochs in a row without improvement that are tolerated.
    threshold : float in [0, 1), default 1e-4
        An improvement is below the best value by more than this fraction of it.
    cooldown : int, default 0
        Epochs after a reduction that do not count.
    minimum : float in [0, 1], default 1e-4
        Smallest factor on the base rate.
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
        return ReduceOnPlateauState(self)


@final
@dataclass
class ReduceOnPlateauState(RateControl):
    """The factor of a run, and its count of epochs without improvement."""

    rule: ReduceOnPlateau
    factor: float = 1.0
    best: float = math.inf
    bad_epochs: int = 0
    cooling: int = 0
    reduced: bool = False  # since the fit's own patience was last exhausted

    def lr_factors(self, steps: int) -> LRFactors:
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

    def is_valid(self) -> bool:
        counts = (self.bad_epochs, self.cooling)
        whole = all(type(n) is int and n >= 0 for n in counts)
        return whole and math.isfinite(self.factor) and not math.isnan(self.best)

    def reduce(self) -> None:
        """Reduce the factor down to the minimum, and count epochs from 0 again."""
        factor = max(self.factor * self.rule.factor, self.rule.minimum)
        # A factor above the minimum by rounding alone counts as the minimum.
        self.reduced = self.reduced or not math.isclose(factor, self.factor)
        self.factor = factor
        self.bad_epochs, self.cooling = 0, self.rule.cooldown
