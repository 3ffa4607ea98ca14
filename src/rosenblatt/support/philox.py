"""Random numbers as a function of where they are used: Philox4x32-10 (Salmon et al. 2011).

A generator with a state gives every thread other numbers than the one before it. This one maps a
counter and a key to four words of 32 random bits, so that a number follows from the seed, the step,
the layer and the element alone: both engines draw the same, on any number of threads, in blocks of
any size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np
import numpy.typing as npt

__all__ = ["Draws", "Stream", "philox4x32"]

Words = npt.NDArray[np.uint64]

LOW = np.uint64(0xFFFFFFFF)
SHIFT = np.uint64(32)
MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
# What the key grows by from round to round: the golden ratio and √3 - 1, in units of 2⁻³².
WEYL = 0x9E3779B9, 0xBB67AE85
ROUNDS = 10
# An odd multiplier of full period modulo 2⁶⁴ (Knuth's MMIX), for the keys of parts.
SPLIT = 6364136223846793005

# Elements are numbered in groups of 64, which 16 counters serve: word k of counter j belongs to
# element 16 k + j, so that vectors of words meet vectors of elements.
COUNTERS, WORDS = 16, 4
GROUP = COUNTERS * WORDS


def philox4x32(
    counter: tuple[Words, Words, Words, Words], key: tuple[int, int]
) -> tuple[Words, Words, Words, Words]:
    """Four random words for each counter, whose words are arrays of one shape; all below 2³²."""
    c0, c1, c2, c3 = counter
    for i in range(ROUNDS):
        k0, k1 = (np.uint64((k + i * step) & 0xFFFFFFFF) for k, step in zip(key, WEYL, strict=True))
        p0, p1 = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (p1 >> SHIFT) ^ c1 ^ k0, p1 & LOW, (p0 >> SHIFT) ^ c3 ^ k1, p0 & LOW
    return c0, c1, c2, c3


@final
@dataclass(frozen=True)
class Stream:
    """The random words of one layer in one step: word e belongs to element e of the whole batch.

    What a step makes of its words may change from step to step as well: it multiplies the rates of
    dropout by `dropout_factor`.
    """

    seed: int
    step: int
    layer: int
    dropout_factor: float = 1.0

    def part(self, k: int) -> Stream:
        """The words of the member k of a layer that consists of several; those of 0 are its own."""
        if k == 0:
            return self
        return replace(self, seed=(self.seed * SPLIT + k) % 2**64)

    def words(self, n: int) -> npt.NDArray[np.uint32]:
        """Words 0 … n - 1, each uniform over the 32-bit numbers."""
        groups = -(-n // GROUP)
        block = np.arange(groups * COUNTERS, dtype=np.uint64)
        counter = (
            block & LOW,
            (block >> SHIFT << np.uint64(16)) + np.uint64(self.layer),
            np.full_like(block, self.step & 0xFFFFFFFF),
            np.full_like(block, self.step >> 32),
        )
        drawn = philox4x32(counter, (self.seed & 0xFFFFFFFF, self.seed >> 32))
        by_word = np.stack(drawn).reshape(WORDS, groups, COUNTERS)
        return by_word.transpose(1, 0, 2).reshape(-1)[:n].astype(np.uint32)


@final
@dataclass(frozen=True)
class Draws:
    """What a training step draws at random.

    Attributes
    ----------
    seed : int
        From 0 to 2⁶⁴ - 1; one for a whole fit.
    step : int
        Steps taken before this one.
    dropout_factor : float
        What this step multiplies the rates of dropout by.
    """

    seed: int
    step: int
    dropout_factor: float = 1.0

    def stream(self, layer: int) -> Stream:
        """The words of a layer, numbered from 1; 0 stands for the inputs."""
        return Stream(self.seed, self.step, layer, self.dropout_factor)
