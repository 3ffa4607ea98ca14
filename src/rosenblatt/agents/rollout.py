"""What an agent has lived through since its last step: rows, rewards, and how episodes ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import numpy as np

from rosenblatt.agents.actions import Draw
from rosenblatt.agents.environment import Environment
from rosenblatt.agents.learner import Learner
from rosenblatt.support.types import FloatArray

__all__ = ["Player", "Rollout", "Segment"]


@final
@dataclass(frozen=True)
class Segment:
    """Steps of one episode, which end before row `end`.

    Attributes
    ----------
    end : int
    last : array (n_inputs,), optional
        The scaled observation after them, where the episode might have gone on; None where it is
        over, so that nothing is to come.
    """

    end: int
    last: FloatArray | None


@final
@dataclass
class Rollout:
    """Steps that one policy took, in order; rows are the first of the policy's learner."""

    rewards: list[float] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @property
    def n(self) -> int:
        return len(self.rewards)


@final
class Player:
    """Plays on in an environment, by a policy whose learner takes down what happens.

    Attributes
    ----------
    returns : list of float
        The sum of rewards of every episode that has ended.
    """

    def __init__(self, environment: Environment, learner: Learner, draw: Draw, seed: int) -> None:
        self.environment, self.learner, self.draw = environment, learner, draw
        self.returns: list[float] = []
        self._scaled = environment.scaled(environment.reset(seed))
        self._return = 0.0

    def play(self, n_steps: int, whole_episodes: bool) -> Rollout:
        """At least so many steps, to the end of an episode; or exactly so many."""
        rollout, learner, e = Rollout(), self.learner, self.environment
        rewards, step, draw = rollout.rewards, e.step, self.draw
        scaled, predict, scale_into = self._scaled, learner.act, e.scale_into
        X, y = learner.X, learner.y
        prediction = np.empty(learner.model.n_outputs, np.float32)
        i, total = 0, self._return
        while True:
            if i == len(X):
                learner.reserve(2 * i)
                X, y = learner.X, learner.y
            X[i] = scaled
            predict(scaled, prediction)
            action = draw(prediction, y[i])
            observation, reward, terminated, truncated = step(action)
            scale_into(observation, scaled)
            rewards.append(reward)
            total += reward
            i += 1
            over = terminated or truncated
            if over or (i >= n_steps and not whole_episodes):
                rollout.segments.append(Segment(i, None if terminated else scaled.copy()))
            if over:
                self.returns.append(e.returned(total))
                total = 0.0
                scale_into(e.reset(), scaled)
            if i >= n_steps and (over or not whole_episodes):
                break
        self._return = total
        return rollout
