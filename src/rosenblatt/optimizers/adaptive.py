"""Adaptive rates from the squares of gradients alone (theory G8, G9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.optimizers.base import Optimizer, average
from rosenblatt.support.types import FloatArray

__all__ = ["AdaDelta", "AdaGrad", "RMSProp"]


@final
@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """The rate over the root of all squares so far (G8; Duchi, Hazan & Singer 2011).

    G ← G + g²; Δ = -η g / (√(G₀ + G) + ε), G₀ the `initial_accumulator_value`. The rate may fall
    on its own as well: η / (1 + (t-1)·lr_decay) in step t.

    Parameters
    ----------
    lr : float, default 1e-2
        η, the base rate.
    lr_decay : float, default 0.0
        How fast the rate itself falls; 0 leaves it.
    initial_accumulator_value : float, default 0.0
        G₀.
    epsilon : float, default 1e-10
        ε.
    """

    lr: float = 1e-2
    lr_decay: float = 0.0
    initial_accumulator_value: float = 0.0
    epsilon: float = 1e-10

    n_slots: ClassVar[int] = 1

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        (G,) = slots
        G += g * g
        rate = self.lr * factor / (1 + (t - 1) * self.lr_decay)
        return -rate * g / (np.sqrt(self.initial_accumulator_value + G) + self.epsilon)


@final
@dataclass(frozen=True)
class RMSProp(Optimizer):
    """The rate over the root of a decaying mean of the squares (G9; Tieleman & Hinton 2012).

    v ← ρv + (1-ρ)g²; d = g / (√v + ε); Δ = -ηd. With a `momentum` γ: b ← γb + d; Δ = -ηb.
    `centered` takes the variance in place of the mean square: m ← ρm + (1-ρ)g, and √(v - m²) for
    √v (Graves 2013). ρ is PyTorch's `alpha`.

    Parameters
    ----------
    lr : float, default 1e-2
        η, the base rate.
    rho : float, default 0.99
        ρ, the decay of the mean square.
    epsilon : float, default 1e-8
        ε.
    momentum : float, default 0.0
        γ.
    centered : bool, default False
        Whether the mean gradient is taken off the mean square.
    """

    lr: float = 1e-2
    rho: float = 0.99
    epsilon: float = 1e-8
    momentum: float = 0.0
    centered: bool = False

    @property
    def n_slots(self) -> int:
        """v, then m if centered, then b with a momentum."""
        return 1 + bool(self.centered) + (self.momentum != 0)

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        v = square = slots[0]
        average(v, self.rho, g * g)
        if self.centered:
            m = slots[1]
            average(m, self.rho, g)
            square = np.maximum(v - m * m, 0)  # below 0 by rounding alone
        d = g / (np.sqrt(square) + self.epsilon)
        if self.momentum:
            b = slots[-1]
            b[:] = self.momentum * b + d
            d = b
        return -self.lr * factor * d


@final
@dataclass(frozen=True)
class AdaDelta(Optimizer):
    """The root mean square of past steps over that of the gradients (G9; Zeiler 2012).

    v ← ρv + (1-ρ)g²; d = √(u+ε)/√(v+ε) g, in the parameters' unit; u ← ρu + (1-ρ)d²; Δ = -ηd.

    Parameters
    ----------
    lr : float, default 1.0
        η, the base rate.
    rho : float, default 0.9
        ρ, the decay of both mean squares.
    epsilon : float, default 1e-6
        ε, from which the first steps get their size.
    """

    lr: float = 1.0
    rho: float = 0.9
    epsilon: float = 1e-6

    n_slots: ClassVar[int] = 2

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        v, u = slots
        average(v, self.rho, g * g)
        d = np.sqrt((u + self.epsilon) / (v + self.epsilon)) * g
        average(u, self.rho, d * d)
        return -self.lr * factor * d
