"""Gradient descent with one learning rate for all parameters (theory G1, G7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.optimizers.base import Optimizer
from rosenblatt.support.types import FloatArray

__all__ = ["SGD"]


@final
@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent, optionally with momentum γ and Nesterov's form (G1, G7).

    Two forms are published, which differ once the rate η changes over time. With the rate
    outside the velocity, as in PyTorch (the default here): v ← γv + g; Δ = -ηv, or -η(g + γv) with
    Nesterov. With `lr_in_velocity`, as in scikit-learn: v ← γv - ηg; Δ = v, or γv - ηg with
    Nesterov (Sutskever et al. 2013).

    Parameters
    ----------
    lr : float, default 1e-3
        η, the base rate.
    momentum : float, default 0.0
        γ.
    nesterov : bool, default False
        Whether in Nesterov's form, which needs a momentum.
    lr_in_velocity : bool, default False
        Whether η is part of the velocity.
    """

    lr: float = 1e-3
    momentum: float = 0.0
    nesterov: bool = False
    lr_in_velocity: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        # As in PyTorch; scikit-learn accepts nesterov without momentum.
        if self.nesterov and not self.momentum and not self.lr_in_velocity:
            raise ValueError(
                f"SGD(nesterov=True, momentum={self.momentum}): Nesterov's form needs a momentum;"
                " give one above 0, such as 0.9, or leave nesterov out."
            )

    @property
    def n_slots(self) -> int:
        return 1 if self.momentum else 0

    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        rate = self.lr * factor
        if not self.momentum:
            return -rate * g
        (v,) = slots
        if self.lr_in_velocity:
            v[:] = self.momentum * v - rate * g
            return self.momentum * v - rate * g if self.nesterov else v.copy()
        v[:] = self.momentum * v + g
        return -rate * (g + self.momentum * v) if self.nesterov else -rate * v
