"""Environments whose spaces, names or objects are no Gymnasium's: one sentence, before a step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.agents import ActorCritic, QLearning, Reinforce, record
from rosenblatt.errors import InputError
from tests.support.environments import Aim, Corridor, spaces

KINDS = pytest.mark.parametrize("kind", [Reinforce, ActorCritic, QLearning])


class Raising:
    """Of another library, and cannot be read."""

    __hash__ = None  # type: ignore[assignment]

    def raising(self, *arguments: Any, **options: Any) -> Any:
        raise RuntimeError("not to be read")

    __repr__ = __float__ = __eq__ = __array__ = raising  # type: ignore[assignment]


class Named(Corridor):
    """A corridor with an id; observations and rewards of its steps may be replaced."""

    def __init__(self, name: Any = "Own-v0", **given: Any) -> None:
        super().__init__(n=given.pop("n", 4))
        self.spec = type("Spec", (), {"id": name})()
        self.given = given

    def step(self, action: Any) -> Any:
        observation, reward, *rest = super().step(action)
        return (
            self.given.get("observation", observation),
            self.given.get("reward", reward),
            *rest,
        )


class Unseeded(Corridor):
    """Of the interface before Gymnasium's."""

    def reset(self) -> Any:  # type: ignore[override]
        return super().reset()


def changed(space: Any, **attributes: Any) -> Any:
    for name, value in attributes.items():
        setattr(space, name, value)
    return space


@KINDS
@pytest.mark.parametrize(
    ("name", "space", "message"),
    [
        ("observation_space", changed(spaces.Box(-1, 1, (4,)), low=np.zeros(3)), "the bounds of a"),
        ("observation_space", changed(spaces.Box(-1, 1, (4,)), high=["a"] * 4), "the bounds of a"),
        ("observation_space", changed(spaces.Box(-1, 1, (4,)), low=None), "the bounds of a space"),
        ("action_space", changed(spaces.Box(-1, 1, (2,)), low=np.zeros(3)), "the bounds of a"),
        ("action_space", changed(spaces.Box(-1, 1, (2,)), high=None), "the bounds of a space"),
        ("action_space", changed(spaces.Discrete(2), n=0), "Named has n=0 actions from start="),
        ("action_space", changed(spaces.Discrete(2), n="x"), "Named has n='x' actions from start="),
        ("action_space", changed(spaces.Discrete(2), n=2.5), "Named has n=2.5 actions from start="),
        ("action_space", changed(spaces.Discrete(2), start=0.5), "actions from start=0.5, and"),
        ("action_space", Raising(), "agents choose one of several actions"),
        ("observation_space", Raising(), "agents take observations that are vectors"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_spaces(kind: Any, name: str, space: Any, message: str) -> None:
    env = Named(None)
    setattr(env, name, space)
    with pytest.raises(InputError, match=message):
        kind().learn(env, 10)


@KINDS
def test_a_reset_without_a_seed(kind: Any) -> None:
    with pytest.raises(InputError, match="reset of Unseeded takes no seed"):
        kind().learn(Unseeded(), 10)


@KINDS
@pytest.mark.parametrize("given", [{"observation": Raising()}, {"reward": Raising()}], ids=list)
def test_objects_that_raise(kind: Any, given: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"it gave <|gave the reward <"):
        kind(4).learn(Named(**given), 10)


@pytest.mark.parametrize("env", [":", ":x", "::x", ".x:y", ".:CartPole-v1"])
def test_ids_of_no_module(env: str) -> None:
    with pytest.raises(InputError, match="there is no environment"):
        Reinforce(4).learn(env, 10)


@pytest.mark.parametrize("name", [None, 5, "", Raising()], ids=lambda name: type(name).__name__)
def test_names_that_are_none(name: Any) -> None:
    agent = Reinforce(4).learn(Named(name), 10)
    assert record(agent, Named(name)).env == "Named"


def test_a_page_keeps_its_names() -> None:
    name = "a\n</script><b>MetaDATA-TITLE-v0"
    agent = Reinforce(4, random_state=0).learn(Named(name), 10)
    page = record(agent, Named(name)).to_html()
    assert "<title>a &lt;/script&gt;&lt;b&gt;MetaDATA-TITLE-v0</title>" in page
    assert page.count("</script>") == 1
    assert '"captions": ["a <\\/script><b>MetaDATA-TITLE-v0  step 0' in page


@pytest.mark.parametrize("name", ["CartPole-v1", "Acrobot-v1", "ns/MountainCar-v0"])
@pytest.mark.parametrize("n", [1, 3, 12])
def test_other_numbers_than_a_scene_takes_are_bars(name: str, n: int) -> None:
    agent = Reinforce(4, random_state=0).learn(Named(name, n=n), 10)
    own, bars = (record(agent, Named(given, n=n)) for given in (name, "Own-v0"))
    assert own.text(0).partition("\n")[2] == bars.text(0).partition("\n")[2]
    assert own.to_html()


class Overwriting(Aim):
    """Writes into the actions that it is given."""

    def step(self, action: Any) -> Any:
        result = super().step(action)
        action[...] = 99
        return result


def test_actions_are_recorded_as_they_were_given() -> None:
    agent = ActorCritic(4, n_steps=20, random_state=0).learn(Overwriting(), 40)
    episode = record(agent, Overwriting())
    assert Aim().action_space.contains(np.float32(episode.actions[0]))
