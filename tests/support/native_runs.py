"""A run on a small engine, and a mark for tests that race on purpose."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from tests.support.native_calls import dense_layer

races_on_purpose = pytest.mark.skipif(
    "libtsan" in os.environ.get("LD_PRELOAD", ""),
    reason="TSan would tell of the race that is its point",
)


def trained(build: Any, theta: Any, **given: Any) -> Any:
    """A run on one engine, and the engine, of 3 inputs and 2 outputs."""
    layers = [dense_layer(2, "Tanh")]
    engine = build.Engine64(3, layers, ("SquaredError", []), ("L2", [0.0]), 2)
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((64, 3)), rng.standard_normal((64, 2))
    data = build.Data64(build.Matrix64(given.get("X", X)), given.get("y", y), None, 1.0)
    slots, steps = given.get("slots", np.zeros((1, 8))), given.get("steps", np.zeros(1, np.int64))
    optimizer = ("SGD", [0.1, 0.9, 0.0, 0.0])
    run = build.Run64(engine, data, optimizer, theta, slots, steps, 0, np.zeros(0))
    return run, engine, data
