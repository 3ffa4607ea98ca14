"""Interfaces of learning-rate schedules, and the state of one in a run (theory G13)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias, final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.field_types import check_fields
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.moved import accept_old_method, warn_old_method
from rosenblatt.support.state_dict import StateDict

__all__ = ["LRFactors", "RateControl", "RateRule", "Run", "Schedule", "Steps", "length"]

Steps: TypeAlias = npt.NDArray[np.int64]
LRFactors: TypeAlias = npt.NDArray[np.float64]

# Steps whose factors are computed in one call, and steps of a run that are checked beforehand.
AHEAD, CHECKED = 1 << 14, 1 << 18


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
    """The learning rate in one run: a factor on the base rate for every step.

    Attributes of subclasses are numbers, strings, a `RateRule`, a `Run` or another `RateControl`,
    so that checkpoints can store them.

    Attributes
    ----------
    foreseeable : bool
        Whether only `stalled` changes the factors of future steps. The trainer may then run several
        epochs in one call.
    """

    foreseeable: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        accept_old_method(cls, "factors", "lr_factors")

    @abstractmethod
    def lr_factors(self, steps: int) -> LRFactors:
        """Factors on the base rate.

        Parameters
        ----------
        steps : int
            The number of steps to come.

        Returns
        -------
        array (steps,)
            Read-only for the caller.
        """

    @abstractmethod
    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        """Called after every epoch.

        Parameters
        ----------
        steps : int
            Steps of this epoch.
        samples_seen : int
            Since the weights were initialised.
        value : float
            The monitored value, to be minimised.
        """

    @abstractmethod
    def stalled(self) -> bool:
        """Called when the monitored value has stopped improving; whether training continues."""

    def is_valid(self) -> bool:
        """Whether a run can have the attributes, just loaded from a checkpoint, that it has.

        Any error says no as well.
        """
        return True

    def factors(self, steps: int) -> LRFactors:
        """The former name of `lr_factors`."""
        warn_old_method(self, "factors", "lr_factors")
        return self.lr_factors(steps)

    @final
    def state_dict(self) -> StateDict:
        """The attributes that are numbers or strings.

        Raises
        ------
        TypeError
            If an attribute is of a type that cannot be stored.
        """
        values, inner = {}, {}
        # As for pickling: `__getstate__` leaves out what is cheap to compute again.
        attributes: Any = self.__getstate__() or {}
        for name, value in attributes.items():
            if isinstance(value, RateControl):
                inner[name] = value.state_dict()
            elif isinstance(value, int | float | str | np.number | None):
                values[name] = value
            elif not isinstance(value, RateRule | Run) and np.size(value):
                raise TypeError(
                    f"{type(self).__name__}.{name} is {brief(value)}: a learning rate that is"
                    " stored in a checkpoint keeps numbers alone."
                )
        parts = StateDict.of_parts(**inner)
        return StateDict({**values, **parts.values}, parts.arrays)

    @final
    def load_state_dict(self, state: StateDict) -> None:
        """Resume from the state of another of this class.

        Raises
        ------
        ValueError
            If it is the state of another class.
        """
        inner = [name for name, value in vars(self).items() if isinstance(value, RateControl)]
        for name in inner:
            getattr(self, name).load_state_dict(state.part(name))
        numbers = {name: v for name, v in state.values.items() if "." not in name}
        missing = set(self.state_dict().values) - set(state.values)
        if missing or any(callable(getattr(type(self), name, None)) for name in numbers):
            raise ValueError(f"no state of {type(self).__name__}")
        if not all(isinstance(value, int | float | str | None) for value in numbers.values()):
            raise ValueError(f"no state of {type(self).__name__}")
        for name, value in numbers.items():
            setattr(self, name, value)
        if not self.is_valid():
            raise ValueError(f"no state of {type(self).__name__}")


class RateRule(ABC):
    """How the learning rate changes: an immutable value that any number of runs may share."""

    def __post_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def control(self, run: Run) -> RateControl:
        """The learning rate of a run that starts.

        Raises
        ------
        ValueError
            If the rule does not fit the run.
        """


class Schedule(RateRule):
    """A learning rate that is a function of the step alone."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        accept_old_method(cls, "factors", "lr_factors")

    @abstractmethod
    def lr_factors(self, t: Steps, run: Run) -> LRFactors:
        """Factors on the base rate.

        Parameters
        ----------
        t : array of int64
            Steps, counted from 0.
        run : Run

        Returns
        -------
        array of t's shape
            Finite, 0 or more.
        """

    def factors(self, t: Steps, run: Run) -> LRFactors:
        """The former name of `lr_factors`."""
        warn_old_method(self, "factors", "lr_factors")
        return self.lr_factors(t, run)

    @final
    def control(self, run: Run) -> RateControl:
        return ScheduleState(self, run)


