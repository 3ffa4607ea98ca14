"""The interface of a layer: its shapes, its parameters, its forward and its backward pass."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Number
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["Backward", "Bounds", "Layer", "NativeForm", "Passed", "Shape", "Tangent"]

# The shape of one sample, without the axis of samples, which comes first in every array:
#     (n,)                        features, or the units of a dense layer
#     (n_columns, width)          an embedding of each column
#     (height, width, channels)   a picture
#     (k, n)                      units of the k members of an ensemble
# The last axis holds what the parameters of a normalisation or an activation belong to. A network
# begins with (n_inputs,) and ends with (n_outputs,).
Shape: TypeAlias = tuple[int, ...]
Arrays: TypeAlias = Mapping[str, FloatArray]
Bounds: TypeAlias = tuple[Float64Array, Float64Array]


@final
@dataclass(frozen=True)
class Passed:
    """The cache of a layer's forward pass over a batch, which its backward pass uses.

    Attributes
    ----------
    layer : Layer
    x : array (n_samples, *input shape)
        Its input.
    out : array (n_samples, *output shape)
        Its output.
    kept : object
        What else the backward pass needs, such as a dropout mask.
    parts : tuple of Passed
        The caches of the layers that it consists of, in order.
    """

    layer: Layer
    x: FloatArray
    out: FloatArray
    kept: Any = None
    parts: tuple[Passed, ...] = ()

    def leaves(self) -> Iterator[Passed]:
        """Those of the innermost layers, in order."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


@final
@dataclass(frozen=True)
class Tangent:
    """The derivative of a layer's forward pass as its parameters and input move along a direction.

    Attributes
    ----------
    x, out : arrays
        How input and output move, of their shapes.
    kept : object
        What else `backward_along` needs.
    parts : tuple of Tangent
        Those of the layers that it consists of, in order.
    """

    x: FloatArray
    out: FloatArray
    kept: Any = None
    parts: tuple[Tangent, ...] = ()


@final
@dataclass(frozen=True)
class Backward:
    """The result of a layer's backward pass: gradients summed over the samples, undivided.

    Attributes
    ----------
    gradients : mapping of name to array
        The gradients of the layer's parameters.
    upstream : array (n_samples, *input shape)
        The gradient with respect to the layer's input.
    delta : array
        The gradient with respect to the output of the innermost first layer: x W + b of a block.
    """

    gradients: Arrays
    upstream: FloatArray
    delta: FloatArray


@final
@dataclass(frozen=True)
class NativeForm:
    """A layer as the native engine has it.

    Attributes
    ----------
    kind : str
        The name that `cpp/bindings/specs.hpp` makes a layer of.
    fields : mapping of name to value
        Numbers, tuples of them, None, or members such as activations that have kernels of their
        own.
    training_only : frozenset of str
        Fields that a prediction leaves out.
    """

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    training_only: frozenset[str] = frozenset()

    @cached_property
    def members(self) -> tuple[Any, ...]:
        """Those of the fields that need kernels of their own: all that are not numbers."""
        return tuple(value for value in self.fields.values() if not is_plain(value))


def is_plain(value: object) -> bool:
    """Whether a field crosses into the native engine as it is: a number, or a tuple of them."""
    if isinstance(value, tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, Number | np.bool_)


class Layer(ABC):
    """A differentiable map of a batch, with parameters θ of its own.

    A layer is a frozen dataclass whose fields are its hyper-parameters; parameters and state are
    handed to it by name. A layer without any implements `output_shape`, `forward` and `backward`
    alone, and takes the other methods as they are here.

    `rosenblatt.network.register` makes a layer known to model files and exports.
    """

    @abstractmethod
    def output_shape(self, shape: Shape) -> Shape:
        """The shape of the output, given that of the input.

        Raises
        ------
        ValueError
            If the layer takes no input of that shape.
        """

    @abstractmethod
    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        """The forward pass of a batch x, shape (n_samples, *input shape).

        In a training step `stream` has the random numbers; without one it is a prediction.
        """

    @abstractmethod
    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        """The backward pass, from `upstream`, the gradient with respect to `passed.out`."""

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        """The derivative of the forward pass, R{·} of Pearlmutter 1994.

        The parameters move along `direction`, which has arrays of the same names, and the input
        along `x_dot`. A Hessian-vector product needs this and `backward_along`.

        Raises
        ------
        ValueError
            If the layer does not define it.
        """
        raise ValueError(
            f"a Hessian-vector product needs second derivatives, which {type(self).__name__} does"
            " not define: take layers such as Dense, with layer normalisation or without, or define"
            " its `forward_along` and `backward_along`."
        )

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        """The derivative of the backward pass, with `upstream` moving along `upstream_dot`.

        `tangent` is what `forward_along` returned; the two are defined together.

        Returns
        -------
        below : array (n_samples, *input shape)
            The gradient with respect to the layer's input, as `backward` has it.
        moved : Backward
            The derivatives of what `backward` returns.
        """
        raise NotImplementedError

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        """Name to shape of the parameters, in the order in which θ holds them.

        Names consist of lower-case letters, digits, underscores and points.
        """
        return {}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        """Write initial values into the parameters, which are float64 and 0."""
        return

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        """Name to shape of what training moves without a gradient, such as running statistics."""
        return {}

    def initialize_state(self, state: Arrays) -> None:
        """Write initial values into the state, which is 0."""
        return

    def track(self, state: Arrays, passed: Passed) -> None:
        """Move the state, in place, by a training batch."""
        return

    def reached(self, passed: Passed) -> Mapping[str, npt.NDArray[np.bool_]]:
        """Of parameters that a step moves only where its batch has reached them: where that is.

        By name, of a shape that broadcasts to the parameter's.
        """
        return {}

    def bounds(self, shape: Shape) -> Mapping[str, Bounds]:
        """Name to lowest and highest values, of parameters that steps bring back between them.

        Arrays of the parameter's shape, infinite where there is no bound.
        """
        return {}

    @property
    def gives_members(self) -> bool:
        """Whether what leaves it, (k, n), are n units of each of k members of an ensemble."""
        return False

    @property
    def by_feature(self) -> bool:
        """Whether each number that leaves it depends on a single one that comes in."""
        return False

    @property
    def takes_codes(self) -> bool:
        """Whether some of its inputs are codes: it then comes first, and no noise is added."""
        return False

    @property
    def penalised(self) -> tuple[str, ...]:
        """The parameters that a penalty acts on: those that multiply the layer's input."""
        return ()

    @property
    def constrained(self) -> tuple[str, ...]:
        """The parameters, of shape (n_in, n_out), whose columns a constraint bounds."""
        return ()

    @property
    def is_random(self) -> bool:
        """Whether a training step draws at random."""
        return False

    @property
    def name(self) -> str:
        """What messages call the layer."""
        return type(self).__name__

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        """Multiply-adds of a sample's forward pass.

        `entries` are the stored ones of a sparse row, in the mean; None for a dense input.
        """
        return 0

    def native_form(self) -> NativeForm | None:
        """The layer for the native engine; None if that has no kernel for it."""
        return None
