"""Rates that rise, fall along a cosine, and start again (theory G13).

t counts steps from 0. What is None is chosen so that the schedule fits the whole run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.schedules.base import Factors, Run, Schedule, Steps, length
from rosenblatt.schedules.decay import Constant

__all__ = ["CosineAnnealing", "OneCycle", "PerEpoch", "WarmRestarts", "WarmUp"]


def cosine(start: float, end: float, share: npt.NDArray[np.floating]) -> Factors:
    """From start to end along half a cosine, at a share in [0, 1] of the way."""
    return end + (start - end) * (1 + np.cos(np.pi * share)) / 2


@final
@dataclass(frozen=True)
class WarmUp(Schedule):
    """From `start` to 1 in equal steps, and from there on what another schedule says.

    start + (1-start)·t/W for t < W, times the first factor of `then`; afterwards `then`, whose run
    begins at step W. W is `steps`, by default a twentieth of the run (Goyal et al. 2017).
    """

    steps: int | None = None
    start: float = 0.01
    then: Schedule = field(default_factory=Constant)

    def factors(self, t: Steps, run: Run) -> Factors:
        if not isinstance(self.then, Schedule):
            raise TypeError(f"a warm-up leads to another schedule, got then={self.then!r}")
        W = length(self.steps, 0.05, run, "steps")
        rest = Run(run.lr, max(1, run.steps - W), run.steps_per_epoch)
        risen = self.start + (1 - self.start) * np.minimum(t, W) / W
        return risen * self.then.factors(np.maximum(t - W, 0), rest)


@final
@dataclass(frozen=True)
class CosineAnnealing(Schedule):
    """m + ½(1-m)(1 + cos(πt/T)) down to the `minimum` m, which stays from step T on.

    T is `steps`, by default those of the whole run; m is PyTorch's `eta_min` over the base rate
    (Loshchilov & Hutter 2017).
    """

    steps: int | None = None
    minimum: float = 0.0

    def factors(self, t: Steps, run: Run) -> Factors:
        T = length(self.steps, 1, run, "steps")
        return cosine(1, self.minimum, np.minimum(t, T) / T)


@final
@dataclass(frozen=True)
class WarmRestarts(Schedule):
    """SGDR: the cosine over and over, each time `growth` times as long (Loshchilov & Hutter 2017).

    The first takes `first` steps, by default a tenth of the run.
    """

    first: int | None = None
    growth: int = 1
    minimum: float = 0.0

    def factors(self, t: Steps, run: Run) -> Factors:
        if not (self.growth >= 1 and int(self.growth) == self.growth):
            raise ValueError(f"growth must be a whole number of at least 1, got {self.growth}.")
        first = length(self.first, 0.1, run, "first")
        if self.growth == 1:
            return cosine(1, self.minimum, t % first / first)
        starts, cycle = [0], first
        while starts[-1] + cycle <= np.max(t, initial=0):
            starts.append(starts[-1] + cycle)
            cycle *= int(self.growth)
        n = np.searchsorted(starts, t, side="right") - 1
        return cosine(1, self.minimum, (t - np.take(starts, n)) / (first * float(self.growth) ** n))


@final
@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up to the base rate along a cosine, then down to almost nothing (Smith & Topin 2019).

    From 1/`div_factor` to 1 in the share `pct_start` of the run, then to 1/(`div_factor` ·
    `final_div_factor`) in its last step: PyTorch's OneCycleLR, the base rate being its `max_lr`.
    `steps` are those of the cycle, by default of the whole run; momentum is left alone.
    """

    steps: int | None = None
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def factors(self, t: Steps, run: Run) -> Factors:
        if not (0 <= self.pct_start <= 1 and self.div_factor > 0 and self.final_div_factor > 0):
            raise ValueError(f"pct_start must be in [0, 1] and both divisors positive: {self!r}.")
        last = length(self.steps, 1, run, "steps") - 1
        peak = max(0.0, self.pct_start * (last + 1) - 1)
        low = 1 / self.div_factor
        up = cosine(low, 1, np.minimum(t, peak) / max(peak, 1))
        fallen = (np.clip(t, peak, last) - peak) / max(last - peak, 1)
        return np.where(t <= peak, up, cosine(1, low / self.final_div_factor, fallen))


@final
@dataclass(frozen=True)
class PerEpoch(Schedule):
    """Another schedule, counted in epochs: one rate for all steps of an epoch."""

    schedule: Schedule

    def factors(self, t: Steps, run: Run) -> Factors:
        if not isinstance(self.schedule, Schedule):
            raise TypeError(f"only a schedule can be counted in epochs, got {self.schedule!r}")
        epochs = -(-run.steps // run.steps_per_epoch)
        return self.schedule.factors(t // run.steps_per_epoch, Run(run.lr, epochs, 1))