@final
class ScheduleState(RateControl):
    """The position of a run in its schedule."""

    foreseeable = True

    def __init__(self, schedule: Schedule, run: Run) -> None:
        self.schedule, self.run = schedule, run
        # All steps are checked before the run starts, or evenly spaced ones of a very long run.
        for begin in range(0, min(run.steps, CHECKED), AHEAD):
            t = np.arange(begin, min(begin + AHEAD, run.steps, CHECKED))
            checked_factors(schedule, t * run.steps // min(run.steps, CHECKED), run)
        self.step = self.begin = 0
        self.ahead = np.empty(0)  # factors of the steps from `begin` on

    def lr_factors(self, steps: int) -> LRFactors:
        if self.step - self.begin + steps > len(self.ahead):
            t = np.arange(self.step, self.step + max(steps, AHEAD))
            self.begin, self.ahead = self.step, checked_factors(self.schedule, t, self.run)
        return self.ahead[self.step - self.begin :][:steps]

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        self.step += steps

    def stalled(self) -> bool:
        return False

    def is_valid(self) -> bool:
        return StateDict(vars(self)).whole("step") == self.begin

    def differing(self, max_epochs: int) -> str:
        """The schedule's repr, if it would have had other rates so far in a run of that length."""
        t = np.arange(0, self.step, self.run.steps_per_epoch)
        other = replace(self.run, steps=max_epochs * self.run.steps_per_epoch)
        here, there = (checked_factors(self.schedule, t, run) for run in (self.run, other))
        return "" if np.array_equal(here, there) else repr(self.schedule)

    def __deepcopy__(self, memo: dict[int, Any]) -> ScheduleState:
        other = object.__new__(ScheduleState)
        other.__dict__.update(vars(self))  # all of it is immutable, or replaced as a whole
        return other

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "begin": self.step, "ahead": np.empty(0)}  # cheap to compute again


def checked_factors(schedule: Schedule, t: Steps, run: Run) -> LRFactors:
    """The schedule's factors; ValueError unless they are finite, 0 or more, and of t's shape."""
    with np.errstate(all="ignore"):
        factors = np.ascontiguousarray(schedule.lr_factors(t, run), np.float64)
    if factors.shape != t.shape:
        raise ValueError(
            f"{brief(schedule, LONG)} gives factors of shape {factors.shape} for steps of shape"
            f" {t.shape}: one is needed for each step."
        )
    wrong = ~(np.isfinite(factors) & (factors >= 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ValueError(
            f"{brief(schedule, LONG)} gives the factor {factors[first]:g} in step {t[first]} of"
            f" {run.steps}: a learning rate must be finite and 0 or more in every step."
        )
    return factors


def length(given: int | None, fraction: float, run: Run, name: str) -> int:
    """A number of steps: `given`, or for None a fraction of the run's.

    Raises
    ------
    ValueError
        If it is below 1; `name` is the parameter's, for the message.
    """
    if given is None:
        return max(1, round(fraction * run.steps))
    if given < 1:
        raise ValueError(f"{name} must be at least 1 step, got {given}.")
    return given
