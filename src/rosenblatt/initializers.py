"""Initial weights and biases of one layer.

An initialiser draws from whatever generator it is given: NumPy's `RandomState` (what a
scikit-learn seed means) or `Generator`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.types import FloatArray

__all__ = ["GlorotUniform", "HeNormal", "HeUniform", "Initializer", "RandomBiasUniform"]

Rng = np.random.RandomState | np.random.Generator


class Initializer(ABC):
    """A distribution of a layer's weights, shape (n_in, n_out), and biases, shape (n_out,)."""

    @abstractmethod
    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        """Weights and biases in float64."""


@final
@dataclass(frozen=True)
class GlorotUniform(Initializer):
    """W ~ U(-r, r), r = √(6 / (n_in + n_out)), b = 0 (Glorot & Bengio 2010, eq. 16)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(6 / (n_in + n_out))
        return rng.uniform(-r, r, (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class HeNormal(Initializer):
    """W ~ N(0, 2 / n_in), b = 0: keeps the variance through ReLU layers (He et al. 2015)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class HeUniform(Initializer):
    """W ~ U(-r, r), r = √(6 / n_in), b = 0: He's variance, bounded (He et al. 2015)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(6 / n_in)
        return rng.uniform(-r, r, (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class RandomBiasUniform(Initializer):
    """W, b ~ U(-r, r), r = √(factor / (n_in + n_out)), weights drawn before biases.

    This is what scikit-learn's perceptrons start from, with factor 2 for sigmoid layers and 6 for
    all others: Glorot's bound, with random biases beside it.
    """

    factor: float = 6.0

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(self.factor / (n_in + n_out))
        return rng.uniform(-r, r, (n_in, n_out)), rng.uniform(-r, r, n_out)
