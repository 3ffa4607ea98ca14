"""How an agent does in episodes that it does not learn from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from numbers import Integral
from typing import Any

import numpy as np

from rosenblatt.agents.base import Agent
from rosenblatt.agents.environment import Environment, opened
from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array

__all__ = ["evaluate", "playable"]


def evaluate(agent: Agent, env: Any, n_episodes: int = 100, *, seed: int = 0) -> Float64Array:
    """Returns of episodes in which the agent takes its likeliest actions.

    Parameters
    ----------
    agent : agent
        One that has learned.
    env : str or gymnasium.Env
    n_episodes : int, default=100
    seed : int, default=0
        Of the first episode; the next ones follow from it.

    Returns
    -------
    array (n_episodes,) of float64
        Sums of rewards, not discounted.
    """
    if not isinstance(n_episodes, Integral) or n_episodes < 1:
        raise InputError(f"n_episodes must be a whole number from 1, got {brief(n_episodes)}")
    with playable(agent, env, seed) as environment:
        returns = []
        for k in range(n_episodes):
            x = environment.scaled(environment.reset(int(seed) if k == 0 else None))
            total, over = 0.0, False
            while not over:
                action = agent._best(environment.actions, x)
                observation, reward, terminated, truncated = environment.step(action)
                x = environment.scaled(observation)
                total += reward
                over = terminated or truncated
            returns.append(environment.returned(total))
    return np.array(returns)


@contextmanager
def playable(agent: Agent, env: Any, seed: int) -> Iterator[Environment]:
    """The environment, for as long as an agent that has learnt with such plays in it."""
    if not isinstance(agent, Agent):
        raise TypeError(f"agent must be one such as Reinforce(), got {type(agent).__name__}")
    if not isinstance(seed, Integral) or seed < 0:
        raise InputError(f"seed must be a whole number from 0, got {brief(seed)}")
    agent._check_learned()
    environment, made = opened(env)
    with closing(environment.env) if made else nullcontext():
        yield agent._same(environment)
