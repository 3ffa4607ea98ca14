"""Advantages: by their definition, at both ends of λ, and where episodes are cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.agents.advantages import generalised_advantages, standardised
from rosenblatt.agents.rollout import Rollout, Segment

RNG = np.random.default_rng(0)
REWARDS, VALUES = RNG.normal(size=9), RNG.normal(size=9)
# An episode that is over, one that a limit of time has cut, and one that goes on.
ENDS = [3, 7, 9]
AFTER = np.array([0.0, 0.8, -0.4])


def advantages(gamma: float, lam: float, values: Any = VALUES, after: Any = AFTER) -> Any:
    rollout = Rollout(REWARDS.tolist(), [Segment(end, None) for end in ENDS])
    return generalised_advantages(rollout, values, after, gamma, lam)


@pytest.mark.parametrize(("gamma", "lam"), [(0.9, 0.7), (1.0, 0.95), (0.5, 1.0), (0.9, 0.0)])
def test_they_are_the_sum_of_discounted_errors(gamma: float, lam: float) -> None:
    expected = []
    for begin, end, after in zip([0, *ENDS], ENDS, AFTER, strict=False):
        v = [*VALUES[begin:end], after]
        deltas = [REWARDS[begin + k] + gamma * v[k + 1] - v[k] for k in range(end - begin)]
        for k in range(end - begin):
            expected.append(sum((gamma * lam) ** j * d for j, d in enumerate(deltas[k:])))
    np.testing.assert_allclose(advantages(gamma, lam), expected, rtol=1e-12)


def test_with_lambda_one_they_are_returns_less_the_baseline() -> None:
    gamma = 0.9
    returns = [sum(gamma**j * r for j, r in enumerate(REWARDS[k:3])) for k in range(3)]
    np.testing.assert_allclose(advantages(gamma, 1.0)[:3] + VALUES[:3], returns, rtol=1e-12)
    # Behind a cut stands what the baseline expects there.
    returns = [sum(gamma**j * r for j, r in enumerate([*REWARDS[k:7], 0.8])) for k in range(3, 7)]
    np.testing.assert_allclose(advantages(gamma, 1.0)[3:7] + VALUES[3:7], returns, rtol=1e-12)


def test_standardised() -> None:
    found = standardised(np.array(REWARDS) * 1000 + 5, [1000.0])
    np.testing.assert_allclose([found.mean(), found.std()], [0, 1], atol=1e-12)
    np.testing.assert_array_equal(standardised(np.full(3, 7.0), [1.0]), 0)
    noise = np.array([0.0, 1e-9, 2e-9])  # of a network, where rewards are near 1 or there are none
    for rewards in ([1.0], [0.0]):
        np.testing.assert_allclose(standardised(noise, rewards), [-1e-9, 0, 1e-9], atol=1e-18)
    for unit in (2.0**-900, 2.0**900):
        for values in (noise, found):
            expected = standardised(values, [1.0])
            np.testing.assert_array_equal(standardised(values * unit, [unit]), expected)
