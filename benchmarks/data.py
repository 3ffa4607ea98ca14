"""The data that the cases train on: small real ones, and synthetic ones of a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
import numpy.typing as npt
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

__all__ = ["Data", "breast_cancer", "synthetic"]


@final
@dataclass(frozen=True)
class Data:
    """X of shape (rows, features), C-ordered; y of shape (rows,), class codes 0 … classes - 1."""

    X: npt.NDArray[np.floating[Any]]
    y: npt.NDArray[np.int64]
    source: str

    @property
    def classes(self) -> int:
        return int(self.y.max()) + 1

    def as_type(self, dtype: str) -> Data:
        return Data(np.ascontiguousarray(self.X, dtype=dtype), self.y, self.source)

    def head(self, rows: int) -> Data:
        return Data(self.X[:rows], self.y[:rows], self.source)


def breast_cancer() -> Data:
    """569 × 30, two classes, every column standardised; float64."""
    X, y = load_breast_cancer(return_X_y=True)
    source = "breast_cancer as scikit-learn ships it, standardised"
    return Data(StandardScaler().fit_transform(X), y.astype(np.int64), source)


def synthetic(rows: int, features: int, classes: int) -> Data:
    """Normal features; the class with the highest noisy linear score. float32.

    The noise (as strong as the signal) keeps the loss away from zero, so that every epoch has
    ordinary gradients and no peer meets denormal numbers.
    """
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, features), dtype=np.float32)
    teacher = rng.standard_normal((features, classes), dtype=np.float32) / np.sqrt(features)
    noise = rng.standard_normal((rows, classes), dtype=np.float32)
    y = np.argmax(X @ teacher + noise, axis=1).astype(np.int64)
    return Data(X, y, "synthetic: normal features, noisy linear teacher, seed 0")
