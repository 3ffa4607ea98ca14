"""Sign updates (theory G10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.optimizers.base import DecoupledDecay, average
from rosenblatt.support.types import FloatArray

__all__ = ["Lion"]


@final
@dataclass(frozen=True)
class Lion(DecoupledDecay):
    """The sign of an interpolated momentum (G10; Chen et al. 2023).

    θ ← θ (1 - ηλ); Δ = -η sign(β₁m + (1-β₁)g); then m ← β₂m + (1-β₂)g. PyTorch has no class of
    this name; the defaults are the paper's, with its weight decay λ left to the user.

    Parameters
    ----------
    lr : float, default 1e-4
        η, the base rate.
    beta_1 : float, default 0.9
        β₁, the share of the momentum in the step.
    beta_2 : float, default 0.99
        β₂, the decay of the momentum.
    weight_decay : float, default 0.0
        λ.
    """

    lr: float = 1e-4
    beta_1: float = 0.9
    beta_2: float = 0.99
    weight_decay: float = 0.0

    n_slots: ClassVar[int] = 1

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        (m,) = slots
        direction = np.sign(self.beta_1 * m + (1 - self.beta_1) * g)
        average(m, self.beta_2, g)
        return -self.lr * factor * direction
