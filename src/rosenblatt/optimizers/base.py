"""What an optimiser is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

from rosenblatt.support.types import FloatArray

__all__ = ["DecoupledDecay", "Optimizer", "average"]


class Optimizer(ABC):
    """A rule θ ← θ + Δ(g, memory)."""

    lr: float

    @property
    @abstractmethod
    def n_slots(self) -> int:
        """Arrays of memory, each of the size of θ; where it is a constant, a class attribute."""

    @abstractmethod
    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        """Δ for the gradient g, shape (n_parameters,), in step t = 1, 2, …

        `slots`, shape (n_slots, n_parameters), starts as zeros and is changed in place; the rate
        of this step is lr·factor.
        """


class DecoupledDecay(Optimizer):
    """An optimiser before whose update every parameter, biases too, shrinks: θ ← θ (1 - ηλ).

    λ is the `weight_decay`. A penalty's gradient would pass through the rule's moments and be
    rescaled by them; this does not (Loshchilov & Hutter 2019). The engine's loop applies it.
    """

    weight_decay: float

    @final
    def kept(self, factor: float) -> float:
        """The share of θ that a step at the rate lr·factor keeps."""
        return 1 - self.lr * factor * self.weight_decay


def average(mean: FloatArray, decay: float, value: FloatArray) -> None:
    """The decaying mean, in place: mean ← decay·mean + (1 - decay)·value."""
    mean[:] = decay * mean + (1 - decay) * value
