"""What every activation does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, final

from rosenblatt.support.field_types import check_fields

if TYPE_CHECKING:
    from rosenblatt.support.types import FloatArray

__all__ = ["Activation", "Elementwise"]


class Activation(ABC):
    """A differentiable map of a layer's pre-activations to its activations."""

    def __post_init__(self) -> None:
        check_fields(self)

    @abstractmethod
    def value(self, z: FloatArray) -> FloatArray:
        """a = g(z)."""

    @abstractmethod
    def pull_back(self, z: FloatArray, a: FloatArray, grad: FloatArray) -> FloatArray:
        """The gradient with respect to z, given the one with respect to a = g(z)."""

    def push_forward(self, z: FloatArray, a: FloatArray, z_dot: FloatArray) -> FloatArray:
        """The derivative of a as z moves along `z_dot`, (∂a/∂z) ż.

        A symmetric Jacobian, such as a diagonal one or softmax's diag(a) - a aᵀ, pushes forward as
        it pulls back. An activation with another one overrides this.
        """
        return self.pull_back(z, a, z_dot)

    def pull_back_along(
        self,
        z: FloatArray,
        a: FloatArray,
        grad: FloatArray,
        z_dot: FloatArray,
        grad_dot: FloatArray,
    ) -> FloatArray:
        """The derivative of `pull_back` as z moves along `z_dot` and `grad` along `grad_dot`.

        Raises
        ------
        ValueError
            If the activation does not define it.
        """
        raise ValueError(
            f"{type(self).__name__} has no second derivative, which a Hessian takes: define its"
            " `pull_back_along`, or take another activation."
        )


class Elementwise(Activation):
    """An activation that treats every unit alike, so that its Jacobian is diagonal."""

    @abstractmethod
    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        """g'(z); the activation a = g(z) is given because it often makes g' cheaper."""

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        """g''(z), given a = g(z); at a corner, where there is none, that of one side.

        Raises
        ------
        ValueError
            If the activation does not define it.
        """
        raise ValueError(
            f"{type(self).__name__} has no second derivative, which a Hessian takes: define its"
            " `second_derivative`, or take another activation."
        )

    @final
    def pull_back(self, z: FloatArray, a: FloatArray, grad: FloatArray) -> FloatArray:
        return grad * self.derivative(z, a)

    @final
    def pull_back_along(
        self,
        z: FloatArray,
        a: FloatArray,
        grad: FloatArray,
        z_dot: FloatArray,
        grad_dot: FloatArray,
    ) -> FloatArray:
        return grad_dot * self.derivative(z, a) + grad * self.second_derivative(z, a) * z_dot
