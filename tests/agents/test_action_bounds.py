"""Actions that are numbers lie within their space, in its own type, wherever they are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.agents import ActorCritic, Reinforce, evaluate, load, record
from rosenblatt.errors import InputError
from tests.support.environments import gymnasium, spaces

INF = np.inf
KINDS = pytest.mark.parametrize("kind", [Reinforce, ActorCritic])


class Watched(gymnasium.Env[Any, Any]):  # type: ignore[name-defined, misc]
    """Keeps the actions that it is given; a reward for large ones draws them to the bounds."""

    def __init__(self, actions: Any) -> None:
        self.observation_space, self.action_space = spaces.Box(-1, 1, (2,)), actions
        self.seen: list[Any] = []

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.k = 0
        return np.zeros(2, np.float32), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.seen.append(action)
        self.k += 1
        reward = float(np.sign(action).sum())
        return np.full(2, 0.1 * self.k, np.float32), reward, self.k == 7, False, {}


@KINDS
@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(0, 0.1, (1,), np.float64),  # float32(0.1) is above it
        spaces.Box(np.array([-0.1, 0.3]), np.array([0.3, 0.7]), dtype=np.float64),
        spaces.Box(100_000_001, 100_000_003, (1,), np.float64),
        spaces.Box(1e300, 1e301, (1,), np.float64),
        spaces.Box(-1.7e308, 1.7e308, (2,), np.float64),
        spaces.Box(0, 5e-324, (1,), np.float64),
        spaces.Box(-0.1, 0.1, (2, 3), np.float16),
        spaces.Box(-INF, INF, (2,), np.float16),
        spaces.Box(-INF, INF, (2,), np.float64),
        spaces.Box(5, INF, (1,), np.float32),
        spaces.Box(-INF, -1e12, (1,), np.float64),
        spaces.Box(0.1, 0.1, (1,), np.float64),
        spaces.Box(-0.1, 0.1, (1,), np.float32),
    ],
    ids=str,
)
def test_actions_lie_within_their_space(kind: Any, space: Any, tmp_path: Path) -> None:
    env = Watched(space)
    agent = kind((4,), n_steps=30, random_state=0).learn(env, 200)
    evaluate(agent, env, 2)
    episode = record(agent, env)
    agent.save(tmp_path / "agent")
    given = agent.predict([0.1, 0.2])
    rows = agent.predict(np.random.default_rng(0).normal(size=(50, 2)) * 1e6)
    loaded = load(tmp_path / "agent").predict([0.1, 0.2])
    assert loaded.dtype == given.dtype
    np.testing.assert_array_equal(loaded, given)
    recorded = [np.array(a, space.dtype) for a in episode.actions]
    for action in (*env.seen, *recorded, given, *rows):
        assert space.contains(action)
        assert np.isfinite(action).all()
        assert action.dtype == space.dtype


@KINDS
def test_all_of_a_range_is_tried(kind: Any) -> None:
    env = Watched(spaces.Box(100_000_001, 100_000_003, (1,), np.float64))
    kind((4,), n_steps=30, random_state=0).learn(env, 60)
    seen = np.concatenate(env.seen)
    assert len(np.unique(seen)) > 20
    assert seen.min() < 100_000_001.5
    assert seen.max() > 100_000_002.5


def test_one_bound_is_where_the_policy_begins() -> None:
    env = Watched(spaces.Box(1e6, INF, (1,), np.float64))
    ActorCritic((4,), n_steps=30, random_state=0).learn(env, 60)
    assert len(np.unique(np.concatenate(env.seen))) > 20


def test_another_float_type_is_the_same_space() -> None:
    single, double = (
        Watched(spaces.Box(-0.5, 0.5, (1,), t))  # type: ignore[arg-type]
        for t in (np.float32, np.float64)
    )
    for first, second in ((single, double), (double, single)):
        agent = ActorCritic((4,), n_steps=30, random_state=0).learn(first, 60)
        second.seen.clear()
        evaluate(agent, second, 1)
        record(agent, second)
        agent.learn(second, 30)
        assert all(second.action_space.contains(action) for action in second.seen)


@KINDS
@pytest.mark.parametrize(
    ("low", "high"), [(np.nan, 1), (0, np.nan), (INF, INF), (-INF, -INF), (2, 1)]
)
def test_bounds_that_hold_no_number(kind: Any, low: float, high: float) -> None:
    space = spaces.Box(-1, 1, (2,), np.float32)
    space.low, space.high = np.array([-1, low], "f4"), np.array([1, high], "f4")
    with pytest.raises(InputError, match="the actions of Watched have bounds between which"):
        kind().learn(Watched(space), 10)


@KINDS
def test_types_beyond_float64(kind: Any) -> None:
    if np.dtype(np.longdouble).itemsize == 8:
        pytest.skip("long double is float64 here")
    with pytest.raises(InputError, match="Box of float16, float32 or float64"):
        kind().learn(Watched(spaces.Box(-1, 1, (1,), np.longdouble)), 10)
