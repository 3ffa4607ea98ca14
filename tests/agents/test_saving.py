"""Agents in files: they come back as they were, and what is no agent's file is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import ReLU
from rosenblatt.agents import ActorCritic, QLearning, Reinforce, load
from rosenblatt.errors import InputError
from rosenblatt.persistence import container
from tests.support.environments import Aim, Corridor, gymnasium, spaces


@pytest.mark.parametrize(
    ("agent", "env"),
    [
        (Reinforce((8, 4), random_state=0), Corridor(start=2)),
        (Reinforce(8, "relu", baseline=False, random_state=0), Aim()),
        (ActorCritic(8, n_steps=32, random_state=0), Aim()),
        (QLearning(8, memory_size=64, learning_starts=8, random_state=0), Corridor()),
    ],
    ids=lambda given: type(given).__name__,
)
def test_they_come_back(agent: Any, env: Any, tmp_path: Path) -> None:
    agent.learn(env, 100).save(tmp_path / "agent")
    again = load(tmp_path / "agent")
    assert type(again) is type(agent)
    assert again.get_params() == agent.get_params()
    assert again.actions_ == agent.actions_
    assert again.n_steps_ == agent.n_steps_
    assert again.value_scale_ == agent.value_scale_
    rows = np.random.default_rng(0).normal(size=(20, agent.n_features_in_))
    np.testing.assert_array_equal(again.predict(rows), agent.predict(rows))
    again.learn(env, 50)


def test_bounds_may_be_infinite(tmp_path: Path) -> None:
    env = Aim()
    env.action_space = spaces.Box(-np.inf, np.inf, (2,), np.float32)
    agent = Reinforce(4).learn(env, 10)
    agent.save(tmp_path / "agent")
    assert load(tmp_path / "agent").actions_ == agent.actions_


def test_objects_are_refused(tmp_path: Path) -> None:
    agent = Reinforce(4, ReLU()).learn(Corridor(), 10)
    with pytest.raises(InputError, match=r"was not written: activation=ReLU\(\) is an object"):
        agent.save(tmp_path / "agent")
    assert not (tmp_path / "agent").exists()


def changed(key: str, value: Any) -> Any:
    def change(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        metadata[key] = value

    return change


def without_policy(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
    del tensors["policy"]


def huge(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
    metadata["parameters"]["hidden_layer_sizes"] = [10**9, 10**9]


def not_finite(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
    tensors["policy"][0] = np.nan


def infinite(name: str) -> Any:
    def change(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        tensors[name][0] = np.inf

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed("agent", "NoAgent"),
        changed("agent_format", 2),
        changed("parameters", {"gamma": 7}),
        changed("parameters", {"no_such": 7}),
        changed("parameters", 3),
        changed("actions", {"kind": "choices"}),
        changed("actions", {"kind": "choices", "n": 5}),
        changed("n_steps", "many"),
        changed("n_steps", -1),
        changed("actions", {"kind": "choices", "n": 2.0}),
        changed("actions", {"kind": "choices", "n": 2, "start": {}}),
        changed("actions", {"kind": "choices", "n": 2, "start": "inf"}),
        changed("actions", {"kind": "choices", "n": 2, "start": 10**30}),
        changed("actions", {"kind": "numbers", "shape": [1], "low": ["nan"], "high": ["1.0"]}),
        changed("actions", {"kind": "numbers", "shape": [1], "low": ["0.0"], "high": ["1e308"]}),
        changed("actions", {"kind": "numbers", "shape": [1], "low": ["2.0"], "high": ["1.0"]}),
        changed("actions", {"kind": "numbers", "shape": [1], "low": ["0.0"], "high": [10**30]}),
        changed("actions", {"kind": "numbers", "shape": [1], "low": ["inf"], "high": ["inf"]}),
        changed("actions", {"kind": "numbers", "shape": [1], "low": ["0.0"], "high": ["0.1"]}),
        changed(
            "actions",
            {"kind": "numbers", "shape": [1], "low": ["0"], "high": ["1"], "dtype": "int8"},
        ),
        changed("actions", {"kind": "numbers", "shape": [2], "low": ["0.0"], "high": ["1.0"]}),
        changed("actions", {"kind": "numbers", "shape": 0.5, "low": ["0.0"], "high": ["1.0"]}),
        without_policy,
        huge,
        not_finite,
        *(infinite(name) for name in ("center", "scale", "value_scale")),
    ],
)
def test_files_that_are_no_whole_agents(change: Any, tmp_path: Path) -> None:
    path = tmp_path / "agent"
    Reinforce(4).learn(Corridor(), 10).save(path)
    content = container.read(path)
    metadata = json.loads(content.metadata)
    tensors = {name: array.copy() for name, array in content.tensors.items()}
    change(metadata, tensors)
    path.write_bytes(container.pack(json.dumps(metadata), tensors))
    with pytest.raises(InputError, match="cannot load the agent"):
        load(path)


def test_other_files(tmp_path: Path) -> None:
    path = tmp_path / "agent"
    with pytest.raises(InputError, match="there is no such file"):
        load(path)
    path.write_bytes(b"something else")
    with pytest.raises(InputError, match="cannot load the agent"):
        load(path)


def test_a_game_of_its_own_is_no_part_of_it(tmp_path: Path) -> None:
    agent = Reinforce(4).learn("CartPole-v1", 50)
    agent.save(tmp_path / "agent")
    env = gymnasium.make("CartPole-v1")
    load(tmp_path / "agent").learn(env, 20)
    env.close()
