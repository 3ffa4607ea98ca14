"""What does not suit an agent is refused in one sentence, before anything is learnt."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from rosenblatt.agents import ActorCritic, QLearning, Reinforce, evaluate
from rosenblatt.errors import DivergenceError, InputError
from tests.support.environments import Aim, Corridor, spaces

KINDS: list[Any] = [Reinforce, ActorCritic, QLearning]


class Given(Corridor):
    """A corridor with other spaces."""

    def __init__(self, *, observations: Any = None, actions: Any = None) -> None:
        super().__init__()
        self.observation_space = observations or self.observation_space
        self.action_space = actions or self.action_space


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("env", "message"),
    [
        (Given(actions=spaces.MultiBinary(2)), "choose one of several actions"),
        (Given(actions=spaces.Box(0, 9, (2,), np.int64)), "choose one of several actions"),
        (Given(observations=spaces.Discrete(4)), "observations that are vectors of numbers"),
        (Given(observations=spaces.Box(0, 1, (2, 2))), "FlattenObservation"),
        ("CartPole-v99", "there is no environment 'CartPole-v99'"),
        ("no such thing", "there is no environment 'no such thing'"),
        (7, "int has no reset"),
    ],
)
def test_environments(kind: Any, env: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        kind().learn(env, 10)
    assert "\n" not in str(caught.value)


def test_q_learning_takes_no_numbers() -> None:
    with pytest.raises(InputError, match="those of Aim are numbers: take Reinforce"):
        QLearning().learn(Aim(), 10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "given",
    [
        {"gamma": 1.1},
        {"gamma": -0.1},
        {"learning_rate": 0},
        {"hidden_layer_sizes": (4, 0)},
        {"hidden_layer_sizes": "many"},
        {"hidden_layer_sizes": (4, 10**30)},
        {"max_grad_norm": -1.0},
        {"activation": "none such"},
        {"random_state": "x"},
    ],
    ids=repr,
)
def test_parameters(kind: Any, given: dict[str, Any]) -> None:
    agent = kind(**given)
    with pytest.raises(ValueError, match=next(iter(given))):
        agent.learn(Corridor(), 10)
    assert not hasattr(agent, "actions_")


def test_parameters_of_single_agents() -> None:
    for agent in (
        Reinforce(n_steps=0),
        Reinforce(entropy=-1),
        ActorCritic(gae_lambda=2),
        QLearning(final_epsilon=2),
        QLearning(batch_size=0),
    ):
        with pytest.raises(ValueError, match="must be"):
            agent.learn(Corridor(), 10)


@pytest.mark.parametrize("steps", [0, -5, 2.5, "many"])
def test_steps(steps: Any) -> None:
    with pytest.raises(InputError, match="total_steps must be a whole number from 1"):
        Reinforce().learn(Corridor(), steps)


def test_before_and_behind_learning() -> None:
    agent = Reinforce(4)
    for call in (lambda: agent.predict(np.eye(4)), lambda: evaluate(agent, Corridor())):
        with pytest.raises(NotFittedError, match="call learn first"):
            call()
    agent.learn(Corridor(), 10)
    with pytest.raises(InputError, match=r"4 numbers, got an array of shape \(2, 3\)"):
        agent.predict(np.zeros((2, 3)))
    for use in (lambda: agent.learn(Corridor(5), 10), lambda: evaluate(agent, Corridor(5))):
        with pytest.raises(InputError, match=r"take a new agent, by sklearn\.base\.clone"):
            use()


def test_without_gymnasium(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(ImportError, match=r"rosenblatt\.agents needs gymnasium.*\[agents\]"):
        Reinforce().learn("CartPole-v1", 10)


@pytest.mark.filterwarnings("ignore:overflow")
def test_divergence_is_said() -> None:
    agent = ActorCritic(8, learning_rate=1e38, n_steps=8, max_grad_norm=None, random_state=0)
    with pytest.raises(DivergenceError, match=r"Learning diverged: .*lower learning_rate"):
        agent.learn(Corridor(), 500)
