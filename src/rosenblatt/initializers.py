"""Initial weights and biases of one layer.

An initialiser draws from whatever generator it is given: NumPy's `RandomState` (what a
scikit-learn seed means) or `Generator`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.field_types import check_fields
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = [
    "FanInUniform",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LeCunNormal",
    "LeCunUniform",
    "NguyenWidrow",
    "Orthogonal",
    "RandomBiasUniform",
    "for_inputs_between",
]

Rng = np.random.RandomState | np.random.Generator


class Initializer(ABC):
    """A distribution of a layer's weights, shape (n_in, n_out), and biases, shape (n_out,)."""

    def __post_init__(self) -> None:
        check_fields(self, finite=True)

    @abstractmethod
    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        """Weights and biases in float64."""


@final
@dataclass(frozen=True)
class FanInUniform(Initializer):
    """W, b ~ U(-r, r), r = 1 / √n_in, weights drawn before biases: linear layers of PyTorch."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(1 / n_in)
        return rng.uniform(-r, r, (n_in, n_out)), rng.uniform(-r, r, n_out)


@final
@dataclass(frozen=True)
class GlorotUniform(Initializer):
    """W ~ U(-r, r), r = √(6 / (n_in + n_out)), b = 0 (Glorot & Bengio 2010, eq. 16)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(6 / (n_in + n_out))
        return rng.uniform(-r, r, (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class GlorotNormal(Initializer):
    """W ~ N(0, 2 / (n_in + n_out)), b = 0 (Glorot & Bengio 2010, eq. 12)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class LeCunNormal(Initializer):
    """W ~ N(0, 1 / n_in), b = 0: inputs of variance 1 give z of variance 1 (LeCun et al. 1998)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        return rng.normal(0, np.sqrt(1 / n_in), (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class LeCunUniform(Initializer):
    """W ~ U(-r, r), r = √(3 / n_in), b = 0: LeCun's variance, bounded (LeCun et al. 1998)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(3 / n_in)
        return rng.uniform(-r, r, (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class HeNormal(Initializer):
    """W ~ N(0, 2 / n_in), b = 0: keeps the variance through ReLU layers (He et al. 2015)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        return rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class HeUniform(Initializer):
    """W ~ U(-r, r), r = √(6 / n_in), b = 0: He's variance, bounded (He et al. 2015)."""

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(6 / n_in)
        return rng.uniform(-r, r, (n_in, n_out)), np.zeros(n_out)


@final
@dataclass(frozen=True)
class RandomBiasUniform(Initializer):
    """W, b ~ U(-r, r), r = √(factor / (n_in + n_out)), weights drawn before biases.

    This is what scikit-learn's perceptrons start from: Glorot's bound, with random biases
    beside it.

    Parameters
    ----------
    factor : float, default 6.0
        2 for sigmoid layers and 6 for all others.
    """

    factor: float = 6.0

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        r = np.sqrt(self.factor / (n_in + n_out))
        return rng.uniform(-r, r, (n_in, n_out)), rng.uniform(-r, r, n_out)


@final
@dataclass(frozen=True)
class Orthogonal(Initializer):
    """W = gain · Q, b = 0: orthonormal columns, or rows where n_in < n_out (Saxe et al. 2014).

    Q is the factor of a matrix of normal draws, with the signs that make R's diagonal positive and
    so every orthogonal matrix as likely as every other.

    Parameters
    ----------
    gain : float, default 1.0
        Scales Q; √2 keeps the variance through ReLU layers.
    """

    gain: float = 1.0

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        Q, R = np.linalg.qr(rng.normal(0, 1, (max(n_in, n_out), min(n_in, n_out))))
        Q *= np.where(np.diag(R) < 0, -1, 1)
        return self.gain * (Q if n_in >= n_out else Q.T), np.zeros(n_out)


@final
@dataclass(frozen=True)
class NguyenWidrow(Initializer):
    """Hidden units whose bent stretches share out the inputs' cube (Nguyen & Widrow 1990).

    For H = n_out tanh units and n = n_in inputs in [-1, 1], the weights of each unit have a random
    direction, that of U(-1, 1) draws, and the length ‖w_j‖ = 0.7 H^{1/n}; b_j ~ U(-‖w_j‖, ‖w_j‖).
    Unit j is then nearly linear on a slab of width 2/‖w_j‖ somewhere in the cube, and the slabs
    overlap a little. `for_inputs_between` moves the units to another box of inputs.

    Parameters
    ----------
    stretch : float, default 1.0
        Multiplies weights and biases: a logistic unit is a tanh unit at half its z, and takes 2.
    """

    stretch: float = 1.0

    def draw(self, rng: Rng, n_in: int, n_out: int) -> tuple[FloatArray, FloatArray]:
        length = self.stretch * 0.7 * n_out ** (1 / n_in)
        W = rng.uniform(-1, 1, (n_in, n_out))
        W *= length / np.linalg.norm(W, axis=0)
        return W, rng.uniform(-length, length, n_out)


def for_inputs_between(
    low: FloatArray, high: FloatArray, W: FloatArray, b: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Weights and biases that do to inputs in [low, high] what W and b do to those in [-1, 1].

    `low` and `high` have shape (n_in,). An input that is constant stays without effect on z.
    """
    half, middle = (high - low) / 2, (high + low) / 2
    moved = np.divide(W, half[:, None], out=np.zeros_like(W), where=half[:, None] > 0)
    return moved, b - matmul(middle, moved)
