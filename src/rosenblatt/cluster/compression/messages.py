"""Compressed vectors as they travel: plain arrays, and what they stand for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import FloatArray

__all__ = ["Dense", "Message", "Parts", "Product", "Quantised", "Seeded", "Signs", "Sparse"]


class Message(ABC):
    """A vector on its way.

    Attributes
    ----------
    size : int
        Of the vector.
    n_bytes : int
        Of its arrays on the wire.
    """

    size: int

    @property
    @abstractmethod
    def n_bytes(self) -> int: ...

    @abstractmethod
    def decoded(self) -> FloatArray:
        """The vector, shape (size,); not to be written to."""


@final
@dataclass(frozen=True, eq=False)
class Dense(Message):
    """All numbers."""

    values: FloatArray

    @property
    def size(self) -> int:  # type: ignore[override]
        return len(self.values)

    @property
    def n_bytes(self) -> int:
        return self.values.nbytes

    def decoded(self) -> FloatArray:
        return self.values


@final
@dataclass(frozen=True, eq=False)
class Sparse(Message):
    """Some numbers and their positions."""

    size: int
    positions: npt.NDArray[np.int32]
    values: FloatArray

    @property
    def n_bytes(self) -> int:
        return self.positions.nbytes + self.values.nbytes

    def decoded(self) -> FloatArray:
        x = np.zeros(self.size, self.values.dtype)
        x[self.positions] = self.values
        return x


def drawn_positions(seed: int, step: int, size: int, k: int) -> npt.NDArray[np.int64]:
    """k of `size` positions, the same wherever seed and step are."""
    return np.random.default_rng((seed, step)).choice(size, k, replace=False, shuffle=False)


@final
@dataclass(frozen=True, eq=False)
class Seeded(Message):
    """Some numbers, at positions that the receiver draws from the same seed."""

    size: int
    seed: int
    step: int
    values: FloatArray

    @property
    def n_bytes(self) -> int:
        return 16 + self.values.nbytes

    def decoded(self) -> FloatArray:
        x = np.zeros(self.size, self.values.dtype)
        x[drawn_positions(self.seed, self.step, self.size, len(self.values))] = self.values
        return x


@final
@dataclass(frozen=True, eq=False)
class Signs(Message):
    """A bit a number, and one size for all of them."""

    size: int
    bits: npt.NDArray[np.uint8]
    magnitude: np.floating

    @property
    def n_bytes(self) -> int:
        return self.bits.nbytes + self.magnitude.nbytes

    def decoded(self) -> FloatArray:
        negative = np.unpackbits(self.bits, count=self.size).astype(bool)
        return np.where(negative, -self.magnitude, self.magnitude)


@final
@dataclass(frozen=True, eq=False)
class Quantised(Message):
    """A byte a number, and a scale for each block of them."""

    size: int
    levels: npt.NDArray[np.int8]  # (blocks, numbers of a block)
    scales: FloatArray  # (blocks,)

    @property
    def n_bytes(self) -> int:
        return self.size + self.scales.nbytes

    def decoded(self) -> FloatArray:
        return (self.levels * self.scales[:, None]).ravel()[: self.size]


@final
@dataclass(frozen=True, eq=False)
class Product(Message):
    """A matrix P Qᵀ of low rank, row by row."""

    P: FloatArray
    Q: FloatArray

    @property
    def size(self) -> int:  # type: ignore[override]
        return len(self.P) * len(self.Q)

    @property
    def n_bytes(self) -> int:
        return self.P.nbytes + self.Q.nbytes

    def decoded(self) -> FloatArray:
        return (self.P @ self.Q.T).ravel()


@final
@dataclass(frozen=True, eq=False)
class Parts(Message):
    """Several vectors, one behind the other."""

    parts: tuple[Message, ...]

    @property
    def size(self) -> int:  # type: ignore[override]
        return sum(part.size for part in self.parts)

    @property
    def n_bytes(self) -> int:
        return sum(part.n_bytes for part in self.parts)

    def decoded(self) -> FloatArray:
        return np.concatenate([part.decoded() for part in self.parts])
