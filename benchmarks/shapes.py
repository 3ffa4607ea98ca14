"""Shapes of dense networks, drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from benchmarks.cases import Case
from benchmarks.data import Source

__all__ = ["Shape", "drawn"]

ACTIVATIONS = ("relu", "tanh", "logistic")


@final
@dataclass(frozen=True)
class Shape:
    """A network and its batches; two classes share one logistic unit."""

    features: int
    hidden: tuple[int, ...]
    classes: int
    batch: int
    activation: str

    @property
    def outputs(self) -> int:
        return 1 if self.classes == 2 else self.classes

    @property
    def name(self) -> str:
        widths = "-".join(map(str, (self.features, *self.hidden, self.outputs)))
        return f"{widths}, batch {self.batch}, {self.activation}"

    def case(self, dtype: str) -> Case:
        """An epoch of four batches."""
        source = Source(4 * self.batch, self.features, self.classes)
        return Case(self.name, source, self.hidden, self.batch, epochs=1, dtype=dtype)


def drawn(count: int, seed: int = 0) -> list[Shape]:
    """5 to 500 inputs, one to three layers of 20 to 400 units, 2 to 10 classes, batches of 32 to
    500 rows. A longer list begins with the shorter one."""
    rng = np.random.default_rng(seed)
    return [_shape(rng) for _ in range(count)]


def _shape(rng: np.random.Generator) -> Shape:
    return Shape(
        features=int(rng.integers(5, 501)),
        hidden=tuple(int(n) for n in rng.integers(20, 401, size=rng.integers(1, 4))),
        classes=int(rng.integers(2, 11)),
        batch=int(rng.integers(32, 501)),
        activation=ACTIVATIONS[rng.integers(len(ACTIVATIONS))],
    )
