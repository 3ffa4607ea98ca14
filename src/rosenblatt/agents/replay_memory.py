"""The last steps that an agent took, in the arrays of the learner that learns from them."""

from __future__ import annotations

from typing import final

import numpy as np

from rosenblatt.agents.learner import Learner
from rosenblatt.engine import EnginePredictor
from rosenblatt.problem import Rows
from rosenblatt.support.types import FloatArray

__all__ = ["ReplayMemory"]


@final
class ReplayMemory:
    """A ring of steps: observation, action, reward, next observation, whether it was the last.

    Observations are the learner's rows, so that a batch is row numbers and nothing is copied.
    """

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        capacity = len(learner.X)
        self.actions = np.zeros(capacity, np.intp)
        self.rewards = np.zeros(capacity)
        self.following = np.zeros_like(learner.X)
        self.goes_on = np.zeros(capacity, bool)
        self.taken = 0

    def begin(self, observation: FloatArray, action: int) -> int:
        """The row of a step that is about to be taken."""
        row = self.taken % len(self.actions)
        self.learner.X[row] = observation
        self.actions[row] = action
        return row

    def end(self, row: int, reward: float, following: FloatArray, terminated: bool) -> None:
        self.rewards[row], self.following[row] = reward, following
        self.goes_on[row] = not terminated
        self.taken += 1

    def drawn(self, rng: np.random.RandomState, n: int) -> Rows:
        """Rows of steps drawn at random, with replacement."""
        return rng.randint(min(self.taken, len(self.actions)), size=n, dtype=np.int64)

    def set_targets(
        self, rows: Rows, of_target: EnginePredictor, gamma: float, double: bool
    ) -> None:
        """Targets y of those rows: r + γ max_a Q'(s', a) for the action taken (theory R4, R5).

        For all other actions they are what the network says itself, so that their error, and with
        it their part of the gradient, is 0.
        """
        following, own = self.following[rows], self.learner.predictor
        ahead = of_target.columns(following)
        choosing = own.columns(following) if double else ahead
        each = np.arange(len(rows))
        # Behind an end nothing is to come, whatever a network says of it.
        best = np.where(self.goes_on[rows], ahead[each, choosing.argmax(axis=1)], np.float64(0))
        y = own.columns(self.learner.X[rows])
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of it, the step finds out
            y[each, self.actions[rows]] = self.rewards[rows] + gamma * best
        self.learner.y[rows] = y
