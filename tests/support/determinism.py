"""Fits whose bits are compared, and an activation without a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from rosenblatt import (
    MLPClassifier,
)
from rosenblatt.activations import Activation
from rosenblatt.support.types import FloatArray

X, Y = load_digits(return_X_y=True)
X, Y = X[:901] / 16, Y[:901]
TARGET = np.column_stack([X[:, 20] * X[:, 30], np.sin(3 * X[:, 10])])
N_JOBS = (1, 2, 3, 4)


@dataclass(frozen=True)
class WithoutKernel(Activation):
    """z / (1 + |z|), for which there is no kernel: the readable engine trains with it."""

    def value(self, z: FloatArray) -> FloatArray:
        return z / (1 + np.abs(z))

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return 1 / (1 + np.abs(z)) ** 2

    def pull_back(self, z: FloatArray, a: FloatArray, upstream: FloatArray) -> FloatArray:
        return upstream * self.derivative(z, a)


def told(model: Any) -> dict[str, Any]:
    """All that a fit leaves, as bytes."""
    found = {name: array.tobytes() for name, array in model.parameters_.items()}
    for name in ("loss_curve_", "validation_loss_curve_", "validation_scores_"):
        curve = getattr(model, name, None)
        found[name] = None if curve is None else np.array(curve).tobytes()
    norms = [entry["gradient_norm"] for entry in model.history_]
    found["norms"] = np.array(norms).tobytes()
    return found | {"n_iter": model.n_iter_, "loss": model.loss_, "stop": model.stop_reason_}


def classifier(**settings: Any) -> MLPClassifier:
    given = {"hidden_layer_sizes": (90, 40), "max_iter": 3, "random_state": 0, **settings}
    return MLPClassifier(**{"deterministic": True, **given})
