"""NumPy's shuffle of row numbers in native code: same seed, same order, same state afterwards."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rosenblatt.engine.compiled import module

__all__ = ["shuffle"]


def shuffle(order: npt.NDArray[np.int64], rng: np.random.RandomState) -> None:
    """Do what `rng.shuffle(order)` does, in place, in about half its time."""
    generator = rng._bit_generator
    with generator.lock:
        module().shuffle(order, generator.capsule)
