"""Agents that learn from what their present policy does, and then forget it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np

from rosenblatt.agents.actions import Actions
from rosenblatt.agents.advantages import (
    generalised_advantages,
    root_mean_square,
    standardised,
)
from rosenblatt.agents.base import AT_LEAST_ONE, Agent
from rosenblatt.agents.environment import Environment
from rosenblatt.agents.learner import Design, Learner, chain, clipping_of
from rosenblatt.agents.rollout import Player, Rollout
from rosenblatt.losses import Loss, SquaredError
from rosenblatt.model import Model
from rosenblatt.optimizers import Adam
from rosenblatt.options.intervals import NOT_NEGATIVE
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["PolicyAgent"]

VALUE_BATCH = 128


class PolicyAgent(Agent):
    """A policy, and a network that values states; how advantages are taken is the agents'."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Agent._parameter_constraints,
        "n_steps": [AT_LEAST_ONE],
        "entropy": [NOT_NEGATIVE],
        "value_learning_rate": [NOT_NEGATIVE],
        "value_epochs": [AT_LEAST_ONE],
    }

    n_steps: int
    entropy: float
    value_learning_rate: float
    value_epochs: int

    _whole_episodes: ClassVar[bool]

    @property
    def policy_(self) -> Model:
        """The policy's network."""
        return self._trained["policy"].model

    @property
    def value_(self) -> Model | None:
        """The network that values states, in units of `value_scale_`; None without a baseline."""
        return self._trained["value"].model if "value" in self._trained else None

    def predict_proba(self, observation: Any) -> FloatArray:
        """The policy at observations.

        Probabilities of the actions, or for actions that are numbers a mean and a standard
        deviation of each, in half its range.
        """
        x = self._scaled(observation)
        return self._predictor()(x)

    def _lambda(self) -> float:
        raise NotImplementedError

    def _designs(self, n_inputs: int, actions: Actions) -> dict[str, Design]:
        sizes, activations = self._hidden()

        def design(n_outputs: int, loss: Loss, rate: float, last: float) -> Design:
            network = chain(n_inputs, sizes, activations, n_outputs)
            return Design(network, loss, Adam(rate, epsilon=1e-5), last)

        # A policy that is nearly undecided at first has not ruled anything out.
        loss = actions.loss(self.entropy)
        designs = {"policy": design(actions.n_outputs, loss, self.learning_rate, 0.01)}
        if self._has_baseline():
            designs["value"] = design(1, SquaredError(), self.value_learning_rate, 1.0)
        return designs

    def _has_baseline(self) -> bool:
        return True

    def _updates(
        self, environment: Environment, total_steps: int
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        rng = self._rng
        clipping = clipping_of(self.max_grad_norm)
        actions = environment.actions
        policy = Learner(self._trained["policy"], actions.n_numbers + 1, clipping, self.n_steps)
        value = None
        if "value" in self._trained:
            value = Learner(self._trained["value"], 1, clipping, self.n_steps)
        player = Player(environment, policy, actions.drawn(rng), int(rng.randint(2**31)))
        played = known = 0
        while played < total_steps:
            n_steps = min(self.n_steps, total_steps - played)
            rollout = player.play(n_steps, self._whole_episodes)
            factor = 1 - played / total_steps if self.anneal else 1.0
            played += rollout.n
            self.episode_returns_ += player.returns[known:]
            known = len(player.returns)
            yield played, self._update(policy, value, rollout, factor)

    def _update(
        self, policy: Learner, value: Learner | None, rollout: Rollout, factor: float
    ) -> dict[str, Any]:
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of it, the steps find out
            return self._stepped(policy, value, rollout, factor)

    def _stepped(
        self, policy: Learner, value: Learner | None, rollout: Rollout, factor: float
    ) -> dict[str, Any]:
        n, rows = rollout.n, np.arange(rollout.n)
        measured: dict[str, Any] = {}
        values, after = self._values(policy, value, rollout)
        advantages = generalised_advantages(rollout, values, after, self.gamma, self._lambda())
        predictions = policy.predictor.predict(policy.X[:n])
        policy.y[:n, -1] = standardised(advantages, rollout.rewards)
        measured["policy_loss"] = policy.steps(rows, n, factor)
        measured["entropy"] = float(self.actions_.entropies(predictions).mean())
        if value is not None:
            if len(value.X) < n:
                value.reserve(n)
            targets = advantages + values
            if self.value_scale_ is None:
                self.value_scale_ = root_mean_square(targets) or 1.0
            value.X[:n], value.y[:n, 0] = policy.X[:n], targets / self.value_scale_
            for _ in range(self.value_epochs):
                loss = value.steps(self._rng.permutation(n), VALUE_BATCH, factor)
            measured["value_loss"] = loss
        return measured

    def _values(
        self, policy: Learner, value: Learner | None, rollout: Rollout
    ) -> tuple[Float64Array, Float64Array]:
        """v at every row, and behind every segment; 0 where nothing values states yet."""
        n, m = rollout.n, len(rollout.segments)
        if value is None or self.value_scale_ is None:
            return np.zeros(n), np.zeros(m)
        found = value.predictor.predict(policy.X[:n])[:, 0].astype(np.float64)
        after = np.zeros(m)
        open_ones = [k for k, s in enumerate(rollout.segments) if s.last is not None]
        if open_ones:
            last = np.array([rollout.segments[k].last for k in open_ones], np.float32)
            after[open_ones] = value.predictor.predict(last)[:, 0]
        return found * self.value_scale_, after * self.value_scale_
