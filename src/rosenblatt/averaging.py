"""Averages of the weights that a run passes through: less noisy than the last of them.

Both are running means, θ̄ ← θ̄ + a_t (θ - θ̄), that differ in a_t and in when they take in θ. The
steps go on from θ whatever the average.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
import numpy.typing as npt

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
    """A running mean that takes in the weights after every step: the engine's business."""

    has_mean: ClassVar[bool]

    @abstractmethod
    def weight(self, t: int) -> float:
        """a_t of the weights after step t = 1, 2, …; 1 in the first, which begins the mean."""


@final
@dataclass(frozen=True)
class NoAveraging(StepAveraging):
    """The last weights stand for themselves."""

    has_mean: ClassVar[bool] = False

    def weight(self, t: int) -> float:
        return 1.0


@final
@dataclass(frozen=True)
class EMA(StepAveraging):
    """Exponential moving average, with bias correction: a_t = (1-d) / (1-dᵗ), d the `decay`.

    θ̄_t = (1-d)/(1-dᵗ) Σ_s d^(t-s) θ_s: the weights of the steps taken and nothing of the initial
    ones, as Adam corrects its moments (Kingma & Ba 2015, who name the average in section 7.2).
    """

    decay: float = 0.999

    has_mean: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 0 <= self.decay < 1:
            raise ValueError(f"decay={self.decay} of EMA: it takes a number in [0, 1)")

    def weight(self, t: int) -> float:
        return (1 - self.decay) / (1 - self.decay**t)


@final
@dataclass(frozen=True)
class SWA:
    """Stochastic weight averaging: the mean of the weights after each of the last epochs.

    Izmailov et al. 2018. `start` is the fraction of the epochs, at most, that go by before: of
    max_iter = 100 epochs the last 25 are averaged where it is 0.75.
    """

    start: float = 0.75

    def __post_init__(self) -> None:
        if not 0 <= self.start < 1:
            raise ValueError(f"start={self.start} of SWA: it takes a fraction in [0, 1)")

    def epochs_before(self, max_epochs: int) -> int:
        """The epochs that go by before the first whose weights are taken in."""
        return min(int(self.start * max_epochs), max_epochs - 1)

    def weight(self, t: int) -> float:
        """a_t = 1/t of the t-th epoch that is taken in."""
        return 1 / t


class EvaluatedWeights(ABC):
    """The weights that a run shows: what is validated, kept as the best and returned in the end.

    Attributes
    ----------
    weights : array (n_parameters,)
        The same array throughout a run, whatever becomes of the numbers in it.
    """

    by_steps: ClassVar[bool]  # whether nothing has to be done between epochs
    weights: FloatArray

    @property
    @abstractmethod
    def own(self) -> tuple[npt.NDArray[Any], ...]:
        """What `epoch_ended` changes, in place."""

    @abstractmethod
    def epoch_ended(self, epoch: int) -> None:
        """Called after every epoch, counted from 1."""

    @abstractmethod
    def state_dict(self) -> StateDict:
        """What it has that is not the engine's."""

    @abstractmethod
    def load_state_dict(self, state: StateDict, epoch: int) -> None:
        """Stand where it was taken, after that epoch, when the engine's parameters do already."""


@final
@dataclass(frozen=True)
class CurrentWeights(EvaluatedWeights):
    """Weights that the engine changes in place: the last ones, or their average over steps."""

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
    """The last weights, and from the first epoch that `swa` takes in the mean of those epochs."""

    by_steps = False

    def __init__(self, swa: SWA, theta: FloatArray, max_epochs: int) -> None:
        self.swa, self.theta = swa, theta
        self.before = swa.epochs_before(max_epochs)
        self.weights = theta.copy()
        self.taken = np.zeros(1, np.int64)  # epochs, into the mean

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
        """An average that has begun goes on, unless in a longer run it begins later.

        `before` follows from the epochs of a run, which may be more than they were.
        """
        if epoch <= self.before + 1:
            self.weights[:], self.taken[:] = self.theta, max(0, epoch - self.before)
        else:
            self.before = int(state.values["before"])
            state.copy_to(self.weights, "weights")
            state.copy_to(self.taken, "taken")
