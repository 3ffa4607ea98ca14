"""Penalties on what hidden units give, which make a code sparse (theory A4)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.field_types import check_real
from rosenblatt.support.types import FloatArray

__all__ = ["ActivityL1", "ActivityPenalty", "KLSparsity"]


class ActivityPenalty(ABC):
    """A term of the objective that depends on the activations a of one layer."""

    @abstractmethod
    def value(self, a: FloatArray, shares: FloatArray) -> float:
        """The penalty of a batch.

        Parameters
        ----------
        a : array of shape (n_samples, n_units)
        shares : array of shape (n_samples,)
            What each row counts for in the mean; w_i / W.
        """

    @abstractmethod
    def gradient(self, a: FloatArray, shares: FloatArray) -> FloatArray:
        """Its gradient with respect to a, of a's shape."""

    def check_range(self, lowest: float, highest: float) -> None:
        """Raise ValueError if it takes no activations between these bounds."""
        return


@final
@dataclass(frozen=True)
class ActivityL1(ActivityPenalty):
    """λ Σ_i s_i ‖a_i‖₁, s_i the share of row i in the mean (Glorot, Bordes & Bengio 2011, §3.3).

    At 0 its gradient is 0.

    Parameters
    ----------
    strength : float, default 0.001
        λ ≥ 0.
    """

    strength: float = 1e-3

    def __post_init__(self) -> None:
        check_strength(self.strength)

    def value(self, a: FloatArray, shares: FloatArray) -> float:
        return self.strength * float(shares @ np.abs(a).sum(axis=1))

    def gradient(self, a: FloatArray, shares: FloatArray) -> FloatArray:
        return self.strength * shares[:, None] * np.sign(a)


@final
@dataclass(frozen=True)
class KLSparsity(ActivityPenalty):
    """β Σ_j [ρ ln(ρ/r_j) + (1 - ρ) ln((1 - ρ)/(1 - r_j))], r_j the mean of unit j (Ng 2011).

    The mean is over the rows of a batch, weighted as they are in the loss, so that a batch should
    have many times 1/ρ rows. Activations lie between 0 and 1, as those of the logistic function do;
    a mean is held at least a rounding error from 0 and 1.

    Parameters
    ----------
    strength : float, default 0.1
        β ≥ 0.
    target : float, default 0.05
        ρ, in (0, 1): the mean activation that is aimed at.
    """

    strength: float = 0.1
    target: float = 0.05

    def __post_init__(self) -> None:
        check_strength(self.strength)
        check_real("target", self.target)
        if not 0 < self.target < 1:
            raise ValueError(f"target must be between 0 and 1, got target={self.target}")

    def check_range(self, lowest: float, highest: float) -> None:
        if lowest < 0 or highest > 1:
            raise ValueError(
                "KLSparsity takes activations between 0 and 1: set code_activation='logistic', or"
                " take ActivityL1."
            )

    def value(self, a: FloatArray, shares: FloatArray) -> float:
        rho, r = self.target, means(a, shares)
        divergence = rho * np.log(rho / r) + (1 - rho) * np.log((1 - rho) / (1 - r))
        return self.strength * float(divergence.sum())

    def gradient(self, a: FloatArray, shares: FloatArray) -> FloatArray:
        rho, r = self.target, means(a, shares)
        total = shares.sum()
        of_mean = self.strength * ((1 - rho) / (1 - r) - rho / r)
        return shares[:, None] * (of_mean / total if total > 0 else 0 * of_mean)


def means(a: FloatArray, shares: FloatArray) -> FloatArray:
    """The weighted mean of each unit, off the ends of [0, 1]; ½ where no row has a weight."""
    total, eps = shares.sum(), np.finfo(a.dtype).eps
    if not total > 0:
        return np.full(a.shape[1], 0.5, a.dtype)
    clipped: FloatArray = np.clip(shares @ a / total, eps, 1 - eps)
    return clipped


def check_strength(strength: float) -> None:
    check_real("strength", strength)
    if not 0 <= strength < np.inf:
        raise ValueError(f"strength must be 0 or more, got strength={strength}")
