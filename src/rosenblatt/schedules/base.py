"""What sets the rate of every step, and what a schedule is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.state_dict import StateDict

__all__ = ["Factors", "RateControl", "RateRule", "Run", "Schedule", "Steps", "length"]

Steps: TypeAlias = npt.NDArray[np.int64]
Factors: TypeAlias = npt.NDArray[np.float64]

# Factors are worked out so many steps ahead, and looked at beforehand at so many steps of a run.
AHEAD, LOOKED_AT = 1 << 14, 1 << 18


@final
@dataclass(frozen=True)
class Run:
    """What is known of a run before it starts.

    Attributes
    ----------
    lr : float
        The base rate.
    steps : int
        Steps at most.
    steps_per_epoch : int
    """

    lr: float
    steps: int
    steps_per_epoch: int


class RateControl(ABC):
    """The rates of one run, as it goes on."""

    # Whether nothing but a stall changes the factors of steps that are still to come.
    foreseeable: ClassVar[bool] = False

    @abstractmethod
    def factors(self, steps: int) -> Factors:
        """Factors on the base rate, one for each of the coming steps; for reading only."""

    @abstractmethod
    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        """Called after every epoch.

        Parameters
        ----------
        steps : int
            Steps of this epoch.
        samples_seen : int
            Since the weights were drawn.
        value : float
            What training watches, to be minimised.
        """

    @abstractmethod
    def stalled(self) -> bool:
        """Called when the curve has stopped improving; whether training should go on."""

    @final
    def state_dict(self) -> StateDict:
        """Its numbers; TypeError where it keeps what is neither a number nor a rule."""
        values, inner = {}, {}
        # As it would be pickled: what is soon worked out again is left out.
        state: Any = self.__getstate__() or {}
        for name, value in state.items():
            if isinstance(value, RateControl):
                inner[name] = value.state_dict()
            elif isinstance(value, int | float | str | np.number | None):
                values[name] = value
            elif not isinstance(value, RateRule | Run) and np.size(value):
                raise TypeError(
                    f"{type(self).__name__}.{name} is {value!r}: a rate that is to be stored and"
                    " taken up again keeps numbers alone."
                )
        parts = StateDict.of_parts(**inner)
        return StateDict({**values, **parts.values}, parts.arrays)

    @final
    def load_state_dict(self, state: StateDict) -> None:
        """Take the numbers of one of the same kind; ValueError where they are another's."""
        inner = [name for name, value in vars(self).items() if isinstance(value, RateControl)]
        for name in inner:
            getattr(self, name).load_state_dict(state.part(name))
        numbers = {name: v for name, v in state.values.items() if "." not in name}
        missing = set(self.state_dict().values) - set(state.values)
        if missing or any(callable(getattr(type(self), name, None)) for name in numbers):
            raise ValueError(f"no state of {type(self).__name__}")
        for name, value in numbers.items():
            setattr(self, name, value)


class RateRule(ABC):
    """How a learning rate changes: a value that any number of runs may share."""

    @abstractmethod
    def control(self, run: Run) -> RateControl:
        """The rates of a run that starts. ValueError where they cannot serve it."""


class Schedule(RateRule):
    """A rate that is a function of the step and of nothing that happens in a run."""

    @abstractmethod
    def factors(self, t: Steps, run: Run) -> Factors:
        """Factors on the base rate in the steps t = 0, 1, …, of t's shape, each 0 or more."""

    @final
    def control(self, run: Run) -> RateControl:
        return Following(self, run)


@final
class Following(RateControl):
    """A schedule, followed step by step."""

    foreseeable = True

    def __init__(self, schedule: Schedule, run: Run) -> None:
        self.schedule, self.run = schedule, run
        # All of a run's steps are looked at before it starts, or many of a very long one's.
        for begin in range(0, min(run.steps, LOOKED_AT), AHEAD):
            t = np.arange(begin, min(begin + AHEAD, run.steps, LOOKED_AT))
            checked_factors(schedule, t * run.steps // min(run.steps, LOOKED_AT), run)
        self.step = self.begin = 0
        self.ahead = np.empty(0)  # the factors of the steps from `begin` on

    def factors(self, steps: int) -> Factors:
        if self.step - self.begin + steps > len(self.ahead):
            t = np.arange(self.step, self.step + max(steps, AHEAD))
            self.begin, self.ahead = self.step, checked_factors(self.schedule, t, self.run)
        return self.ahead[self.step - self.begin :][:steps]

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        self.step += steps

    def stalled(self) -> bool:
        return False

    def differing(self, max_epochs: int) -> str:
        """The schedule in words, if it had other rates so far in a run of so many epochs."""
        t = np.arange(0, self.step, self.run.steps_per_epoch)
        other = replace(self.run, steps=max_epochs * self.run.steps_per_epoch)
        here, there = (checked_factors(self.schedule, t, run) for run in (self.run, other))
        return "" if np.array_equal(here, there) else repr(self.schedule)

    def __deepcopy__(self, memo: dict[int, Any]) -> Following:
        other = object.__new__(Following)
        other.__dict__.update(vars(self))  # nothing in it is changed where it lies
        return other

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "begin": self.step, "ahead": np.empty(0)}  # soon worked out again


def checked_factors(schedule: Schedule, t: Steps, run: Run) -> Factors:
    with np.errstate(all="ignore"):
        factors = np.ascontiguousarray(schedule.factors(t, run), np.float64)
    if factors.shape != t.shape:
        raise ValueError(
            f"{schedule!r} gives factors of shape {factors.shape} for steps of shape {t.shape}:"
            " one is needed for each step."
        )
    wrong = ~(np.isfinite(factors) & (factors >= 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{schedule!r} gives the factor {factors[first]:g} in step {t[first]} of {run.steps}:"
            " a learning rate must be finite and 0 or more in every step."
        )
    return factors


def length(given: int | None, share: float, run: Run, name: str) -> int:
    """A number of steps: the one given, or for None a share of the run's."""
    if given is None:
        return max(1, round(share * run.steps))
    if given < 1:
        raise ValueError(f"{name} must be at least 1 step, got {given}.")
    return given
