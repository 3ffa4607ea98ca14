"""The dense block, which estimators build networks of: a dense layer and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from types import NoneType
from typing import Any, final

from rosenblatt.activations import Activation, Identity
from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.affine import Affine
from rosenblatt.network.field_types import check_activation, check_boolean
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.normalization_layer import NormalizationLayer
from rosenblatt.network.random_layers import Dropout
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.network.residual import Residual
from rosenblatt.network.sequential import Sequential
from rosenblatt.normalizations import Normalization
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Dense"]


@final
@dataclass(frozen=True)
class Dense(Layer):
    """A block around a fully connected layer: z = x W + b and a = g(z) (B1, B2), and more to it.

    In this order: dense, normalisation, activation, dropout, residual connection. `block` has them
    as layers of their own.

    Attributes
    ----------
    n_outputs : int
    activation : Activation
    normalization : Normalization, optional
        Of x W + b, followed by a learned scale and shift.
    dropout : float
        Probability with which a unit's output is left out of a training step, in [0, 1).
    residual : bool
        Whether the block's input is added to its output (He et al. 2016), through a learned
        projection x P where their widths differ.
    """

    n_outputs: int
    activation: Activation = field(default_factory=Identity)
    normalization: Normalization | None = None
    dropout: float = 0.0
    residual: bool = False

    def __post_init__(self) -> None:
        Affine(self.n_outputs), Dropout(self.dropout)  # they check the numbers
        check_activation(self.activation)
        check_boolean("residual", self.residual)
        if not isinstance(self.normalization, (Normalization, NoneType)):
            raise ValueError(
                f"normalization must be an object such as BatchNorm(), got {self.normalization!r}"
            )

    @cached_property
    def block(self) -> Layer:
        """The chain of its parts."""
        parts: list[Layer] = [Affine(self.n_outputs)]
        if self.normalization is not None:
            parts.append(NormalizationLayer(self.normalization))
        parts.append(ActivationLayer(self.activation))
        if self.dropout:
            parts.append(Dropout(self.dropout))
        chain = Sequential(tuple(parts), has_prefixes=False)
        return Residual(chain) if self.residual else chain

    def output_shape(self, shape: Shape) -> Shape:
        return self.block.output_shape(shape)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return self.block.parameter_shapes(shape)

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        self.block.initialize(parameters, rng, initializer)

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return self.block.state_shapes(shape)

    def initialize_state(self, state: Arrays) -> None:
        self.block.initialize_state(state)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        return self.block.forward(parameters, state, x, stream)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        return self.block.backward(parameters, passed, upstream)

    def track(self, state: Arrays, passed: Passed) -> None:
        self.block.track(state, passed)

    @property
    def penalised(self) -> tuple[str, ...]:
        return self.block.penalised

    @property
    def constrained(self) -> tuple[str, ...]:
        return self.block.constrained

    @property
    def is_random(self) -> bool:
        return self.dropout > 0

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but the dense layer and its activation."""
        return self.normalization is None and not self.dropout and not self.residual

    @property
    def name(self) -> str:
        return type(self.activation).__name__

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return self.block.cost(shape, entries)

    def native_form(self) -> NativeForm:
        given = {
            "units": self.n_outputs,
            "activation": self.activation,
            "normalization": self.normalization,
            "dropout": self.dropout,
            "residual": self.residual,
        }
        return NativeForm("Dense", given, frozenset({"dropout"}))

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # without what is cached


def inner(node: TrainedLayer) -> TrainedLayer:
    return TrainedLayer(node.layer.block, node.shape, node.arrays)


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.sequence([inner(node)], x, out)


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.layer(inner(node), x)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return torch.layer(inner(node))


register(Dense, c=in_c, onnx=in_onnx, torch=in_torch)
