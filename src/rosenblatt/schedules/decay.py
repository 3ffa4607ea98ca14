"""Rates that fall as a power of something, or not at all (theory G13).

t counts steps from 0. What is None is chosen so that the schedule fits the whole run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.schedules.base import Factors, Run, Schedule, Steps, length

__all__ = [
    "Constant",
    "ExponentialDecay",
    "InverseTimeDecay",
    "MultiStepDecay",
    "PolynomialDecay",
    "StepDecay",
]


@final
@dataclass(frozen=True)
class Constant(Schedule):
    """The base rate throughout."""

    def factors(self, t: Steps, run: Run) -> Factors:
        return np.ones(t.shape)


@final
@dataclass(frozen=True)
class StepDecay(Schedule):
    """γ^⌊t/s⌋: times γ after every s steps, by default after every third of the run."""

    every: int | None = None
    gamma: float = 0.1

    def factors(self, t: Steps, run: Run) -> Factors:
        return np.power(float(self.gamma), t // length(self.every, 1 / 3, run, "every"))


@final
@dataclass(frozen=True)
class MultiStepDecay(Schedule):
    """γ^k, k the milestones reached; by default they are half and three quarters of the run."""

    milestones: tuple[int, ...] | None = None
    gamma: float = 0.1

    def factors(self, t: Steps, run: Run) -> Factors:
        if self.milestones is None:
            milestones = [length(None, share, run, "") for share in (0.5, 0.75)]
        else:
            milestones = [length(given, 0, run, "a milestone") for given in self.milestones]
        reached = np.searchsorted(np.sort(milestones), t, side="right")
        return np.power(float(self.gamma), reached)


@final
@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """γᵗ; by default γ is such that the rate falls to a hundredth over the run."""

    gamma: float | None = None

    def factors(self, t: Steps, run: Run) -> Factors:
        gamma = 0.01 ** (1 / run.steps) if self.gamma is None else float(self.gamma)
        return np.power(gamma, t)


@final
@dataclass(frozen=True)
class InverseTimeDecay(Schedule):
    """1 / (1 + kt); by default k is such that the rate falls to a tenth over the run."""

    decay: float | None = None

    def factors(self, t: Steps, run: Run) -> Factors:
        decay = 9 / run.steps if self.decay is None else float(self.decay)
        return 1 / (1 + decay * t)


@final
@dataclass(frozen=True)
class PolynomialDecay(Schedule):
    """m + (1-m)(1 - t/T)^power down to the `minimum` m, which stays from step T on.

    T is `steps`, by default those of the whole run.
    """

    power: float = 1.0
    steps: int | None = None
    minimum: float = 0.0

    def factors(self, t: Steps, run: Run) -> Factors:
        T = length(self.steps, 1, run, "steps")
        left = 1 - np.minimum(t, T) / T
        return self.minimum + (1 - self.minimum) * left**self.power
