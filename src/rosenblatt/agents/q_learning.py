"""`QLearning`: the value of every action, learnt from remembered steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, final

import numpy as np

from rosenblatt.agents.actions import Actions, Choices
from rosenblatt.agents.base import AT_LEAST_ONE, UNIT, Agent
from rosenblatt.agents.environment import Environment
from rosenblatt.agents.learner import Design, Learner, chain, clipping_of
from rosenblatt.agents.replay_memory import ReplayMemory
from rosenblatt.errors import InputError
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.optimizers import Adam

__all__ = ["QLearning"]

RECORD_STEPS = 1000  # between two entries of a history


@final
class QLearning(Agent):
    """Deep Q-learning with replay and a target network (theory R4, R5; Mnih et al. 2015).

    A network gives for every action the return that it expects of it. While it acts at random
    with probability ε, it learns from steps that are drawn from its memory; what it learns is the
    reward plus γ times what a copy of it, which follows now and then, expects of the next state.
    The error is squared. Huber's loss, which is common here, tends to the median where errors are
    large: the rare end of an episode then counts for nothing, and values grow without bound.

    Parameters
    ----------
    hidden_layer_sizes : int or tuple of int, default=(64, 64)
    activation : str, object or list of these, default='relu'
    learning_rate : float, default=0.001
        Of Adam.
    gamma : float, default=0.99
        γ, between 0 and 1: what a reward counts for one step later.
    memory_size : int, default=50000
        Steps that are remembered, the last ones.
    batch_size : int, default=128
        Steps that are drawn for an update.
    learning_starts : int, default=1000
        Steps before the first update.
    train_every : int, default=4
        Steps between two updates.
    target_every : int, default=200
        Steps after which the target network becomes a copy of the network.
    exploration : float, default=0.3
        The part of `total_steps` in which ε falls from 1 to `final_epsilon`.
    final_epsilon : float, default=0.05
    double : bool, default=True
        Whether the network chooses the next action whose value the target network gives
        (van Hasselt, Guez & Silver 2016).
    max_grad_norm : float or None, default=10
        Gradients are clipped to this norm.
    anneal : bool, default=True
        Whether the learning rate falls to 0 over `total_steps`.
    random_state : int, RandomState instance or None, default=None
        The same number gives the same agent, bit for bit.

    Attributes
    ----------
    q_ : rosenblatt.model.Model
        The network.
    actions_, history_, episode_returns_, n_steps_, stop_reason_
        As of `Reinforce`; the history has an entry for every 1000 steps.
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **Agent._parameter_constraints,
        "memory_size": [AT_LEAST_ONE],
        "batch_size": [AT_LEAST_ONE],
        "learning_starts": [AT_LEAST_ONE],
        "train_every": [AT_LEAST_ONE],
        "target_every": [AT_LEAST_ONE],
        "exploration": [UNIT],
        "final_epsilon": [UNIT],
        "double": ["boolean"],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (64, 64),
        activation: Any = "relu",
        *,
        learning_rate: float = 0.001,
        gamma: float = 0.99,
        memory_size: int = 50_000,
        batch_size: int = 128,
        learning_starts: int = 1000,
        train_every: int = 4,
        target_every: int = 200,
        exploration: float = 0.3,
        final_epsilon: float = 0.05,
        double: bool = True,
        max_grad_norm: float | None = 10.0,
        anneal: bool = True,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate = learning_rate
        self.gamma = gamma
        self.memory_size = memory_size
        self.batch_size = batch_size
        self.learning_starts = learning_starts
        self.train_every = train_every
        self.target_every = target_every
        self.exploration = exploration
        self.final_epsilon = final_epsilon
        self.double = double
        self.max_grad_norm = max_grad_norm
        self.anneal = anneal
        self.random_state = random_state

    @property
    def q_(self) -> Model:
        """The network, whose predictions are the values of the actions."""
        return self._trained["q"].model

    def _check_actions(self, environment: Environment) -> None:
        if not isinstance(environment.actions, Choices):
            raise InputError(
                f"QLearning compares the values of single actions, and those of"
                f" {environment.name} are numbers: take Reinforce or ActorCritic."
            )

    def _designs(self, n_inputs: int, actions: Actions) -> dict[str, Design]:
        network = chain(n_inputs, *self._hidden(), actions.n_outputs)
        return {"q": Design(network, SquaredError(), Adam(self.learning_rate))}

    def _updates(
        self, environment: Environment, total_steps: int
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        rng, e, actions = self._rng, environment, self.actions_
        assert isinstance(actions, Choices)
        learner = Learner(
            self._trained["q"], actions.n, clipping_of(self.max_grad_norm), self.memory_size
        )
        memory = ReplayMemory(learner)
        target = self.q_.astype(np.float32)
        of_target = target.engine_predictor(n_jobs=1)
        explored = max(1, round(self.exploration * total_steps))
        scaled, values = np.empty(e.n_inputs, np.float32), np.empty(actions.n, np.float32)
        total, losses, epsilon = 0.0, [], 1.0
        e.scale_into(e.reset(int(rng.randint(2**31))), scaled)
        for played in range(1, total_steps + 1):
            epsilon = max(self.final_epsilon, 1 - (1 - self.final_epsilon) * played / explored)
            if rng.random_sample() < epsilon:
                code = int(rng.randint(actions.n))
            else:
                learner.act(scaled, values)
                code = int(values.argmax())
            row = memory.begin(scaled, code)
            observation, reward, terminated, truncated = e.step(actions.start + code)
            total += reward
            e.scale_into(observation, scaled)
            memory.end(row, reward, scaled, terminated)
            if terminated or truncated:
                self.episode_returns_.append(e.returned(total))
                total = 0.0
                e.scale_into(e.reset(), scaled)
            if played >= self.learning_starts and played % self.train_every == 0:
                rows = memory.drawn(rng, int(self.batch_size))
                memory.set_targets(rows, of_target, self.gamma, self.double)
                factor = 1 - (played - 1) / total_steps if self.anneal else 1.0
                losses.append(learner.steps(rows, len(rows), factor))
            if played % self.target_every == 0:
                target.parameters[...] = self.q_.parameters
            if played % RECORD_STEPS == 0 or played == total_steps:
                loss = float(np.mean(losses)) if losses else float("nan")
                yield played, {"loss": loss, "epsilon": epsilon}
                losses = []
