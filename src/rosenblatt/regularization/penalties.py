"""Penalties on the weights; biases stay free (theory B5)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["L1", "L2", "ElasticNet", "Penalty"]


class Penalty(ABC):
    """A term of the objective that depends on one layer's weights W, of any shape."""

    @abstractmethod
    def value(self, weights: FloatArray) -> float:
        """The penalty of this layer."""

    @abstractmethod
    def gradient(self, weights: FloatArray) -> FloatArray:
        """Its gradient, of the shape of the weights."""

    def hessian_product(self, weights: FloatArray, v: FloatArray) -> FloatArray:
        """Its Hessian times v, of the shape of the weights.

        Raises
        ------
        ValueError
            If the penalty does not define it.
        """
        raise ValueError(
            f"{type(self).__name__} has no second derivative, which a Hessian takes: define its"
            " `hessian_product`, or take another penalty."
        )


@final
@dataclass(frozen=True)
class L2(Penalty):
    """(λ/2) ‖W‖², gradient λ W (B5).

    Parameters
    ----------
    strength : float, default 0.0
        λ.
    """

    strength: float = 0.0

    def value(self, weights: FloatArray) -> float:
        w = weights.ravel()
        return 0.5 * self.strength * float(matmul(w, w))

    def gradient(self, weights: FloatArray) -> FloatArray:
        return self.strength * weights

    def hessian_product(self, weights: FloatArray, v: FloatArray) -> FloatArray:
        return self.strength * v


@final
@dataclass(frozen=True)
class L1(Penalty):
    """λ Σ|w|, subgradient λ sign(w), which is 0 at w = 0 (B5).

    Parameters
    ----------
    strength : float, default 0.0
        λ.
    """

    strength: float = 0.0

    def value(self, weights: FloatArray) -> float:
        return self.strength * float(np.abs(weights).sum())

    def gradient(self, weights: FloatArray) -> FloatArray:
        return self.strength * np.sign(weights)

    def hessian_product(self, weights: FloatArray, v: FloatArray) -> FloatArray:
        return np.zeros_like(v)  # but at w = 0, where there is none


@final
@dataclass(frozen=True)
class ElasticNet(Penalty):
    """(λ₂/2) ‖W‖² + λ₁ Σ|w|, subgradient λ₂ W + λ₁ sign(w) (B5; Zou & Hastie 2005).

    Parameters
    ----------
    l2 : float, default 0.0
        λ₂.
    l1 : float, default 0.0
        λ₁.
    """

    l2: float = 0.0
    l1: float = 0.0

    def value(self, weights: FloatArray) -> float:
        return L2(self.l2).value(weights) + L1(self.l1).value(weights)

    def gradient(self, weights: FloatArray) -> FloatArray:
        return L2(self.l2).gradient(weights) + L1(self.l1).gradient(weights)

    def hessian_product(self, weights: FloatArray, v: FloatArray) -> FloatArray:
        return L2(self.l2).hessian_product(weights, v)
