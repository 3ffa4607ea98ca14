"""Interface of an optimiser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import final

from rosenblatt.support.field_types import check_fields
from rosenblatt.support.types import FloatArray

__all__ = ["DecoupledDecay", "Optimizer", "average"]


class Optimizer(ABC):
    """A rule θ ← θ + Δ(g, slots).

    Attributes
    ----------
    lr : float
        The base rate.
    """

    lr: float

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    @abstractmethod
    def n_slots(self) -> int:
        """The number of state arrays of θ's size; a class attribute where it is constant."""

    @abstractmethod
    def update(self, g: FloatArray, slots: FloatArray, t: int, factor: float) -> FloatArray:
        """The update of a step.

        Parameters
        ----------
        g : array (n_parameters,)
            The gradient.
        slots : array (n_slots, n_parameters)
            State; zeros before the first step, changed in place.
        t : int
            Number of the step, from 1.
        factor : float
            The learning rate of this step is lr·factor.

        Returns
        -------
        array (n_parameters,)
            Δ.
        """


class DecoupledDecay(Optimizer):
    """Decoupled weight decay: θ ← θ (1 - ηλ) before every update, biases included.

    Unlike a penalty's gradient, the decay does not enter the moments (Loshchilov & Hutter 2019).
    The engine applies it.

    Attributes
    ----------
    weight_decay : float
        λ.
    """

    weight_decay: float

    @final
    def kept(self, factor: float, decay_factor: float = 1.0) -> float:
        """1 - ηλ for a step at the rate η = lr·factor, and λ = weight_decay·decay_factor."""
        return 1 - self.lr * factor * (self.weight_decay * decay_factor)


def average(mean: FloatArray, decay: float, value: FloatArray) -> None:
    """The decaying mean, in place: mean ← decay·mean + (1 - decay)·value."""
    mean[:] = decay * mean + (1 - decay) * value
