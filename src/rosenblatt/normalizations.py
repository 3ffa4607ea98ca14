"""Normalisations of a layer's pre-activations h = a W + b, before a learned scale and shift.

ĥ = (h - mean) / √(variance + ε), variance being the biased one; then z = γ ĥ + β.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.types import FloatArray

__all__ = ["LayerNorm", "Normalization", "Statistics"]


@final
@dataclass(frozen=True)
class Statistics:
    """Mean and variance, shaped so that they meet the array that they belong to."""

    mean: FloatArray
    variance: FloatArray


class Normalization(ABC):
    """What h, shape (n_samples, n_units), is normalised by."""

    epsilon: float

    @property
    @abstractmethod
    def axis(self) -> int:
        """The axis over which mean and variance are taken."""

    @final
    def statistics(self, h: FloatArray) -> Statistics:
        """Mean and biased variance."""
        return Statistics(h.mean(self.axis, keepdims=True), h.var(self.axis, keepdims=True))

    @final
    def value(self, h: FloatArray, by: Statistics) -> FloatArray:
        """ĥ."""
        return (h - by.mean) / np.sqrt(by.variance + self.epsilon)

    @final
    def pull_back(self, normalised: FloatArray, by: Statistics, grad: FloatArray) -> FloatArray:
        """The gradient with respect to h, given the one with respect to ĥ, which is `normalised`.

        Mean and variance depend on h as well: (e - mean(e) - ĥ mean(e ĥ)) / √(variance + ε).
        """
        mean = grad.mean(self.axis, keepdims=True)
        along = (grad * normalised).mean(self.axis, keepdims=True)
        centred = grad - mean - normalised * along
        return centred / np.sqrt(by.variance + self.epsilon)


@final
@dataclass(frozen=True)
class LayerNorm(Normalization):
    """Over the units of each sample, alone (Ba et al. 2016)."""

    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        require_positive(self.epsilon)

    @property
    def axis(self) -> int:
        return 1


def require_positive(epsilon: float) -> None:
    if not epsilon > 0:
        raise ValueError(f"epsilon must be positive, got epsilon={epsilon}")
