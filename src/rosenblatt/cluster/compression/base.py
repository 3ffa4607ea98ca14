"""Interface of a compressor, and error feedback (theory G19)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

from rosenblatt.cluster.compression.messages import Dense, Message
from rosenblatt.network.layer import Shape
from rosenblatt.support.finite import all_finite
from rosenblatt.support.types import FloatArray

__all__ = ["Compressor", "Encoder", "ErrorFeedback", "check_fraction", "finite", "share_of"]


class Encoder(ABC):
    """A compressor at work on the vectors of one worker for one server."""

    @abstractmethod
    def encode(self, x: FloatArray, step: int) -> Message:
        """Compress x, shape (n,), of a step. Zeros become zeros.

        Raises
        ------
        ValueError
            If a number is not finite.
        """


class Compressor(ABC):
    """A way to send less than a whole gradient.

    It is a contraction, with E‖C(x) - x‖² ≤ (1 - δ)‖x‖², so that error feedback converges
    (Stich, Cordonnier & Jaggi 2018; Karimireddy et al. 2019).
    """

    @abstractmethod
    def encoder(self, shapes: Sequence[Shape], seed: int) -> Encoder:
        """An encoder of vectors that hold arrays of these shapes, one behind the other."""

    @abstractmethod
    def contraction(self, shape: Shape) -> float:
        """δ in (0, 1] for a vector that holds one array of this shape."""


@final
class ErrorFeedback:
    """Sends C(e + g), and keeps e ← e + g - C(e + g) for the next step (G19).

    What a compressor has left out is sent later, so that it is delayed and never lost.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.error: FloatArray | None = None

    def encode(self, g: FloatArray, step: int) -> Message:
        x = g if self.error is None else self.error + g
        message = self.encoder.encode(x, step)
        if isinstance(message, Dense):
            self.error = None
        else:
            self.error = x - message.decoded()
        return message


def finite(x: FloatArray) -> FloatArray:
    """x, if all of its numbers are finite."""
    if not all_finite(x):
        raise ValueError("a gradient that is not finite cannot be compressed")
    return x


def share_of(n: int, fraction: float) -> int:
    """How many of n numbers a fraction is: at least one."""
    return min(n, max(1, round(n * fraction)))


def check_fraction(name: str, fraction: float) -> None:
    if not 0 < fraction <= 1:
        raise ValueError(f"{name}={fraction}: the share of the numbers that is sent, in (0, 1].")
