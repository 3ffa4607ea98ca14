"""What `learn` is called with is looked at before anything is played, and how a call may end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt.agents import ActorCritic, QLearning, Reinforce
from rosenblatt.callbacks import EpochEnd
from rosenblatt.errors import InputError
from tests.support.environments import Aim, Corridor, spaces

AGENTS = [
    Reinforce(4, n_steps=20, random_state=0),
    ActorCritic(4, n_steps=20, random_state=0),
    QLearning(4, learning_starts=16, train_every=1, batch_size=8, random_state=0),
]
EACH = pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: type(agent).__name__)


class Counted(Corridor):
    """Counts its steps, and is interrupted in one of them."""

    def __init__(self, last: float = np.inf) -> None:
        super().__init__()
        self.taken, self.last = 0, last

    def step(self, action: Any) -> Any:
        self.taken += 1
        if self.taken >= self.last:
            raise KeyboardInterrupt
        return super().step(action)


@EACH
@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"callbacks": given}, TypeError, "callbacks takes callables, got")
        for given in (1, [1], ["x"], "x", [None], [print, 1], {print})
    ]
    + [
        ({"target_return": given}, InputError, "target_return must be a number or None, got")
        for given in ("x", [1.0], np.nan, 1j, np.ones(2))
    ]
    + [({"total_steps": given}, InputError, "total_steps must be a whole") for given in (10**400,)],
    ids=str,
)
def test_arguments_are_refused_before_a_step(
    agent: Any, given: dict[str, Any], error: type[Exception], message: str
) -> None:
    env = Counted()
    with pytest.raises(error, match=message):
        clone(agent).learn(env, **{"total_steps": 3000, **given})
    assert env.taken == 0


@EACH
def test_arguments_that_are_taken(agent: Any) -> None:
    for target in (np.inf, -np.inf, 10**400, np.float32(2), 5):
        clone(agent).learn(Corridor(), 30, target_return=target, callbacks=None)
    calls: list[Any] = []

    def several(end: EpochEnd) -> Any:
        calls.append(end)
        return np.array([1, 2])

    clone(agent).learn(Corridor(), 30, callbacks=[several, lambda end: "no"])
    assert calls  # True alone ends the learning, as in a fit
    ended = clone(agent).learn(Corridor(), 5000, callbacks=lambda end: np.True_)
    assert ended.n_steps_ < 5000


@pytest.mark.parametrize(
    ("agent", "given", "n_actions"),
    [
        (AGENTS[0], {}, 10**12),
        (AGENTS[0], {"n_steps": 2**40}, 2),
        (AGENTS[1], {"n_steps": 2**40}, 2),
        (AGENTS[2], {"memory_size": 2**40}, 2),
        (AGENTS[2], {"batch_size": 2**40}, 2),
    ],
    ids=str,
)
def test_more_than_memory_holds(agent: Any, given: dict[str, int], n_actions: int) -> None:
    env = Corridor()
    env.action_space = spaces.Discrete(n_actions)
    with pytest.raises(MemoryError, match="the agent does not fit into memory: lower"):
        clone(agent).set_params(**given).learn(env, 100)


@EACH
def test_an_interrupted_agent_predicts_by_what_it_has_learnt(agent: Any) -> None:
    """A callback that predicts leaves no older network behind."""
    agent = clone(agent)
    rows = np.eye(4)

    def look(end: EpochEnd) -> None:
        end.estimator.predict(rows)

    steps = 1500 if isinstance(agent, QLearning) else 45
    with pytest.raises(KeyboardInterrupt):
        agent.learn(Counted(steps), 100_000, callbacks=look)
    assert agent.stop_reason_ == "an exception ended the learning"
    model = agent.q_ if isinstance(agent, QLearning) else agent.policy_
    scaled = (rows - agent.center_) / agent.scale_
    found = agent._predictor()(scaled.astype(np.float32))
    np.testing.assert_array_equal(found, model.predict(scaled))
    assert agent.learn(Corridor(), 30).stop_reason_ == "30 steps were taken"


@EACH
@pytest.mark.parametrize(
    "observation",
    [
        np.zeros(4, complex),
        [1j, 0, 0, 0],
        ["1", "2", "3", "4"],
        [b"1", b"2", b"3", b"4"],
        np.zeros(4, "m8[s]"),
        np.array(["2020-01-01"] * 4, "M8[D]"),
    ],
    ids=str,
)
def test_observations_that_are_no_numbers(agent: Any, observation: Any) -> None:
    learnt = clone(agent).learn(Corridor(), 30)
    with pytest.raises(InputError, match="an observation has 4 numbers, got"):
        learnt.predict(observation)


def test_no_observations_have_no_actions() -> None:
    agent = clone(AGENTS[1]).learn(Aim(), 30)
    assert agent.predict(np.zeros((0, 2))).shape == (0, 2)
