"""Observations at the ends of float32: told at once, or learnt from without a word of NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt.agents import ActorCritic, QLearning, Reinforce, evaluate, record
from rosenblatt.errors import DivergenceError, InputError
from tests.support.environments import gymnasium, spaces

AGENTS = [
    Reinforce((4,), n_steps=2000, random_state=0),
    Reinforce((4,), "relu", n_steps=2000, random_state=0),
    ActorCritic((4,), n_steps=256, random_state=0),
    QLearning((4,), learning_starts=16, batch_size=8, random_state=0),
]
EACH = pytest.mark.parametrize("agent", AGENTS, ids=str)


class Shown(gymnasium.Env[Any, Any]):  # type: ignore[name-defined, misc]
    """Episodes of seven steps; the observation after the step `at` of all is of one number."""

    def __init__(
        self,
        shown: float,
        at: int = 4,
        *,
        bound: float = np.inf,
        numbers: bool = False,
        always: bool = False,
    ) -> None:
        self.observation_space = spaces.Box(-bound, bound, (2,), np.float64)
        self.action_space = spaces.Box(-1, 1, (1,)) if numbers else spaces.Discrete(2)
        self.shown, self.at, self.always, self.taken = shown, at, always, 0

    def seen(self) -> Any:
        return np.full(2, self.shown if self.always or self.taken == self.at else 0.0)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.k = 0
        return self.seen(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        self.taken += 1
        self.k += 1
        return self.seen(), 1.0, self.k == 7, False, {}


@EACH
@pytest.mark.parametrize("numbers", [False, True])
@pytest.mark.parametrize("at", [0, 4, 7])
@pytest.mark.parametrize("shown", [np.nan, np.inf, -np.inf, 1e300])
def test_it_is_refused_before_the_next_step(
    agent: Any, numbers: bool, at: int, shown: float
) -> None:
    """After the first reset, within an episode and at its end."""
    if numbers and isinstance(agent, QLearning):
        pytest.skip("it chooses")
    learnt = clone(agent).learn(Shown(0.0, numbers=numbers), 30)
    for use in (
        lambda env: clone(agent).learn(env, 10_000),
        lambda env: evaluate(learnt, env, 3),
        lambda env: record(learnt, env),
    ):
        env = Shown(shown, at, numbers=numbers)
        with pytest.raises(InputError, match="an observation with NaN, infinity or"):
            use(env)
        assert env.taken == at


@EACH
@pytest.mark.parametrize("bound", [np.inf, 1e20, 1e-29])
@pytest.mark.parametrize("shown", [1e20, 1e30, 1e38, 3.4e38])
def test_large_numbers(agent: Any, bound: float, shown: float) -> None:
    """They are learnt from, or refused in words of their own."""
    for env in (
        Shown(shown, bound=bound, always=True),
        Shown(shown, bound=bound),
        Shown(shown, bound=bound, numbers=True, always=True),
    ):
        if isinstance(agent, QLearning) and isinstance(env.action_space, spaces.Box):
            continue
        try:
            learnt = clone(agent).learn(env, 60)
        except (InputError, DivergenceError) as error:
            assert "NormalizeObservation" in str(error)  # noqa: PT017
        else:
            assert evaluate(learnt, env, 1).tolist() == [7.0]
            assert env.action_space.contains(learnt.predict([0.1, 0.2]))


@EACH
def test_predictions_that_are_not_finite(agent: Any) -> None:
    """A policy whose numbers leave float32 names no action."""
    learnt = clone(agent).learn(Shown(0.0), 30)
    large = np.full(2, 3e38, np.float32)
    for trained in learnt._trained.values():
        trained.model.parameters[...] = 4.0
    learnt._snapshot = None
    if "relu" not in str(agent) and not isinstance(agent, QLearning):
        return  # tanh is 1 at most
    for use in (
        lambda: learnt.predict(large),
        lambda: learnt.predict(np.stack([large, 0 * large])),
        lambda: evaluate(learnt, Shown(3e38, always=True), 1),
        lambda: learnt.learn(Shown(3e38, always=True), 20_000),
    ):
        with pytest.raises(DivergenceError, match="NormalizeObservation"):
            use()
