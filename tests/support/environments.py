"""Environments of a few states whose best policy and values are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

gymnasium = pytest.importorskip("gymnasium")
spaces = gymnasium.spaces


class Corridor(gymnasium.Env[Any, Any]):  # type: ignore[name-defined, misc]
    """Cells in a row, from the first to the reward 1 behind the last; actions are back and forth.

    The state is the cell as a vector of one 1; `start` is the number of the first action.
    """

    def __init__(self, n: int = 4, most: int = 50, start: int = 0) -> None:
        self.n, self.most = n, most
        self.observation_space = spaces.Box(0.0, 1.0, (n,), np.float32)
        self.action_space = spaces.Discrete(2, start=start)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.cell = self.steps = 0
        return self.seen(), {}

    def seen(self) -> Any:
        return np.eye(self.n, dtype=np.float32)[self.cell]

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(np.int64(action))
        self.steps += 1
        self.cell += 1 if action == self.action_space.start + 1 else -1
        self.cell = max(self.cell, 0)
        if self.cell == self.n:
            self.cell = 0
            return self.seen(), 1.0, True, False, {}
        return self.seen(), 0.0, False, self.steps >= self.most, {}


class Aim(gymnasium.Env[Any, Any]):  # type: ignore[name-defined, misc]
    """One step an episode: two numbers to be found from the two that are shown."""

    def __init__(self) -> None:
        self.observation_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.action_space = spaces.Box(np.array([-3.0, 0.0], "f4"), np.array([1.0, 5.0], "f4"))

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.shown = self.np_random.uniform(-1, 1, 2).astype(np.float32)
        return self.shown, {}

    @staticmethod
    def wanted(shown: Any) -> Any:
        return np.array([-1.0, 2.5]) + np.array([1.5, -2.0]) * shown

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        error = action - self.wanted(self.shown)
        return self.shown, -float((error**2).sum()), True, False, {}
