"""Agents find the best policy where it is known, and keep CartPole's pole up."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt.activations import Elementwise
from rosenblatt.agents import ActorCritic, QLearning, Reinforce, evaluate
from rosenblatt.callbacks import EpochEnd, StopTraining
from rosenblatt.support.types import FloatArray
from tests.support.environments import Aim, Corridor, spaces

SMALL: dict[str, Any] = {"hidden_layer_sizes": 16, "learning_rate": 0.02, "random_state": 0}
ON_POLICY = {"n_steps": 64, **SMALL}
AGENTS: list[Any] = [
    Reinforce(**ON_POLICY),
    ActorCritic(**ON_POLICY),
    QLearning(
        **SMALL, learning_starts=64, target_every=50, batch_size=32, memory_size=500, gamma=0.8
    ),
]
each_agent = pytest.mark.parametrize("agent", AGENTS, ids=lambda a: type(a).__name__)


def weights(agent: Any) -> Any:
    model = agent.q_ if isinstance(agent, QLearning) else agent.policy_
    return model.parameters


@each_agent
def test_the_shortest_way_is_found(agent: Any) -> None:
    agent = clone(agent).learn(Corridor(start=3), 3000)
    np.testing.assert_array_equal(agent.predict(np.eye(4)), 4)
    assert agent.predict(np.eye(4)[0]) == 4
    np.testing.assert_array_equal(evaluate(agent, Corridor(start=3), 3), 1.0)
    assert agent.n_steps_ == agent.history_[-1]["steps"] >= 3000
    assert agent.history_[-1]["episodes"] == len(agent.episode_returns_)


def test_q_learning_finds_the_values() -> None:
    """γᵏ with k steps behind the one that is taken; back and forth again costs two more."""
    gamma, n = 0.8, 4
    agent = clone(AGENTS[2]).set_params(double=False, final_epsilon=0.3, anneal=True)
    agent.learn(Corridor(n), 6000)
    found = agent.q_.predict(2 * np.eye(n, dtype=np.float32) - 1)  # as observations are scaled
    forth = gamma ** np.arange(n - 1, -1, -1)
    back = np.concatenate([[forth[0] * gamma], forth[:-1] * gamma])
    np.testing.assert_allclose(found, np.column_stack([back, forth]), atol=0.03)


@pytest.mark.parametrize("kind", [Reinforce, ActorCritic])
def test_numbers_are_learnt_within_their_bounds(kind: Any) -> None:
    agent = kind(32, learning_rate=0.02, n_steps=128, entropy=0.0, random_state=0)
    agent.learn(Aim(), 12_000)
    shown = np.array([[0.3, -0.6], [-0.8, 0.5], [0.0, 0.0]], np.float32)
    np.testing.assert_allclose(agent.predict(shown), Aim.wanted(shown), atol=0.4)
    assert evaluate(agent, Aim(), 50).mean() > -0.1
    assert agent.predict_proba(shown).shape == (3, 4)


def test_cartpole_stands() -> None:
    agent = Reinforce(random_state=0).learn("CartPole-v1", 80_000, target_return=300)
    assert evaluate(agent, "CartPole-v1", 10, seed=1).mean() >= 195
    curve = [record["mean_return"] for record in agent.history_]
    assert curve[-1] > 4 * curve[0]


@each_agent
def test_a_seed_gives_the_same_bits(agent: Any) -> None:
    shared = np.random.mtrand._rand
    shared.seed(5)
    first = clone(agent).learn(Corridor(), 500)
    shared.seed(6)
    second = clone(agent).learn(Corridor(), 500)
    assert shared.randint(1000) == np.random.RandomState(6).randint(1000)
    np.testing.assert_array_equal(weights(first), weights(second))
    assert first.episode_returns_ == second.episode_returns_
    other = clone(agent).set_params(random_state=1).learn(Corridor(), 500)
    assert (weights(other) != weights(first)).any()


@each_agent
def test_learning_goes_on_and_survives_a_pickle(agent: Any) -> None:
    first = clone(agent).learn(Corridor(), 300)
    again = pickle.loads(pickle.dumps(first))
    for each in (first, again):
        each.learn(Corridor(), 300)
    np.testing.assert_array_equal(weights(first), weights(again))
    assert first.n_steps_ >= 600
    assert [r["steps"] for r in first.history_] == sorted(r["steps"] for r in first.history_)


@each_agent
def test_callbacks_see_each_update_and_end_it(agent: Any) -> None:
    seen: list[EpochEnd] = []

    def second(end: EpochEnd) -> bool:
        seen.append(end)
        end.estimator.predict(np.eye(4))
        return end.epoch == 2

    agent = clone(agent).learn(Corridor(), 5000, callbacks=[second])
    assert [end.epoch for end in seen] == [1, 2]
    assert seen[1].record is agent.history_[1]
    assert agent.stop_reason_ == "a callback ended the learning"

    def stop(end: EpochEnd) -> None:
        raise StopTraining("enough")

    agent.learn(Corridor(), 5000, callbacks=stop)
    assert agent.stop_reason_ == "enough"
    assert len(agent.history_) == 3


def test_a_target_ends_it() -> None:
    agent = clone(AGENTS[0]).learn(Corridor(), 100_000, target_return=1.0)
    assert agent.stop_reason_ == "the last 100 episodes had a return of 1"
    assert agent.n_steps_ < 20_000


def test_without_a_baseline() -> None:
    agent = clone(AGENTS[0]).set_params(baseline=False).learn(Corridor(), 1000)
    assert agent.value_ is None
    assert "value_loss" not in agent.history_[-1]


@final
@dataclass(frozen=True)
class OwnTanh(Elementwise):
    """An activation that the native engine has no kernel for."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.tanh(z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return 1 - a * a


@each_agent
def test_an_activation_of_ones_own_acts_by_its_network(agent: Any) -> None:
    given = {"exploration": 0.0, "final_epsilon": 0.0} if isinstance(agent, QLearning) else {}
    own, native = (
        clone(agent).set_params(activation=g, **given).learn(Corridor(), 300)
        for g in (OwnTanh(), "tanh")
    )
    assert own.episode_returns_ == native.episode_returns_
    np.testing.assert_array_equal(own.predict(np.eye(4)), native.predict(np.eye(4)))
    evaluate(own, Corridor(), 1)


@each_agent
def test_units_stay_in_an_environment_of_other_bounds(agent: Any) -> None:
    """A network that has learnt with observations in one unit takes them in no other."""
    wide = Corridor()
    wide.observation_space = spaces.Box(-100.0, 300.0, (4,), np.float32)
    first = clone(agent).learn(Corridor(), 200)
    again = pickle.loads(pickle.dumps(first))
    first.learn(Corridor(), 200)
    again.learn(wide, 200)
    np.testing.assert_array_equal(weights(again), weights(first))
