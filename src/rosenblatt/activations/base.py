"""What every activation does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from rosenblatt.support.types import FloatArray

__all__ = ["Activation", "Elementwise"]


class Activation(ABC):
    """A differentiable map of a layer's pre-activations to its activations."""

    @abstractmethod
    def value(self, z: FloatArray) -> FloatArray:
        """a = g(z)."""

    @abstractmethod
    def pull_back(self, z: FloatArray, a: FloatArray, grad: FloatArray) -> FloatArray:
        """The gradient with respect to z, given the one with respect to a = g(z)."""


class Elementwise(Activation):
    """An activation that treats every unit alike, so that its Jacobian is diagonal."""

    @abstractmethod
    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        """g'(z); the activation a = g(z) is given because it often makes g' cheaper."""

    @final
    def pull_back(self, z: FloatArray, a: FloatArray, grad: FloatArray) -> FloatArray:
        return grad * self.derivative(z, a)
