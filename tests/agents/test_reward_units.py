"""An agent learns the same whatever the unit of its rewards is, to the ends of the floats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from rosenblatt.agents import ActorCritic, QLearning, Reinforce, evaluate, load, record
from rosenblatt.errors import DivergenceError, InputError
from tests.support.environments import Corridor

AGENTS = [
    Reinforce(4, n_steps=40, random_state=0),
    Reinforce(4, n_steps=40, baseline=False, random_state=0),
    ActorCritic(4, n_steps=40, random_state=0),
]
EACH = pytest.mark.parametrize("agent", AGENTS, ids=str)


class Paid(Corridor):
    """A corridor whose last cell has a reward in another unit, and whose steps cost a tenth."""

    def __init__(self, unit: float) -> None:
        super().__init__(3, most=10)
        self.unit = unit

    def step(self, action: Any) -> Any:
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, (reward - 0.125) * self.unit, terminated, truncated, info


@EACH
@pytest.mark.parametrize("exponent", [-900, -300, -60, 60, 300, 900])
def test_advantages_have_no_unit(agent: Any, exponent: int, tmp_path: Path) -> None:
    unit = 2.0**exponent
    one, other = clone(agent).learn(Paid(1.0), 400), clone(agent).learn(Paid(unit), 400)
    for name, trained in one._trained.items():
        np.testing.assert_array_equal(
            trained.model.parameters, other._trained[name].model.parameters
        )
    if one.value_scale_ is not None:
        assert other.value_scale_ == one.value_scale_ * unit
    other.save(tmp_path / "agent")
    assert load(tmp_path / "agent").value_scale_ == other.value_scale_
    returns = evaluate(one, Paid(1.0), 2)
    np.testing.assert_array_equal(evaluate(other, Paid(unit), 2), returns * unit)


class Rich(Corridor):
    """Every step has a reward that is finite, and two of them have a sum that is not."""

    def step(self, action: Any) -> Any:
        observation, _, terminated, truncated, info = super().step(action)
        return observation, 1e308, terminated, truncated, info


@pytest.mark.parametrize("agent", [*AGENTS, QLearning(4, learning_starts=16)], ids=str)
def test_returns_beyond_float64(agent: Any) -> None:
    with pytest.raises((InputError, DivergenceError), match="NormalizeReward"):
        clone(agent).learn(Rich(most=10), 400)
    learnt = clone(agent).learn(Corridor(most=10), 20)
    for play in (lambda: evaluate(learnt, Rich(most=10), 1), lambda: record(learnt, Rich(most=10))):
        with pytest.raises(InputError, match="are finite, and their sum is inf: wrap it in"):
            play()


def test_the_mean_of_returns_that_are_finite_is_finite() -> None:
    agent = clone(AGENTS[1]).learn(Rich(1, most=1), 400)
    assert agent.history_[-1]["mean_return"] == pytest.approx(1e308)
