"""An environment of Gymnasium's interface: what an agent sees of it, and what it may do."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any, NoReturn, Self, final

import numpy as np

from rosenblatt.agents.actions import FLOATS, Actions, Choices, Numbers
from rosenblatt.errors import InputError
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.listing import brief, shortened
from rosenblatt.support.optional_dependencies import missing
from rosenblatt.support.plain_text import printable
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["Environment", "opened"]

LONGEST = 300  # of what others say in a message
FLOAT32 = np.dtype(np.float32)
LARGEST = float(np.finfo(np.float32).max)


@final
@dataclass(frozen=True, eq=False)
class Environment:
    """An environment, and the constants by which its observations are scaled.

    Attributes
    ----------
    env : gymnasium.Env
    actions : Choices or Numbers
    center, scale : array (n_inputs,) of float32
        A network takes (observation - center) / scale: what has finite bounds is within [-1, 1],
        everything else as it comes.
    """

    env: Any
    actions: Actions
    center: FloatArray
    scale: FloatArray

    @property
    def n_inputs(self) -> int:
        return len(self.center)

    @cached_property
    def _safe(self) -> float:
        """A length of observations of which nothing leaves float32."""
        return LARGEST / 2 * min(1.0, float(self.scale.min())) - float(np.abs(self.center).max())

    def scale_into(self, observation: Any, out: FloatArray) -> None:
        """(observation - center) / scale, of one observation.

        Raises
        ------
        InputError
            Where it is no vector of so many numbers that are finite when they are scaled.
        """
        try:
            vector = observation if type(observation) is np.ndarray else plain(observation)
            # Of another shape it might be repeated.
            fits = vector.shape == self.center.shape
            if fits and vector.dtype is not FLOAT32:
                with np.errstate(over="ignore"):  # what is beyond float32 is infinite there
                    vector = vector.astype(np.float32, casting="same_kind")
            # Nearly always; NaN is below nothing, and what NumPy holds warnings back by takes as
            # long as a network does.
            if fits and math.hypot(*vector.tolist()) < self._safe:
                np.divide(np.subtract(vector, self.center, out), self.scale, out)
                return
        except Exception:  # of texts, complex numbers, and objects that raise whatever they like
            fits = False
        if not fits:
            raise InputError(
                f"the observation space of {self.name} is of {self.n_inputs} numbers, and it gave"
                f" {brief(observation)}: mend the environment."
            )
        with np.errstate(over="ignore", invalid="ignore"):
            np.divide(np.subtract(vector, self.center, out), self.scale, out)
        if not np.isfinite(out).all():
            raise InputError(
                f"{self.name} gave an observation with NaN, infinity or a number beyond float32:"
                " mend the environment, or wrap it in gymnasium.wrappers.NormalizeObservation."
            )

    def scaled(self, observation: Any) -> FloatArray:
        """The same as an array of its own."""
        out = np.empty_like(self.center)
        self.scale_into(observation, out)
        return out

    def scaled_by(self, center: FloatArray, scale: FloatArray) -> Self:
        """The environment with the constants of an agent that has learnt with them."""
        return replace(self, center=center, scale=scale)

    def reset(self, seed: int | None = None) -> Any:
        """The first observation of an episode."""
        given = self.env.reset(seed=seed)
        try:
            observation, _ = given
        except (TypeError, ValueError):
            self._refuse("reset", "(observation, info)", given)
        return observation

    def step(self, action: Any) -> tuple[Any, float, bool, bool]:
        """The next observation, the reward, whether the episode is over and whether it was cut.

        Raises
        ------
        InputError
            For anything else than Gymnasium's `step` returns; its own errors pass.
        """
        given = self.env.step(action)
        try:
            observation, reward, terminated, truncated, _ = given
        except (TypeError, ValueError):
            self._refuse("step", "(observation, reward, terminated, truncated, info)", given)
        if type(reward) is not float:
            reward = self._number(reward)
        if not math.isfinite(reward):
            raise InputError(
                f"{self.name} gave the reward {reward}, and rewards are finite numbers: mend the"
                " environment."
            )
        if terminated is not True and terminated is not False:
            terminated = self._truth("terminated", terminated)
        if truncated is not True and truncated is not False:
            truncated = self._truth("truncated", truncated)
        return observation, reward, terminated, truncated

    def returned(self, total: float) -> float:
        """The sum of an episode's rewards; InputError where it leaves the floats."""
        if math.isfinite(total):
            return total
        raise InputError(
            f"the rewards of an episode of {self.name} are finite, and their sum is {total}: wrap"
            " it in gymnasium.wrappers.NormalizeReward."
        )

    def _number(self, reward: Any) -> float:
        try:
            if np.ndim(reward) == 0 and not isinstance(reward, str | bytes):
                return float(reward)
        except Exception:  # of others' objects, which raise whatever they like
            pass
        raise InputError(
            f"{self.name} gave the reward {brief(reward)}, and rewards are finite numbers: mend the"
            " environment."
        )

    def _truth(self, name: str, given: Any) -> bool:
        # Environments of others say 0 and 1, too.
        if isinstance(given, np.bool_ | Real) and given in (0, 1):
            return bool(given)
        raise InputError(
            f"{self.name} gave {name}={brief(given)}, which is True or False: mend the environment."
        )

    def _refuse(self, method: str, parts: str, given: Any) -> NoReturn:
        raise InputError(
            f"{method} of {self.name} returns {parts}, as Gymnasium's does, and it gave"
            f" {brief(given)}: mend the environment."
        ) from None

    @property
    def name(self) -> str:
        return name_of(self.env)


