"""Penalties on the weights; biases stay free (theory B5)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

from rosenblatt.types import FloatArray

__all__ = ["L2", "Penalty"]


class Penalty(ABC):
    """A term of the objective that depends on one layer's weights W, of any shape."""

    @abstractmethod
    def value(self, weights: FloatArray) -> float:
        """The penalty of this layer."""

    @abstractmethod
    def gradient(self, weights: FloatArray) -> FloatArray:
        """Its gradient, of the shape of the weights."""


@final
@dataclass(frozen=True)
class L2(Penalty):
    """(λ/2) ‖W‖², gradient λ W; λ is the `strength` (B5)."""

    strength: float = 0.0

    def value(self, weights: FloatArray) -> float:
        w = weights.ravel()
        return 0.5 * self.strength * float(w @ w)

    def gradient(self, weights: FloatArray) -> FloatArray:
        return self.strength * weights
