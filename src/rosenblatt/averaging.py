"""Averages of the weights over training, which are less noisy than the last weights.

Both are running means, θ̄ ← θ̄ + a_t (θ - θ̄), that differ in a_t and in when θ enters the mean.
Training always continues from θ.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.field_types import check_fields
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

__all__ = [
    "EMA",
    "SWA",
    "CurrentWeights",
    "EvaluatedWeights",
    "NoAveraging",
    "SWAWeights",
    "StepAveraging",
]


class StepAveraging(ABC):
    """A running mean over the weights after every step, which the engine updates.

    Attributes
    ----------
    has_mean : bool
        Whether there is an average at all.
    """

    has_mean: ClassVar[bool]

    @abstractmethod
    def weight(self, t: int) -> float:
        """a_t of the weights after step t = 1, 2, …; a_1 = 1 begins the mean."""


@final
@dataclass(frozen=True)
class NoAveraging(StepAveraging):
    """No average: the last weights are evaluated."""

    has_mean: ClassVar[bool] = False

    def weight(self, t: int) -> float:
        return 1.0


@final
@dataclass(frozen=True)
class EMA(StepAveraging):
    """Exponential moving average, with bias correction: a_t = (1-d) / (1-dᵗ).

    θ̄_t = (1-d)/(1-dᵗ) Σ_s d^(t-s) θ_s, without a contribution of the initial weights, as Adam
    corrects its moments (Kingma & Ba 2015; section 7.2 describes the average).

    Parameters
    ----------
    decay : float in [0, 1), default 0.999
        d.
    """

    decay: float = 0.999

    has_mean: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 <= self.decay < 1:
            raise ValueError(f"decay={self.decay} of EMA: it takes a number in [0, 1)")

    def weight(self, t: int) -> float:
        return (1 - self.decay) / (1 - self.decay**t)


@final
@dataclass(frozen=True)
class SWA:
    """Stochastic weight averaging: the mean of the weights after each of the last epochs.

    Izmailov et al. 2018.

    Parameters
    ----------
    start : float in [0, 1), default 0.75
        Fraction of the epochs that are not averaged: of max_iter = 100 epochs 0.75 averages the
        last 25.
    """

    start: float = 0.75

    def __post_init__(self) -> None:
        check_fields(self)
        if not 0 <= self.start < 1:
            raise ValueError(f"start={self.start} of SWA: it takes a fraction in [0, 1)")

    def epochs_before(self, max_epochs: int) -> int:
        """The number of epochs before the first that enters the mean."""
        return min(int(self.start * max_epochs), max_epochs - 1)

    def weight(self, t: int) -> float:
        """a_t = 1/t of the t-th averaged epoch."""
        return 1 / t


class EvaluatedWeights(ABC):
    """The weights that are validated, kept as the best and returned in the end.

    Attributes
    ----------
    weights : array (n_parameters,)
        The same array throughout a run; its values change.
    by_steps : bool
        Whether the engine updates them in its steps, so that `epoch_ended` does nothing.
    """

    by_steps: ClassVar[bool]
    weights: FloatArray

    @property
    @abstractmethod
    def own(self) -> tuple[npt.NDArray[Any], ...]:
        """The arrays that `epoch_ended` changes in place."""

    @abstractmethod
    def epoch_ended(self, epoch: int) -> None:
        """Called after every epoch, counted from 1."""

    @abstractmethod
    def state_dict(self) -> StateDict:
        """The state without the engine's own arrays."""

    @abstractmethod
    def load_state_dict(self, state: StateDict, epoch: int) -> None:
        """Resume after that epoch, once the engine's own arrays are loaded."""


@final
@dataclass(frozen=True)
class CurrentWeights(EvaluatedWeights):
    """The weights that the engine changes in place: the last ones, or their average over steps."""

    by_steps = True
    weights: FloatArray

    @property
    def own(self) -> tuple[npt.NDArray[Any], ...]:
        return ()

    def epoch_ended(self, epoch: int) -> None:
        pass

    def state_dict(self) -> StateDict:
        return StateDict()

    def load_state_dict(self, state: StateDict, epoch: int) -> None:
        pass


@final
class SWAWeights(EvaluatedWeights):
    """The last weights, and from the first averaged epoch on the mean over those epochs."""

    by_steps = False

    def __init__(self, swa: SWA, theta: FloatArray, max_epochs: int) -> None:
        self.swa, self.theta = swa, theta
        self.before = swa.epochs_before(max_epochs)
        self.weights = theta.copy()
        self.taken = np.zeros(1, np.int64)  # epochs in the mean

    @property
    def own(self) -> tuple[npt.NDArray[Any], ...]:
        return self.weights, self.taken

    def epoch_ended(self, epoch: int) -> None:
        self.taken += epoch > self.before
        taken = int(self.taken[0])
        if taken <= 1:
            self.weights[:] = self.theta
        else:
            self.weights += self.swa.weight(taken) * (self.theta - self.weights)

    def state_dict(self) -> StateDict:
        return StateDict({"before": self.before}, {"weights": self.weights, "taken": self.taken})

    def load_state_dict(self, state: StateDict, epoch: int) -> None:
        """Continue an average that has begun, unless a longer run begins it later.

        `before` depends on the run's number of epochs, which may have been raised.
        """
        if epoch <= self.before + 1:
            self.weights[:], self.taken[:] = self.theta, max(0, epoch - self.before)
        else:
            self.before = state.whole("before")
            state.copy_to(self.weights, "weights")
            state.copy_to(self.taken, "taken")
