"""What a registration may say of a member in another language, and what it is given to say it.

A form is written without importing the other library: it is called with what it needs of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy.typing as npt

    from rosenblatt.support.types import FloatArray

__all__ = ["CFunctionWriter", "CWriter", "OnnxGraph", "TorchWriter"]


class CFunctionWriter(Protocol):
    """What the C function of an activation is written with; 'real' is float or double."""

    @property
    def real(self) -> str:
        """The float type, 'float' or 'double'."""

    def literal(self, x: float) -> str:
        """A number, exactly."""

    def call(self, function: str) -> str:
        """The name that a function of <math.h> has for this type: 'exp' or 'expf'."""

    def function_of(self, activation: Any) -> str:
        """The name of the C function of another activation."""


class CWriter(Protocol):
    """What the C statements of a layer are written with. Arrays of C go by their names."""

    def literal(self, x: float) -> str:
        """A number, exactly."""

    def statement(self, line: str) -> None:
        """Add a statement; `i` is declared as a long."""

    def constant(self, which: str, array: FloatArray) -> str:
        """A constant array of the layer, row by row; its name."""

    def helper(self, name: str, text: str) -> str:
        """A static function, written once; its name.

        In the text NAME stands for it, REAL for the float type, and SQRT, COS, SIN, FLOOR and POW
        for the functions of that type.
        """

    def scratch(self, n: int) -> str:
        """A new array of n numbers; its name."""

    def copy(self, x: str, out: str, n: int) -> None:
        """Fill an array from another one, unless they are the same."""

    def activate(self, activation: Any, row: str, n: int) -> None:
        """Put an array through an activation, in place."""

    def normalize(self, normalization: Any, arrays: Mapping[str, FloatArray], row: str) -> None:
        """Normalise an array, scale and shift included, in place."""

    def sequence(self, layers: Sequence[Any], x: str, out: str) -> None:
        """Fill `out` by layers one after another, which are `TrainedLayer`s."""


class OnnxGraph(Protocol):
    """An ONNX graph under construction; values in it go by their names."""

    def step(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """The value that an operator computes."""

    def constant(self, array: npt.NDArray[Any]) -> str:
        """A constant array."""

    def number(self, x: float) -> str:
        """A constant number in float32."""

    def activation(self, activation: Any, z: str) -> str:
        """The value of an activation."""

    def normalization(self, normalization: Any, arrays: Mapping[str, FloatArray], h: str) -> str:
        """The value of a normalisation, scale and shift included."""

    def layer(self, trained: Any, x: str) -> str:
        """The value of a `TrainedLayer`."""


class TorchWriter(Protocol):
    """What modules of PyTorch are made with."""

    @property
    def nn(self) -> Any:
        """`torch.nn`."""

    def loaded(self, module: Any, state: Mapping[str, FloatArray]) -> Any:
        """The module, of the arrays' type, with copies of them as its parameters and buffers."""

    def linear(self, weight: FloatArray, bias: FloatArray | None = None) -> Any:
        """x W + b, or x W."""

    def layer_norm(self, n: int, epsilon: float) -> Any:
        """`torch.nn.LayerNorm`, also of rows whose variance overflows."""

    def activation(self, activation: Any) -> Any:
        """An activation's module."""

    def normalization(self, normalization: Any, arrays: Mapping[str, FloatArray]) -> Any:
        """A normalisation's module, scale and shift included."""

    def layer(self, trained: Any) -> list[Any]:
        """The modules of a `TrainedLayer`, which follow one another."""

    def function(self, function: Any, arrays: Mapping[str, FloatArray]) -> Any:
        """A module that calls `function(torch, x, **parameters)`, its parameters being the arrays.

        The function lies in a module, so that what is made can be pickled.
        """

    def piecewise_linear(self, source: Any, numbers: Mapping[str, FloatArray]) -> Any:
        """Features and pieces of them, from the feature of each piece and arrays by name."""

    def beside_input(self, inner: list[Any], n: int, first: int) -> Any:
        """A module that puts its input from column `first` on behind what others, one after
        another, make of the first n columns."""

    def mixed_with_input(self, inner: Any, share: FloatArray) -> Any:
        """A module that adds to its input a share of how much another one changes it."""

    def gated(self, gate: Any) -> Any:
        """A module that multiplies the first half of its input by what another makes of the
        second."""

    def residual(self, inner: list[Any], shortcut: Any) -> Any:
        """A module that adds what two others make of its input."""
