"""Normalisations of a layer's pre-activations h = a W + b, before a learned scale and shift.

ĥ = (h - mean) / √(variance + ε), variance being the biased one; then z = γ ĥ + β.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.types import FloatArray

__all__ = ["BatchNorm", "LayerNorm", "Normalization", "Statistics"]


@final
@dataclass(frozen=True)
class Statistics:
    """Mean and variance, shaped so that they meet the array that they belong to.

    `fixed` ones do not depend on it: they are the running statistics.
    """

    mean: FloatArray
    variance: FloatArray
    fixed: bool = False


class Normalization(ABC):
    """What h, shape (n_samples, n_units), is normalised by."""

    epsilon: float

    @property
    @abstractmethod
    def axis(self) -> int:
        """The axis over which mean and variance are taken."""

    @abstractmethod
    def statistics(
        self, h: FloatArray, running: Mapping[str, FloatArray], *, training: bool
    ) -> Statistics:
        """Mean and biased variance, or the running ones where they stand for them."""

    @final
    def value(self, h: FloatArray, by: Statistics) -> FloatArray:
        """ĥ."""
        return (h - by.mean) / np.sqrt(by.variance + self.epsilon)

    @final
    def pull_back(self, normalised: FloatArray, by: Statistics, grad: FloatArray) -> FloatArray:
        """The gradient with respect to h, given the one with respect to ĥ, which is `normalised`.

        Unless they are fixed, mean and variance depend on h as well:
        (e - mean(e) - ĥ mean(e ĥ)) / √(variance + ε).
        """
        if by.fixed:
            return grad / np.sqrt(by.variance + self.epsilon)
        mean = grad.mean(self.axis, keepdims=True)
        along = (grad * normalised).mean(self.axis, keepdims=True)
        centred = grad - mean - normalised * along
        return centred / np.sqrt(by.variance + self.epsilon)


@final
@dataclass(frozen=True)
class LayerNorm(Normalization):
    """Over the units of each sample, alone (Ba et al. 2016).

    Of a sample whose variance overflows ĥ is NaN.
    """

    epsilon: float = 1e-5

    def __post_init__(self) -> None:
        require_positive(self.epsilon)

    @property
    def axis(self) -> int:
        return 1

    def statistics(
        self, h: FloatArray, running: Mapping[str, FloatArray], *, training: bool
    ) -> Statistics:
        by = taken(h, self.axis)
        # Divided by infinity, any row would pass for its mean, and nobody would know.
        by.variance[np.isinf(by.variance)] = np.nan
        return by


@final
@dataclass(frozen=True)
class BatchNorm(Normalization):
    """Over the samples of a batch, for each unit (Ioffe & Szegedy 2015).

    Predictions are normalised by running statistics, which every training step moves by
    `momentum` towards its batch's mean and unbiased variance. A batch of one row has no variance:
    the running statistics stand in, and stay as they are. Sample weights do not count here.
    """

    epsilon: float = 1e-5
    momentum: float = 0.1

    def __post_init__(self) -> None:
        require_positive(self.epsilon)
        if not 0 < self.momentum <= 1:
            raise ValueError(f"momentum must be in (0, 1], got momentum={self.momentum}")

    @property
    def axis(self) -> int:
        return 0

    def statistics(
        self, h: FloatArray, running: Mapping[str, FloatArray], *, training: bool
    ) -> Statistics:
        if training and len(h) > 1:
            return taken(h, self.axis)
        if not running:
            raise ValueError(
                "batch normalisation of a prediction, or of a batch of one row, needs the network's"
                " state, which holds the running statistics"
            )
        return Statistics(running["running_mean"], running["running_var"], fixed=True)

    def track(self, running: Mapping[str, FloatArray], batch: Statistics, n: int) -> None:
        """Move the running statistics, in place, by those of a batch of n rows."""
        if batch.fixed:
            return
        unbiased = batch.variance[0] * n / (n - 1)
        for name, new in (("running_mean", batch.mean[0]), ("running_var", unbiased)):
            running[name][...] = (1 - self.momentum) * running[name] + self.momentum * new


def taken(h: FloatArray, axis: int) -> Statistics:
    return Statistics(h.mean(axis, keepdims=True), h.var(axis, keepdims=True))


def require_positive(epsilon: float) -> None:
    if not epsilon > 0:
        raise ValueError(f"epsilon must be positive, got epsilon={epsilon}")
