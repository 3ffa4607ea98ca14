"""Warm-up, cosine annealing, warm restarts and one-cycle schedules (theory G13).

t counts steps from 0. A parameter that is None is chosen so that the schedule fits the whole run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.schedules.base import LRFactors, Run, Schedule, Steps, length
from rosenblatt.schedules.decay import Constant
from rosenblatt.support.listing import LONG, brief

__all__ = [
    "CosLog",
    "CosineAnnealing",
    "FlatCosine",
    "OneCycle",
    "PerEpoch",
    "WarmRestarts",
    "WarmUp",
]


def cosine(start: float, end: float, fraction: npt.NDArray[np.floating]) -> LRFactors:
    """Half a cosine from start to end, at a fraction in [0, 1] of the way."""
    return end + (start - end) * (1 + np.cos(np.pi * fraction)) / 2


@final
@dataclass(frozen=True)
class WarmUp(Schedule):
    """Linear warm-up from `start` to 1, followed by another schedule (Goyal et al. 2017).

    start + (1-start)·t/W for t < W, times the first factor of `then`; afterwards `then`, whose run
    begins at step W.

    Parameters
    ----------
    steps : int, optional
        W; by default a twentieth of the run.
    start : float, default 0.01
        Factor of the first step.
    then : Schedule, default Constant()
    """

    steps: int | None = None
    start: float = 0.01
    then: Schedule = field(default_factory=Constant)

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        if not isinstance(self.then, Schedule):
            raise TypeError(f"a warm-up leads to another schedule, got then={brief(self.then)}")
        W = length(self.steps, 0.05, run, "steps")
        rest = Run(run.lr, max(1, run.steps - W), run.steps_per_epoch)
        risen = self.start + (1 - self.start) * np.minimum(t, W) / W
        return risen * self.then.lr_factors(np.maximum(t - W, 0), rest)


@final
@dataclass(frozen=True)
class CosineAnnealing(Schedule):
    """m + ½(1-m)(1 + cos(πt/T)) for t < T, and m from step T on (Loshchilov & Hutter 2017).

    Parameters
    ----------
    steps : int, optional
        T; by default all steps of the run.
    minimum : float, default 0.0
        m, PyTorch's `eta_min` divided by the base rate.

    Examples
    --------
    >>> import numpy as np
    >>> from rosenblatt.schedules import CosineAnnealing, Run
    >>> run = Run(lr=0.1, steps=100, steps_per_epoch=10)
    >>> CosineAnnealing().lr_factors(np.array([0, 50, 100]), run).round(3).tolist()
    [1.0, 0.5, 0.0]
    """

    steps: int | None = None
    minimum: float = 0.0

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        T = length(self.steps, 1, run, "steps")
        return cosine(1, self.minimum, np.minimum(t, T) / T)


@final
@dataclass(frozen=True)
class FlatCosine(Schedule):
    """1 up to step s of T, then ½(1 + cos(π(t-s)/(T-s))), and 0 from step T on (Howard & Gugger
    2020).

    Parameters
    ----------
    steps : int, optional
        T; by default all steps of the run.
    flat : float in [0, 1), default 0.5
        s/T. RealMLP takes a half, for its weight decay and its dropout.
    """

    steps: int | None = None
    flat: float = 0.5

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        if not 0 <= self.flat < 1:
            raise ValueError(f"the flat part of a schedule is in [0, 1), got flat={self.flat}.")
        at = np.minimum(t / length(self.steps, 1, run, "steps"), 1)
        return cosine(1, 0, np.maximum(at - self.flat, 0) / (1 - self.flat))


@final
@dataclass(frozen=True)
class CosLog(Schedule):
    """½ (1 - cos(2π log₂(1 + (2ᵏ - 1) t/T))): k cycles, each twice as long as the one before.

    Every cycle rises from 0 to 1 and falls to 0 again. RealMLP's schedule has four of them
    (Holzmüller, Grinsztajn & Steinwart 2024).

    Parameters
    ----------
    cycles : int, default 4
        k.
    steps : int, optional
        T; by default all steps of the run.

    Examples
    --------
    >>> import numpy as np
    >>> from rosenblatt.schedules import CosLog, Run
    >>> run = Run(lr=0.04, steps=150, steps_per_epoch=10)
    >>> CosLog().lr_factors(np.array([0, 5, 10, 20, 30]), run).round(2).tolist()
    [0.0, 0.93, 0.0, 0.93, 0.0]
    """

    cycles: int = 4
    steps: int | None = None

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        if not (self.cycles >= 1 and int(self.cycles) == self.cycles):
            raise ValueError(f"cycles must be a whole number of at least 1, got {self.cycles}.")
        T = length(self.steps, 1, run, "steps")
        cycle = np.log2(1 + (2.0**self.cycles - 1) * np.minimum(t, T) / T)
        return (1 - np.cos(2 * np.pi * cycle)) / 2


@final
@dataclass(frozen=True)
class WarmRestarts(Schedule):
    """SGDR: cosine annealing with warm restarts (Loshchilov & Hutter 2017).

    Parameters
    ----------
    first : int, optional
        Steps of the first cycle; by default a tenth of the run.
    growth : int, default 1
        Each cycle is so many times as long as the one before.
    minimum : float, default 0.0
        Factor at the end of every cycle.
    """

    first: int | None = None
    growth: int = 1
    minimum: float = 0.0

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
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
    """One cycle: up to the base rate along a cosine, then far below it (Smith & Topin 2019).

    PyTorch's OneCycleLR, the base rate being its `max_lr`; momentum is not changed.

    Parameters
    ----------
    steps : int, optional
        Steps of the cycle; by default all steps of the run.
    pct_start : float in [0, 1], default 0.3
        Fraction of the cycle in which the rate rises.
    div_factor : float, default 25.0
        The first factor is 1/`div_factor`.
    final_div_factor : float, default 1e4
        The last factor is 1/(`div_factor` · `final_div_factor`).
    """

    steps: int | None = None
    pct_start: float = 0.3
    div_factor: float = 25.0
    final_div_factor: float = 1e4

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        if not (0 <= self.pct_start <= 1 and self.div_factor > 0 and self.final_div_factor > 0):
            raise ValueError(
                f"pct_start must be in [0, 1] and both divisors positive: {brief(self, LONG)}."
            )
        last = length(self.steps, 1, run, "steps") - 1
        peak = max(0.0, self.pct_start * (last + 1) - 1)
        low = 1 / self.div_factor
        up = cosine(low, 1, np.minimum(t, peak) / max(peak, 1))
        fallen = (np.clip(t, peak, last) - peak) / max(last - peak, 1)
        return np.where(t <= peak, up, cosine(1, low / self.final_div_factor, fallen))


@final
@dataclass(frozen=True)
class PerEpoch(Schedule):
    """Another schedule, counted in epochs: one rate for all steps of an epoch (G13).

    Parameters
    ----------
    schedule : Schedule
    """

    schedule: Schedule

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        if not isinstance(self.schedule, Schedule):
            raise TypeError(f"only a schedule can be counted in epochs, got {brief(self.schedule)}")
        epochs = -(-run.steps // run.steps_per_epoch)
        return self.schedule.lr_factors(t // run.steps_per_epoch, Run(run.lr, epochs, 1))
