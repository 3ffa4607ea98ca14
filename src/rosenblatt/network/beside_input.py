"""A layer whose output stands beside its input (theory N15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Bounds, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.listing import brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["BesideInput"]


@final
@dataclass(frozen=True)
class BesideInput(Layer):
    """y = [f(x), x], what a layer makes of its input, and behind it the input (N15; Fahlman &
    Lebiere 1990; Huang et al. 2017).

    A chain of such layers is a network in which each unit takes all units before it: of a cascade
    correlation, of FANN's shortcut networks, of R's `skip = TRUE`.

    A sample of the shape (n,) becomes (m + n,). The parameters are those of the layer within.

    Parameters
    ----------
    layer : Layer
        f, from a shape (n,) to a shape (m,).

    Examples
    --------
    >>> from rosenblatt.network import Dense, Network
    >>> Network(3, (BesideInput(Dense(2)), BesideInput(Dense(1)), Dense(1))).layer_shapes
    ((3,), (5,), (6,), (1,))
    """

    layer: Layer

    def __post_init__(self) -> None:
        if not isinstance(self.layer, Layer):
            raise ValueError(f"layer must be a layer such as Dense(3), got {brief(self.layer)}")

    def output_shape(self, shape: Shape) -> Shape:
        return (width(self, shape) + width(self, self.layer.output_shape(shape)),)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return self.layer.parameter_shapes(shape)

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return self.layer.state_shapes(shape)

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        self.layer.initialize(parameters, rng, initializer)

    def initialize_state(self, state: Arrays) -> None:
        self.layer.initialize_state(state)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        passed = self.layer.forward(parameters, state, x, stream)
        return Passed(self, x, np.concatenate([passed.out, x], axis=1), parts=(passed,))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        of_layer, of_input = parted(upstream, passed.x)
        back = self.layer.backward(parameters, passed.parts[0], of_layer)
        return Backward(back.gradients, back.upstream + of_input, back.delta)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        inner = self.layer.forward_along(parameters, direction, passed.parts[0], x_dot)
        return Tangent(x_dot, np.concatenate([inner.out, x_dot], axis=1), parts=(inner,))

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        of_layer, of_input = parted(upstream, passed.x)
        of_layer_dot, of_input_dot = parted(upstream_dot, passed.x)
        below, back = self.layer.backward_along(
            parameters, direction, passed.parts[0], tangent.parts[0], of_layer, of_layer_dot
        )
        moved = Backward(back.gradients, back.upstream + of_input_dot, back.delta)
        return below + of_input, moved

    def track(self, state: Arrays, passed: Passed) -> None:
        self.layer.track(state, passed.parts[0])

    def reached(self, passed: Passed) -> Mapping[str, Any]:
        return self.layer.reached(passed.parts[0])

    def bounds(self, shape: Shape) -> Mapping[str, Bounds]:
        return self.layer.bounds(shape)

    @property
    def penalised(self) -> tuple[str, ...]:
        return self.layer.penalised

    @property
    def constrained(self) -> tuple[str, ...]:
        return self.layer.constrained

    @property
    def is_random(self) -> bool:
        return self.layer.is_random

    @property
    def name(self) -> str:
        return f"beside {self.layer.name}"

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return self.layer.cost(shape, entries)


def parted(upstream: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What belongs to the layer's output, and what to the input."""
    m = upstream.shape[1] - x.shape[1]
    return np.ascontiguousarray(upstream[:, :m]), upstream[:, m:]


def inner(node: TrainedLayer) -> TrainedLayer:
    return TrainedLayer(node.layer.layer, node.shape, node.arrays)


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    n = node.shape[0]
    m = node.layer.layer.output_shape(node.shape)[0]
    made = c.scratch(m)
    c.sequence([inner(node)], x, made)
    c.statement(f"for (i = 0; i < {m}; i++) {out}[i] = {made}[i];")
    c.statement(f"for (i = 0; i < {n}; i++) {out}[{m} + i] = {x}[i];")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.step("Concat", graph.layer(inner(node), x), x, axis=-1)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.beside_input(torch.layer(inner(node)), node.shape[0], 0)]


register(BesideInput, c=in_c, onnx=in_onnx, torch=in_torch)
