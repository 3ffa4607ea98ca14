"""G19: some of the numbers: the k largest, or k that both sides draw from one seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import final

import numpy as np

from rosenblatt.cluster.compression.base import (
    Compressor,
    Encoder,
    check_fraction,
    finite,
    share_of,
)
from rosenblatt.cluster.compression.messages import (
    Dense,
    Message,
    Seeded,
    Sparse,
    drawn_positions,
)
from rosenblatt.network.layer import Shape
from rosenblatt.support.types import FloatArray

__all__ = ["RandomK", "TopK"]


@final
@dataclass(frozen=True)
class TopK(Compressor):
    """The k = ⌈fraction·n⌋ numbers of the largest size; δ = k/n (G19; Stich et al. 2018).

    Parameters
    ----------
    fraction : float, default 0.01
        k/n, in (0, 1]; at least one number is sent, and with 1 all of them, as they are.
    """

    fraction: float = 0.01

    def __post_init__(self) -> None:
        check_fraction("fraction", self.fraction)

    def encoder(self, shapes: Sequence[Shape], seed: int) -> Encoder:
        n = sum(map(prod, shapes))
        return TopKEncoder(share_of(n, self.fraction))

    def contraction(self, shape: Shape) -> float:
        return share_of(prod(shape), self.fraction) / prod(shape)


@final
@dataclass(frozen=True)
class TopKEncoder(Encoder):
    k: int

    def encode(self, x: FloatArray, step: int) -> Message:
        finite(x)
        if self.k >= len(x):
            return Dense(x)
        largest = np.argpartition(np.abs(x), len(x) - self.k)[-self.k :]
        positions = np.sort(largest).astype(np.int32)
        return Sparse(len(x), positions, x[positions])


@final
@dataclass(frozen=True)
class RandomK(Compressor):
    """k = ⌈fraction·n⌋ numbers at random, unscaled; δ = k/n (G19; Stich et al. 2018).

    Both sides draw the positions from one seed, so that only the numbers travel.

    Parameters
    ----------
    fraction : float, default 0.01
        k/n, in (0, 1]; at least one number is sent, and with 1 all of them, as they are.
    """

    fraction: float = 0.01

    def __post_init__(self) -> None:
        check_fraction("fraction", self.fraction)

    def encoder(self, shapes: Sequence[Shape], seed: int) -> Encoder:
        n = sum(map(prod, shapes))
        return RandomKEncoder(share_of(n, self.fraction), seed)

    def contraction(self, shape: Shape) -> float:
        return share_of(prod(shape), self.fraction) / prod(shape)


@final
@dataclass(frozen=True)
class RandomKEncoder(Encoder):
    k: int
    seed: int

    def encode(self, x: FloatArray, step: int) -> Message:
        finite(x)
        if self.k >= len(x):
            return Dense(x)
        positions = drawn_positions(self.seed, step, len(x), self.k)
        return Seeded(len(x), self.seed, step, x[positions])
