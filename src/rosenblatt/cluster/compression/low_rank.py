"""G19: matrices of low rank, by one step of power iteration from where the last one ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import final

import numpy as np

from rosenblatt.cluster.compression.base import Compressor, Encoder, finite
from rosenblatt.cluster.compression.messages import Dense, Message, Parts, Product
from rosenblatt.network.layer import Shape
from rosenblatt.support.types import FloatArray

__all__ = ["LowRank"]


@final
@dataclass(frozen=True)
class LowRank(Compressor):
    """PowerSGD: M ≈ P(MᵀP)ᵀ, P an orthonormal basis of MQ (G19; Vogels et al. 2019).

    Q is the factor of the step before, at first random. M is projected, so that the error is never
    larger than M; for a random Q, δ = r/min(m, n) in the mean. Arrays that are no matrices, and
    matrices that two factors would not make smaller, are sent as they are.

    Parameters
    ----------
    rank : int, default 4
        r.
    """

    rank: int = 4

    def __post_init__(self) -> None:
        if self.rank < 1:
            raise ValueError(f"rank={self.rank}: the rank of the matrices sent, 1 or more.")

    def encoder(self, shapes: Sequence[Shape], seed: int) -> Encoder:
        rng = np.random.default_rng(seed)
        return LowRankEncoder([MatrixEncoder(shape, self.rank, rng) for shape in shapes])

    def contraction(self, shape: Shape) -> float:
        return self.rank / min(shape) if self.shrinks(shape) else 1.0

    def shrinks(self, shape: Shape) -> bool:
        return len(shape) == 2 and self.rank < min(shape) and self.rank * sum(shape) < prod(shape)


@final
class MatrixEncoder:
    """Compresses one array; keeps Q between steps."""

    def __init__(self, shape: Shape, rank: int, rng: np.random.Generator) -> None:
        self.shape, self.size = shape, prod(shape)
        self.Q: FloatArray | None = None
        if LowRank(rank).shrinks(shape):
            self.Q = rng.standard_normal((shape[1], rank))

    def encode(self, x: FloatArray) -> Message:
        if self.Q is None:
            return Dense(x)
        M = x.reshape(self.shape)
        P, _ = np.linalg.qr(M @ self.Q.astype(x.dtype, copy=False))
        Q = M.T @ P
        # A gradient of lower rank, such as 0, leaves columns of Q at 0: the next step keeps the
        # directions that it had, or they would be lost for ever.
        self.Q = np.where((Q != 0).any(axis=0), Q, self.Q)
        return Product(P, Q)


@final
@dataclass(frozen=True)
class LowRankEncoder(Encoder):
    matrices: list[MatrixEncoder]

    def encode(self, x: FloatArray, step: int) -> Message:
        finite(x)
        ends = np.cumsum([matrix.size for matrix in self.matrices])[:-1]
        parts = zip(self.matrices, np.split(x, ends), strict=True)
        return Parts(tuple(matrix.encode(part) for matrix, part in parts))
