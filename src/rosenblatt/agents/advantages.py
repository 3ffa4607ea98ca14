"""How much better an action was than what a policy does in the mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from rosenblatt.agents.rollout import Rollout
from rosenblatt.support.types import Float64Array

__all__ = ["generalised_advantages", "root_mean_square", "standardised"]


def generalised_advantages(
    rollout: Rollout, values: Float64Array, after: Float64Array, gamma: float, lam: float
) -> Float64Array:
    """A_t = Σ_k (γλ)ᵏ δ_{t+k}, δ_t = r_t + γ v_{t+1} - v_t (theory R3; Schulman et al. 2016).

    λ = 1 gives the discounted return to the end of the segment less the baseline v_t, which is
    REINFORCE's; λ = 0 the error of one step.

    Parameters
    ----------
    rollout : Rollout
    values : array (n,)
        v_t, 0 without a baseline.
    after : array (n_segments,)
        v behind the last step of each segment, 0 where its episode is over.
    gamma, lam : float

    Returns
    -------
    array (n,)
    """
    v, rewards, decay = values.tolist(), rollout.rewards, gamma * lam
    found = [0.0] * rollout.n
    begin = 0
    for segment, ahead in zip(rollout.segments, after.tolist(), strict=True):
        advantage = 0.0
        for t in range(segment.end - 1, begin - 1, -1):
            advantage = rewards[t] + gamma * ahead - v[t] + decay * advantage
            found[t] = advantage
            ahead = v[t]
        begin = segment.end
    return np.array(found)


def standardised(advantages: Float64Array, rewards: Sequence[float]) -> Float64Array:
    """Mean 0 and standard deviation 1: steps do not depend on the unit of the rewards.

    Where the deviation is none beside the rewards, these are the unit.
    """
    exponent, unit = exponent_of(advantages), exponent_of(np.array(rewards)) - 1
    a = np.ldexp(advantages, -exponent)  # whose squares are floats
    spread, deviations = float(a.std()), a - a.mean()
    with np.errstate(over="ignore"):
        if spread > np.ldexp(1e-8, unit - exponent):
            return deviations / spread
    return np.ldexp(deviations, exponent - unit)


def root_mean_square(values: Float64Array) -> float:
    """√ of the mean of v², also where squares would leave the floats."""
    exponent = exponent_of(values)
    return float(np.ldexp(np.sqrt(np.mean(np.ldexp(values, -exponent) ** 2)), exponent))


def exponent_of(values: Float64Array) -> int:
    """Of the power of two above the largest of some values: by it nothing is rounded; 1 for 0."""
    largest = float(np.abs(values).max())
    return math.frexp(largest)[1] if largest > 0 else 1
