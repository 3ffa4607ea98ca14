"""Adam and its variants: the mean gradient over the root mean square (theory G10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rosenblatt.optimizers.base import DecoupledDecay, Optimizer, average
from rosenblatt.support.types import FloatArray

__all__ = ["AMSGrad", "Adam", "AdamW", "NAdam", "RAdam"]


@final
@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam with bias correction (G10; Kingma & Ba 2015).

    m ← β₁m + (1-β₁)g, v ← β₂v + (1-β₂)g². ε stands after the corrected root, as in PyTorch and in
    the paper's algorithm 1 (the default here): Δ = -η m̂ / (√v̂ + ε); or, with `epsilon_hat`,
    beside the raw root, as in scikit-learn and in the paper's section 2:
    Δ = -η √(1-β₂ᵗ)/(1-β₁ᵗ) m / (√v + ε̂).

    Parameters
    ----------
    lr : float, default 1e-3
        η, the base rate.
    beta_1 : float, default 0.9
        β₁, the decay of the mean gradient m.
    beta_2 : float, default 0.999
        β₂, the decay of the mean square v.
    epsilon : float, default 1e-8
        ε, which bounds the step where v is near 0.
    epsilon_hat : bool, default False
        Whether ε stands beside the raw root.
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
        average(m, self.beta_1, g)
        average(v, self.beta_2, g * g)
        m_correction, v_correction = 1 - self.beta_1**t, 1 - self.beta_2**t
        if self.epsilon_hat:
            rate *= np.sqrt(v_correction) / m_correction
            return -rate * m / (np.sqrt(v) + self.epsilon)
        return -rate * (m / m_correction) / (np.sqrt(v / v_correction) + self.epsilon)


@final
@dataclass(frozen=True)
class AdamW(DecoupledDecay):
    """Adam with decoupled weight decay λ (G10; Loshchilov & Hutter 2019).

    θ ← θ (1 - ηλ), then Adam's Δ with ε after the corrected root.

    Parameters
    ----------
    lr : float, default 1e-3
        η, the base rate.
    beta_1 : float, default 0.9
        β₁, the decay of the mean gradient m.
    beta_2 : float, default 0.999
        β₂, the decay of the mean square v.
    epsilon : float, default 1e-8
        ε, which bounds the step where v is near 0.
    weight_decay : float, default 1e-2
        λ.
    """

    lr: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 1e-2

    n_slots: ClassVar[int] = 2

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        return Adam(self.lr, self.beta_1, self.beta_2, self.epsilon).update(g, slots, t, factor)


@final
@dataclass(frozen=True)
class AMSGrad(DecoupledDecay):
    """Adam over the largest second moment so far, so that no rate grows again (G10; Reddi 2018).

    u ← max(u, v); Δ = -η m̂ / (√(u / (1-β₂ᵗ)) + ε). This is PyTorch's `Adam(amsgrad=True)`, and
    with a `weight_decay` its `AdamW(amsgrad=True)`; the paper has no corrections.

    Parameters
    ----------
    lr : float, default 1e-3
        η, the base rate.
    beta_1 : float, default 0.9
        β₁, the decay of the mean gradient m.
    beta_2 : float, default 0.999
        β₂, the decay of the mean square v.
    epsilon : float, default 1e-8
        ε, which bounds the step where v is near 0.
    weight_decay : float, default 0.0
        λ of the decoupled decay θ ← θ (1 - ηλ).
    """

    lr: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    n_slots: ClassVar[int] = 3

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        m, v, u = slots
        average(m, self.beta_1, g)
        average(v, self.beta_2, g * g)
        u[:] = np.maximum(u, v)
        m_correction, v_correction = 1 - self.beta_1**t, 1 - self.beta_2**t
        rate = self.lr * factor
        return -rate * (m / m_correction) / (np.sqrt(u / v_correction) + self.epsilon)


@final
@dataclass(frozen=True)
class NAdam(Optimizer):
    """Adam with Nesterov momentum and a momentum warm-up (G10; Dozat 2016).

    μ_t = β₁ (1 - ½·0.96^(tψ)), ψ the `momentum_decay`; m and v as in Adam, and
    Δ = -η [(1-μ_t) g / (1 - μ₁⋯μ_t) + μ_{t+1} m / (1 - μ₁⋯μ_{t+1})] / (√v̂ + ε).

    Parameters
    ----------
    lr : float, default 2e-3
        η, the base rate.
    beta_1 : float, default 0.9
        β₁, the decay of the mean gradient m.
    beta_2 : float, default 0.999
        β₂, the decay of the mean square v.
    epsilon : float, default 1e-8
        ε, which bounds the step where v is near 0.
    momentum_decay : float, default 4e-3
        ψ, how fast the momentum rises to β₁.
    """

    lr: float = 2e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    momentum_decay: float = 4e-3

    n_slots: ClassVar[int] = 2

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        m, v = slots
        average(m, self.beta_1, g)
        average(v, self.beta_2, g * g)
        mu, mu_next, product = self.mu(t), self.mu(t + 1), self.mu_product(t)
        ahead = (1 - mu) / (1 - product) * g + mu_next / (1 - product * mu_next) * m
        v_correction = 1 - self.beta_2**t
        return -self.lr * factor * ahead / (np.sqrt(v / v_correction) + self.epsilon)

    def mu(self, t: int) -> float:
        """μ_t"""
        return self.beta_1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))

    def mu_product(self, t: int) -> float:
        """μ₁⋯μ_t, computed from t alone, so that the slots are the whole state.

        It is less than β₁ᵗ, and taken as 0 where that is negligible against 1.
        """
        if self.beta_1**t < 2**-60:
            return 0.0
        product = 1.0
        for i in range(1, t + 1):
            product *= self.mu(i)
        return product


@final
@dataclass(frozen=True)
class RAdam(Optimizer):
    """Adam whose rate is rectified while the second moment is uncertain (G10; Liu et al. 2020).

    ρ_∞ = 2/(1-β₂) - 1 and ρ_t = ρ_∞ - 2tβ₂ᵗ/(1-β₂ᵗ) count the gradients that v averages. Where
    ρ_t > 5, Δ = -η r_t m̂ √(1-β₂ᵗ) / (√v + ε) with
    r_t = √[(ρ_t-4)(ρ_t-2)ρ_∞ / ((ρ_∞-4)(ρ_∞-2)ρ_t)]; before that Δ = -η m̂.

    Parameters
    ----------
    lr : float, default 1e-3
        η, the base rate.
    beta_1 : float, default 0.9
        β₁, the decay of the mean gradient m.
    beta_2 : float, default 0.999
        β₂, the decay of the mean square v.
    epsilon : float, default 1e-8
        ε, which bounds the step where v is near 0.
    """

    lr: float = 1e-3
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8

    n_slots: ClassVar[int] = 2

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        m, v = slots
        average(m, self.beta_1, g)
        average(v, self.beta_2, g * g)
        m_correction, v_correction = 1 - self.beta_1**t, 1 - self.beta_2**t
        rate = self.lr * factor / m_correction
        limit = 2 / (1 - self.beta_2) - 1
        length = limit - 2 * t * self.beta_2**t / v_correction
        if length <= 5:
            return -rate * m
        certainty = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
        return -rate * np.sqrt(certainty * v_correction) * m / (np.sqrt(v) + self.epsilon)
