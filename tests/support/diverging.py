"""Data and settings with which fits diverge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import Elementwise

ignore_returns = pytest.mark.filterwarnings("ignore:Training diverged:RuntimeWarning")
SMALL: dict[str, Any] = {"hidden_layer_sizes": (4,), "random_state": 0}
TOO_FAST: dict[str, Any] = {
    "solver": "sgd",
    "learning_rate_init": 8.0,
    "hidden_layer_sizes": (16,),
    "random_state": 0,
    "max_iter": 60,
    "batch_size": 64,
}


class Own(Elementwise):
    """An activation without a kernel, so that the readable engine trains."""

    def value(self, z: Any) -> Any:
        return np.where(z > 0, z, 0)

    def derivative(self, z: Any, a: Any) -> Any:
        return (z > 0).astype(z.dtype)


def spoilt(rows: int = 40, dtype: Any = np.float32) -> tuple[Any, Any]:
    """Rows of unit variance, but for one in the third batch of eight."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, 30))
    y = X[:, 0].copy()
    X[21] = 0.99 * np.finfo(dtype).max
    return X.astype(dtype), y.astype(dtype)
