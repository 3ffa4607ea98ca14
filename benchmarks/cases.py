"""The shapes that are trained, and how many times faster than each peer we must be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import final

from benchmarks.data import Data, breast_cancer, synthetic

__all__ = ["CASES", "Case"]


@final
@dataclass(frozen=True)
class Case:
    """Whole epochs of Adam on a ReLU network: one job is `epochs` epochs from fresh weights.

    Every peer does the same job, so that what a fit costs once (checking its input, making its
    weights) weighs on as many steps for each of them.
    """

    name: str
    load: Callable[[], Data]
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    threads: int
    at_least: dict[str, float]
    dtype: str = "float32"

    def steps(self, rows: int) -> int:
        """Optimiser steps of one job; the last batch of an epoch may be short."""
        return self.epochs * math.ceil(rows / self.batch)

    def shortened(self) -> Case:
        """A twentieth of the epochs, for --quick."""
        return replace(self, epochs=max(1, self.epochs // 20))


CASES = (
    Case(
        name="569x30-64-32",
        load=breast_cancer,
        hidden=(64, 32),
        batch=32,
        epochs=100,
        threads=2,
        at_least={"scikit-learn": 15.0, "PyTorch": 20.0},
    ),
    Case(
        name="20000x784-256-128",
        load=partial(synthetic, rows=20_000, features=784, classes=10),
        hidden=(256, 128),
        batch=128,
        epochs=4,
        threads=2,
        at_least={"scikit-learn": 2.3, "PyTorch": 1.5},
    ),
    Case(
        name="50000x30-256-256-256",
        load=partial(synthetic, rows=50_000, features=30, classes=2),
        hidden=(256, 256, 256),
        batch=256,
        epochs=3,
        threads=2,
        at_least={"scikit-learn": 2.2, "PyTorch": 1.3},
    ),
)
