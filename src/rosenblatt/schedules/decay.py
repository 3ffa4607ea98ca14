"""Constant, step, exponential, inverse-time and polynomial decay (theory G13).

t counts steps from 0. A parameter that is None is chosen so that the schedule fits the whole run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.schedules.base import LRFactors, Run, Schedule, Steps, length
from rosenblatt.support.field_types import check_count
from rosenblatt.support.listing import brief

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
    """The base rate throughout (G13)."""

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        return np.ones(t.shape)


@final
@dataclass(frozen=True)
class StepDecay(Schedule):
    """γ^⌊t/s⌋: times γ after every s steps (G13).

    Parameters
    ----------
    every : int, optional
        s; by default a third of the run.
    gamma : float, default 0.1
        γ.
    """

    every: int | None = None
    gamma: float = 0.1

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        return np.power(float(self.gamma), t // length(self.every, 1 / 3, run, "every"))


@final
@dataclass(frozen=True)
class MultiStepDecay(Schedule):
    """γ^k, where k is the number of milestones reached (G13).

    Parameters
    ----------
    milestones : tuple of int, optional
        Steps; by default half and three quarters of the run.
    gamma : float, default 0.1
        γ.
    """

    milestones: tuple[int, ...] | None = None
    gamma: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.milestones is not None:
            if isinstance(self.milestones, str) or not np.iterable(self.milestones):
                raise ValueError(
                    f"milestones must be a tuple of steps, got {brief(self.milestones)}"
                )
            for step in self.milestones:
                check_count("each of milestones", step)

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        if self.milestones is None:
            milestones = [length(None, fraction, run, "") for fraction in (0.5, 0.75)]
        else:
            milestones = [length(given, 0, run, "a milestone") for given in self.milestones]
        reached = np.searchsorted(np.sort(milestones), t, side="right")
        return np.power(float(self.gamma), reached)


@final
@dataclass(frozen=True)
class ExponentialDecay(Schedule):
    """γᵗ (G13).

    Parameters
    ----------
    gamma : float, optional
        γ; by default the rate falls to a hundredth over the run.
    """

    gamma: float | None = None

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        gamma = 0.01 ** (1 / run.steps) if self.gamma is None else float(self.gamma)
        return np.power(gamma, t)


@final
@dataclass(frozen=True)
class InverseTimeDecay(Schedule):
    """1 / (1 + kt) (G13).

    Parameters
    ----------
    decay : float, optional
        k; by default the rate falls to a tenth over the run.
    """

    decay: float | None = None

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        decay = 9 / run.steps if self.decay is None else float(self.decay)
        return 1 / (1 + decay * t)


@final
@dataclass(frozen=True)
class PolynomialDecay(Schedule):
    """m + (1-m)(1 - t/T)^power for t < T, and m from step T on (G13).

    Parameters
    ----------
    power : float, default 1.0
    steps : int, optional
        T; by default all steps of the run.
    minimum : float, default 0.0
        m.
    """

    power: float = 1.0
    steps: int | None = None
    minimum: float = 0.0

    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        T = length(self.steps, 1, run, "steps")
        left = 1 - np.minimum(t, T) / T
        return self.minimum + (1 - self.minimum) * left**self.power
