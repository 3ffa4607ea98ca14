"""G19: a byte a number, rounded at random so that the mean is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.cluster.compression.base import Compressor, Encoder, finite
from rosenblatt.cluster.compression.messages import Message, Quantised
from rosenblatt.network.layer import Shape
from rosenblatt.support.types import FloatArray

__all__ = ["Int8"]

LEVELS = 127
BLOCK = 2048


@final
@dataclass(frozen=True)
class Int8(Compressor):
    """Stochastic rounding to 255 levels, unbiased (G19; Alistarh et al. 2017).

    Blocks of 2048 numbers have a scale of their own, s = max|x|/127. A number is rounded to one of
    its two neighbours, by chances that make the mean right, with an error of s²/4 at most in the
    mean of squares; and ‖x‖² ≥ (127s)², so that δ ≥ 1 - 2048/(4·127²) = 0.968.
    """

    def encoder(self, shapes: Sequence[Shape], seed: int) -> Encoder:
        return Int8Encoder(seed)

    def contraction(self, shape: Shape) -> float:
        return 1 - BLOCK / (4 * LEVELS**2)


@final
@dataclass(frozen=True)
class Int8Encoder(Encoder):
    seed: int

    def encode(self, x: FloatArray, step: int) -> Message:
        finite(x)
        blocks = -(-len(x) // BLOCK)
        padded = x
        if blocks > 1 and len(x) % BLOCK:
            padded = np.zeros(blocks * BLOCK, x.dtype)
            padded[: len(x)] = x
        table = padded.reshape(blocks, -1)
        # A scale that is rounded down, so that 127 of it are finite where x is.
        down = x.dtype.type((1 - np.finfo(x.dtype).eps) / LEVELS)
        scales = np.abs(table).max(axis=1) * down
        divisors = np.where(scales > 0, scales, x.dtype.type(1))[:, None]
        draws = np.random.default_rng((self.seed, step)).random(table.shape, np.float32)
        # A quotient may exceed 127 by its rounding.
        levels = np.clip(np.floor(table / divisors + draws), -LEVELS, LEVELS)
        return Quantised(len(x), levels.astype(np.int8), scales)
