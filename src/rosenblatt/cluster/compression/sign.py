"""G19: the signs, scaled by the mean size of the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import final

import numpy as np

from rosenblatt.cluster.compression.base import Compressor, Encoder, finite
from rosenblatt.cluster.compression.messages import Message, Parts, Signs
from rosenblatt.network.layer import Shape
from rosenblatt.support.types import FloatArray

__all__ = ["ScaledSign"]


@final
@dataclass(frozen=True)
class ScaledSign(Compressor):
    """C(x) = (‖x‖₁/n) sign(x), a bit a number (G19; Karimireddy et al. 2019).

    ‖C(x) - x‖² = ‖x‖² - ‖x‖₁²/n, so that δ = ‖x‖₁²/(n‖x‖²), which is 1/n at least: nearly 1 for
    numbers of alike sizes. A zero counts as positive. Every array has a scale of its own.
    """

    def encoder(self, shapes: Sequence[Shape], seed: int) -> Encoder:
        return SignEncoder(tuple(map(prod, shapes)))

    def contraction(self, shape: Shape) -> float:
        return 1 / prod(shape)


@final
@dataclass(frozen=True)
class SignEncoder(Encoder):
    sizes: tuple[int, ...]

    def encode(self, x: FloatArray, step: int) -> Message:
        finite(x)
        ends = np.cumsum(self.sizes)[:-1]
        return Parts(tuple(signs(part) for part in np.split(x, ends)))


def signs(x: FloatArray) -> Signs:
    # Divided before they are added, so that the sum cannot overflow.
    magnitude = np.abs(x / x.dtype.type(len(x))).sum()
    return Signs(len(x), np.packbits(x < 0), magnitude)
