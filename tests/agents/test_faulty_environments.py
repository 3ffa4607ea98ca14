"""Environments that keep to no interface: one sentence about what they gave, and no NaN learnt."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt.agents import ActorCritic, QLearning, Reinforce, evaluate, record
from rosenblatt.errors import DivergenceError, InputError
from tests.support.environments import gymnasium, spaces

AGENTS = [
    Reinforce((4,), n_steps=20, random_state=0),
    ActorCritic((4,), n_steps=20, random_state=0),
    QLearning((4,), learning_starts=16, random_state=0),
]
KINDS = pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: type(agent).__name__)


class Odd(gymnasium.Env[Any, Any]):  # type: ignore[name-defined, misc]
    """Episodes of five steps, in the third of which one thing is as given."""

    def __init__(self, **given: Any) -> None:
        self.given, self.k = given, 0
        self.observation_space = given.pop("space", spaces.Box(-1, 1, (3,)))
        self.action_space = given.pop("actions", spaces.Discrete(2))

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.k = 0
        return self.given.get("reset", (np.zeros(3, np.float32), {}))

    def step(self, action: Any) -> Any:
        self.k += 1
        given = self.given if self.k == 3 else {}
        parts = (
            given.get("observation", np.full(3, 0.1 * self.k, np.float32)),
            given.get("reward", 1.0),
            given.get("terminated", self.k == 5),
            given.get("truncated", False),
            {},
        )
        return given.get("step", parts)


@KINDS
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"reward": reward}, "gave the reward .*, and rewards are finite numbers")
        for reward in (np.nan, -np.inf, None, "1", 1j, 10**400, np.ones(2), [1.0])
    ]
    + [
        ({"observation": observation}, "is of 3 numbers, and it gave")
        for observation in (
            *(np.zeros(2), np.zeros(1), 0.5, np.zeros((1, 3)), None, "abc", {"a": 1}),
            *(np.zeros(3, complex), np.array([None] * 3), ["1", "2", "3"], [[1], [1, 2]]),
            np.ma.masked_array(np.zeros(3), [True, False, False]),
        )
    ]
    + [
        ({"observation": np.array([0, value, 0])}, "an observation with NaN, infinity or")
        for value in (np.nan, np.inf, 1e300)
    ]
    + [
        ({"terminated": "no"}, "gave terminated='no', which is True or False"),
        ({"truncated": np.nan}, "gave truncated=nan"),
        ({"terminated": np.array([True, False])}, "gave terminated=array"),
        ({"step": None}, r"returns \(observation, reward, .*, and it gave None"),
        ({"step": (np.zeros(3), 1.0, True, {})}, "step of Odd returns"),
        ({"reset": np.zeros(3)}, r"reset of Odd returns \(observation, info\)"),
        ({"reset": None}, "reset of Odd returns"),
    ],
    ids=str,
)
def test_what_is_given_is_told(agent: Any, given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        clone(agent).learn(Odd(**given), 100)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 300
    learnt = clone(agent).learn(Odd(), 20)
    for play in (lambda: evaluate(learnt, Odd(**given), 1), lambda: record(learnt, Odd(**given))):
        with pytest.raises(InputError, match=message):
            play()


@KINDS
def test_numbers_of_other_types_are_taken(agent: Any) -> None:
    given = {"reward": np.float32(2), "terminated": np.False_, "observation": [0, 1, True]}
    learnt = clone(agent).learn(Odd(**given, truncated=0), 60)
    assert learnt.episode_returns_[0] == 6.0
    assert evaluate(learnt, Odd(**given), 2).tolist() == [6.0, 6.0]


@KINDS
def test_a_divergence_advises_what_agents_have(agent: Any) -> None:
    with pytest.raises(DivergenceError, match="NormalizeReward") as raised:
        clone(agent).set_params(learning_rate=1e300).learn(Odd(), 100)
    assert "dtype" not in str(raised.value)


def test_spaces_beyond_float32() -> None:
    """Bounds nearer than its quotients hold, and actions that reach further than it does."""
    near = Odd(space=spaces.Box(np.zeros(3, "f4"), np.full(3, 1e-45, "f4")))
    far = Odd(actions=spaces.Box(-1.7e308, 1.7e308, (2,), np.float64))
    for env in (near, far):
        agent = ActorCritic((4,), n_steps=20, random_state=0).learn(env, 60)
        assert np.isfinite(agent.predict([0.1, 0.2, 0.3])).all()
    with pytest.raises(InputError, match=r"Box\(0.0, 1.0, \(2, 2\)"):
        Reinforce().learn(Odd(space=spaces.Box(np.zeros((2, 2), "f4"), np.ones((2, 2), "f4"))), 1)


@pytest.mark.parametrize("env", ["no_module_of_ours:A-v1", "a" * 100_000, "a\x1b[31m-v1"])
def test_ids_of_no_environment(env: str) -> None:
    with pytest.raises(InputError, match="there is no environment") as raised:
        Reinforce().learn(env, 10)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 500


def test_what_plays() -> None:
    agent = ActorCritic((4,), n_steps=20, random_state=0).learn(Odd(), 20)
    for play in (evaluate, record):
        with pytest.raises(TypeError, match="agent must be one such as"):
            play(None, Odd())
        for seed in (-1, 0.5, "1"):
            with pytest.raises(InputError, match="seed must be a whole number from 0"):
                play(agent, Odd(), seed=seed)
    for speed in (0, -1, np.nan, "fast", 1e-320):
        with pytest.raises(InputError, match="frames_per_second must be a number"):
            record(agent, Odd()).play(frames_per_second=speed)
    for observation in ([np.nan, 0, 0], [[0, 0, np.inf]], [1e39, 0, 0]):
        for predict in (agent.predict, agent.predict_proba):
            with pytest.raises(InputError, match="an observation has NaN"):
                predict(observation)
