"""First-order optimisers over the flat parameter vector (theory G1, G7, G10).

An optimiser is its hyper-parameters, the number of slots of memory it keeps for every parameter,
and the rule that turns a gradient into an update. `lr` is the base rate; a schedule multiplies it
by a factor from step to step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.types import FloatArray

__all__ = ["SGD", "Adam", "Optimizer"]


class Optimizer(ABC):
    """A rule θ ← θ + Δ(g, memory)."""

    n_slots: ClassVar[int]
    lr: float

    @abstractmethod
    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        """Δ for the gradient g, shape (n_parameters,), in step t = 1, 2, …

        `slots`, shape (n_slots, n_parameters), starts as zeros and is changed in place; the rate
        of this step is lr·factor.
        """


@final
@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent, with momentum γ and Nesterov's look-ahead on demand (G1, G7).

    Two forms are published, which differ once the rate η changes over time. With the rate
    outside the velocity, as in PyTorch (the default here): v ← γv + g; Δ = -ηv, or -η(g + γv) with
    Nesterov. With `lr_in_velocity`, as in scikit-learn: v ← γv - ηg; Δ = v, or γv - ηg with
    Nesterov (Sutskever et al. 2013).
    """

    lr: float = 1e-3
    momentum: float = 0.0
    nesterov: bool = False
    lr_in_velocity: bool = False

    n_slots: ClassVar[int] = 1

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        (v,) = slots
        rate = self.lr * factor
        if self.lr_in_velocity:
            v[:] = self.momentum * v - rate * g
            return self.momentum * v - rate * g if self.nesterov else v.copy()
        v[:] = self.momentum * v + g
        return -rate * (g + self.momentum * v) if self.nesterov else -rate * v


@final
@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam with bias correction (G10; Kingma & Ba 2015).

    m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g². ε stands after the corrected root, as in PyTorch and in
    the paper's algorithm 1 (the default here): Δ = -η m̂ / (√v̂ + ε); or, with `epsilon_hat`,
    beside the raw root, as in scikit-learn and in the paper's section 2:
    Δ = -η √(1-β₂ᵗ)/(1-β₁ᵗ) m / (√v + ε̂).
    """

    lr: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    epsilon_hat: bool = False

    n_slots: ClassVar[int] = 2

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        m, v = slots
        rate = self.lr * factor
        m[:] = self.beta_1 * m + (1 - self.beta_1) * g
        v[:] = self.beta_2 * v + (1 - self.beta_2) * g * g
        m_correction, v_correction = 1 - self.beta_1**t, 1 - self.beta_2**t
        if self.epsilon_hat:
            rate *= np.sqrt(v_correction) / m_correction
            return -rate * m / (np.sqrt(v) + self.epsilon)
        return -rate * (m / m_correction) / (np.sqrt(v / v_correction) + self.epsilon)
