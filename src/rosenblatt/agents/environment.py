"""An environment of Gymnasium's interface: what an agent sees of it, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.agents.actions import Actions, Choices, Numbers
from rosenblatt.errors import InputError
from rosenblatt.support.optional_dependencies import missing
from rosenblatt.support.types import FloatArray

__all__ = ["Environment", "opened"]


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

    def scale_into(self, observation: Any, out: FloatArray) -> None:
        """(observation - center) / scale, of one observation."""
        np.divide(np.subtract(observation, self.center, out), self.scale, out)

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
        except gymnasium.error.Error as error:
            raise InputError(f"there is no environment {env!r}: {str(error).strip()}") from error
    for part in ("reset", "step", "observation_space", "action_space"):
        if not hasattr(env, part):
            raise InputError(
                f"env must be the id of an environment, such as 'CartPole-v1', or an object with"
                f" Gymnasium's interface; {type(env).__name__} has no {part}."
            )
    center, scale = bounds_of(env)
    return Environment(env, actions_of(env), center, scale), by_id


def bounds_of(env: Any) -> tuple[FloatArray, FloatArray]:
    """Center and scale of observations, each of shape (n_inputs,)."""
    from gymnasium import spaces

    space = env.observation_space
    if not isinstance(space, spaces.Box) or len(space.shape) != 1 or not space.shape[0]:
        raise InputError(
            f"agents take observations that are vectors of numbers, and those of {name_of(env)} are"
            f" {space}: wrap it in gymnasium.wrappers.FlattenObservation."
        )
    low, high = (np.asarray(end, np.float64) for end in (space.low, space.high))
    # An unbounded number may be given the largest float as its bound.
    bounded = np.maximum(np.abs(low), np.abs(high)) < 1e30
    low, high = np.where(bounded, low, -1.0), np.where(bounded, high, 1.0)
    half = np.where(high > low, (high - low) / 2, 1.0)
    return ((low + high) / 2).astype(np.float32), half.astype(np.float32)


def actions_of(env: Any) -> Actions:
    from gymnasium import spaces

    space = env.action_space
    if isinstance(space, spaces.Discrete):
        return Choices(int(space.n), int(space.start))
    if isinstance(space, spaces.Box) and space.shape and np.issubdtype(space.dtype, np.floating):
        ends = [np.asarray(end, np.float64).ravel() for end in (space.low, space.high)]
        return Numbers(space.shape, *(tuple(end.tolist()) for end in ends))
    raise InputError(
        f"agents choose one of several actions (Discrete) or give numbers (Box of floats), and the"
        f" actions of {name_of(env)} are {space}."
    )


def name_of(env: Any) -> str:
    spec = getattr(env, "spec", None)
    return str(spec.id) if spec is not None else type(env).__name__
