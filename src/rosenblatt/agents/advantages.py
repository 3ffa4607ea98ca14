"""How much better an action was than what a policy does in the mean."""

from __future__ import annotations

import numpy as np

from rosenblatt.agents.rollout import Rollout
from rosenblatt.support.types import Float64Array

__all__ = ["generalised_advantages", "standardised"]


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


def standardised(advantages: Float64Array) -> Float64Array:
    """Mean 0 and standard deviation 1: steps do not depend on the unit of the rewards."""
    spread = float(advantages.std())
    return (advantages - advantages.mean()) / (spread if spread > 1e-8 else 1.0)