def opened(env: Any, **options: Any) -> tuple[Environment, bool]:
    """The environment that an id stands for, or one that is given; and whether it was made here.

    Parameters
    ----------
    env : str or gymnasium.Env
    **options
        For `gymnasium.make`, such as `render_mode`.

    Raises
    ------
    ImportError
        Where Gymnasium is not installed.
    InputError
        Where there is no such environment, or its spaces are not those of an agent.
    """
    try:
        import gymnasium
    except ImportError as error:
        raise missing("rosenblatt.agents", "gymnasium", error) from error
    by_id = isinstance(env, str)
    if by_id:
        try:
            env = gymnasium.make(env, **options)
        except (gymnasium.error.Error, ImportError) as error:
            raise no_environment(env, error) from error
        except (TypeError, ValueError) as error:
            # A module before a colon is imported, and what is no name of one raises these there.
            if ":" not in env:
                raise
            raise no_environment(env, error) from error
    for part in ("reset", "step", "observation_space", "action_space"):
        if not hasattr(env, part):
            raise InputError(
                f"env must be the id of an environment, such as 'CartPole-v1', or an object with"
                f" Gymnasium's interface; {type(env).__name__} has no {part}."
            )
    if not takes_seed(env.reset):
        raise InputError(
            f"reset of {name_of(env)} takes no seed, which Gymnasium's does: mend the environment."
        )
    center, scale = bounds_of(env)
    return Environment(env, actions_of(env), center, scale), by_id


def no_environment(env: str, error: Exception) -> InputError:
    why = shortened(" ".join(printable(str(error)).split()), LONGEST)
    return InputError(f"there is no environment {brief(env)}: {why}")


def takes_seed(reset: Any) -> bool:
    try:
        parameters = inspect.signature(reset).parameters.values()
    except (TypeError, ValueError):  # of one that is compiled
        return True
    return any(p.name == "seed" or p.kind is p.VAR_KEYWORD for p in parameters)


def bounds_of(env: Any) -> tuple[FloatArray, FloatArray]:
    """Center and scale of observations, each of shape (n_inputs,)."""
    from gymnasium import spaces

    space = env.observation_space
    if not isinstance(space, spaces.Box) or len(space.shape) != 1 or not space.shape[0]:
        raise InputError(
            f"agents take observations that are vectors of numbers, and those of {name_of(env)} are"
            f" {in_words(space)}: wrap it in gymnasium.wrappers.FlattenObservation."
        )
    low, high = ends_of(env, space)
    # An unbounded number may be given the largest float as its bound.
    bounded = np.maximum(np.abs(low), np.abs(high)) < 1e30
    low, high = np.where(bounded, low, -1.0), np.where(bounded, high, 1.0)
    half = (high - low) / 2
    half = np.where(half > 1e-30, half, 1.0)  # float32 holds no quotient of numbers so near
    return ((low + high) / 2).astype(np.float32), half.astype(np.float32)


def actions_of(env: Any) -> Actions:
    from gymnasium import spaces

    space = env.action_space
    if isinstance(space, spaces.Discrete):
        if (
            not isinstance(space.n, Integral)
            or space.n < 1
            or not isinstance(space.start, Integral)
        ):
            raise InputError(
                f"{name_of(env)} has n={brief(space.n)} actions from start={brief(space.start)},"
                " and these are whole numbers, the first from 1: mend the environment."
            )
        return Choices(int(space.n), int(space.start))
    numbers = (
        isinstance(space, spaces.Box) and space.dtype is not None and space.dtype.name in FLOATS
    )
    if numbers and space.shape and 0 not in space.shape:
        low, high = (end.ravel() for end in ends_of(env, space))
        if not ((low <= high) & (low < np.inf) & (high > -np.inf)).all():
            raise InputError(
                f"the actions of {name_of(env)} have bounds between which there is no number:"
                f" {in_words(space)}: mend the environment."
            )
        return Numbers(space.shape, tuple(low.tolist()), tuple(high.tolist()), space.dtype.name)
    raise InputError(
        "agents choose one of several actions (Discrete) or give numbers (Box of float16, float32"
        f" or float64), and the actions of {name_of(env)} are {in_words(space)}."
    )


def ends_of(env: Any, space: Any) -> tuple[Float64Array, Float64Array]:
    """Both bounds of a Box, which others may have set."""
    try:
        low, high = (np.asarray(end, np.float64) for end in (space.low, space.high))
    except (TypeError, ValueError, OverflowError):
        low = high = np.empty(0)
    if not low.shape == high.shape == space.shape:
        raise InputError(
            f"the bounds of a space of {name_of(env)} are no numbers in the shape {space.shape}:"
            " mend the environment."
        )
    return low, high


def name_of(env: Any) -> str:
    """The id, in one line, or the class."""
    try:
        given = env.spec.id
    except Exception:  # where there is none, or it is something else
        given = None
    known = isinstance(given, str) and given.strip()
    return printable(" ".join(given.split())) if known else type(env).__name__


def in_words(space: Any) -> str:
    return brief(space, LONGEST)


def plain(observation: Any) -> Any:
    """An array of what is none, or of a kind that may have gaps; ValueError for gaps."""
    if np.ma.is_masked(observation):
        raise ValueError("gaps")
    return np.asarray(observation)
