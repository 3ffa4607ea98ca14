"""Faults of the neuron and the perceptron."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rosenblatt.activations import Identity, Sigmoid

__all__ = ["FAULTS"]


class WithoutBias:
    """Learns by the rule, but never moves its threshold."""

    def fit(self, X, y):
        self.w, self.n_updates_ = np.zeros(X.shape[1]), 0
        for _ in range(1000):
            before = self.n_updates_
            for x, target in zip(X, y, strict=True):
                error = target - int(self.w @ x >= 0)
                self.w += error * x
                self.n_updates_ += abs(error)
            if self.n_updates_ == before:
                break

    def predict(self, X):
        return (self.w @ X.T >= 0).astype(int)


FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "N4": lambda: {"activation": Sigmoid()},
    "P2": lambda: {"perceptron": WithoutBias},
    "P3": lambda: {"perceptron": WithoutBias},
    "P4": lambda: {"activation": "identity"},
    "P5": lambda: {"activation": Identity()},
    "P6": lambda: {"frequency": 0.0, "rule": lambda n_inputs, n_outputs: 1},
}
