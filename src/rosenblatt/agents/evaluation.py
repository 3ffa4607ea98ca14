"""How an agent does in episodes that it does not learn from."""

from __future__ import annotations

from contextlib import closing, nullcontext
from numbers import Integral
from typing import Any

import numpy as np

from rosenblatt.agents.base import Agent
from rosenblatt.agents.environment import opened
from rosenblatt.errors import InputError
from rosenblatt.support.listing import shortened
from rosenblatt.support.types import Float64Array

__all__ = ["evaluate"]


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
        raise InputError(
            f"n_episodes must be a whole number from 1, got {shortened(repr(n_episodes))}"
        )
    agent._check_learned()
    environment, made = opened(env)
    agent._check_same(environment)
    returns = np.zeros(int(n_episodes))
    game, predict = environment.env, agent.predict
    with closing(game) if made else nullcontext():
        for k in range(n_episodes):
            observation, _ = game.reset(seed=seed if k == 0 else None)
            over = False
            while not over:
                observation, reward, terminated, truncated, _ = game.step(predict(observation))
                returns[k] += reward
                over = terminated or truncated
    return returns
