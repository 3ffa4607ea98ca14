"""Parameters that are set after an agent has learnt count from the next call, or are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt.agents import ActorCritic, QLearning, Reinforce, load
from rosenblatt.errors import InputError
from tests.support.environments import Corridor

AGENTS = [
    Reinforce(4, n_steps=20, random_state=0),
    ActorCritic(4, n_steps=20, random_state=0),
    QLearning(4, learning_starts=16, batch_size=8, random_state=0),
]
EACH = pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: type(agent).__name__)


def weights(agent: Any) -> list[Any]:
    return [trained.model.parameters.copy() for trained in agent._trained.values()]


@EACH
@pytest.mark.parametrize(
    "given", [{"hidden_layer_sizes": (9,)}, {"activation": "elu"}, {"baseline": False}], ids=str
)
def test_other_networks_are_refused(agent: Any, given: dict[str, Any], tmp_path: Path) -> None:
    """A file would hold weights of one network and the description of another."""
    if not given.keys() <= agent.get_params().keys():
        pytest.skip("it has no such parameter")
    learnt = clone(agent).learn(Corridor(), 60).set_params(**given)
    message = "has learned with networks that .* and baseline|activation.* sklearn.base.clone"
    for use in (
        lambda: learnt.learn(Corridor(), 60),
        lambda: learnt.save(tmp_path / "agent"),
    ):
        with pytest.raises(InputError, match=message):
            use()
    assert not (tmp_path / "agent").exists()
    learnt.set_params(**{name: agent.get_params()[name] for name in given})
    learnt.learn(Corridor(), 60).save(tmp_path / "agent")


@EACH
def test_other_rates_and_losses_count(agent: Any, tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [{"learning_rate": 1e-30}]
    if not isinstance(agent, QLearning):
        changes = [{"learning_rate": 1e-30, "value_learning_rate": 0.0}, {"entropy": 10.0}]
    first = clone(agent).learn(Corridor(), 60)
    before = weights(first)
    first.set_params(**changes[0]).learn(Corridor(), 100)
    for a, b in zip(weights(first), before, strict=True):
        np.testing.assert_array_equal(a, b)
    for change in changes[1:]:
        same, other = clone(agent).learn(Corridor(), 60), clone(agent).learn(Corridor(), 60)
        same.learn(Corridor(), 100)
        other.set_params(**change).learn(Corridor(), 100)
        assert not np.array_equal(weights(same)[0], weights(other)[0])


def test_what_is_set_as_it_was_changes_nothing() -> None:
    """Setting what there is changes nothing."""
    for agent in AGENTS:
        one, two = (clone(agent).learn(Corridor(), 60) for _ in range(2))
        one.learn(Corridor(), 60)
        two.set_params(learning_rate=agent.learning_rate).learn(Corridor(), 60)
        for a, b in zip(weights(one), weights(two), strict=True):
            np.testing.assert_array_equal(a, b)


def test_numbers_of_numpy_are_kept_in_files(tmp_path: Path) -> None:
    agent = Reinforce(
        np.array([4, 3]),
        ["tanh", "relu"],
        n_steps=np.int64(20),
        learning_rate=np.float32(0.5),
        baseline=np.True_,
        random_state=np.int64(3),
    ).learn(Corridor(), 30)
    agent.save(tmp_path / "agent")
    again = load(tmp_path / "agent").get_params()
    assert (again["hidden_layer_sizes"], again["activation"]) == ((4, 3), ("tanh", "relu"))
    assert (again["n_steps"], again["learning_rate"]) == (20, 0.5)
    assert (again["baseline"], again["random_state"]) == (True, 3)
