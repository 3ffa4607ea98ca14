"""A residual connection around a layer: f(x) + x, or f(x) + x P (He et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, final

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.affine import add_product_in_c, width
from rosenblatt.network.layer import Arrays, Backward, Bounds, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["Residual"]

PROJECTION = "projection"


@final
@dataclass(frozen=True)
class Residual(Layer):
    """f(x) + x, through a learned projection x P where the shapes differ.

    The parameters are those of `layer`, f, under their names, and the projection P, of shape
    (n_in, n_out), which is drawn like weights.
    """

    layer: Layer

    def __post_init__(self) -> None:
        if not isinstance(self.layer, Layer):
            raise ValueError(f"layer must be one such as Dense(3), got {brief(self.layer)}")

    def output_shape(self, shape: Shape) -> Shape:
        return self.layer.output_shape(shape)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        out, inner = self.output_shape(shape), self.layer.parameter_shapes(shape)
        if out == shape:
            return inner
        if PROJECTION in inner:
            raise ValueError(
                f"{brief(self, LONG)} has two projections: put the inner one into a Sequential"
            )
        return {**inner, PROJECTION: (width(self, shape), width(self, out))}

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return self.layer.state_shapes(shape)

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        self.layer.initialize(parameters, rng, initializer)
        if PROJECTION in parameters:
            n_in, n_out = parameters[PROJECTION].shape
            parameters[PROJECTION][...], _ = initializer.draw(rng, n_in, n_out)

    def initialize_state(self, state: Arrays) -> None:
        self.layer.initialize_state(state)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        passed = self.layer.forward(parameters, state, x, stream)
        shortcut = matmul(x, parameters[PROJECTION]) if PROJECTION in parameters else x
        return Passed(self, x, passed.out + shortcut, parts=(passed,))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        back = self.layer.backward(parameters, passed.parts[0], upstream)
        if PROJECTION not in parameters:
            return Backward(back.gradients, back.upstream + upstream, back.delta)
        dP = matmul(passed.x.T, upstream)
        below = back.upstream + matmul(upstream, parameters[PROJECTION].T)
        return Backward({**back.gradients, PROJECTION: dP}, below, back.delta)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        inner = self.layer.forward_along(parameters, direction, passed.parts[0], x_dot)
        shortcut = x_dot
        if PROJECTION in parameters:
            shortcut = matmul(x_dot, parameters[PROJECTION])
            shortcut = shortcut + matmul(passed.x, direction[PROJECTION])
        return Tangent(x_dot, inner.out + shortcut, parts=(inner,))

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        below, back = self.layer.backward_along(
            parameters, direction, passed.parts[0], tangent.parts[0], upstream, upstream_dot
        )
        if PROJECTION not in parameters:
            moved = Backward(back.gradients, back.upstream + upstream_dot, back.delta)
            return below + upstream, moved
        P, Q = parameters[PROJECTION], direction[PROJECTION]
        dP = matmul(tangent.x.T, upstream) + matmul(passed.x.T, upstream_dot)
        below_dot = back.upstream + matmul(upstream_dot, P.T) + matmul(upstream, Q.T)
        moved = Backward({**back.gradients, PROJECTION: dP}, below_dot, back.delta)
        return below + matmul(upstream, P.T), moved

    def track(self, state: Arrays, passed: Passed) -> None:
        self.layer.track(state, passed.parts[0])

    def bounds(self, shape: Shape) -> Mapping[str, Bounds]:
        return self.layer.bounds(shape)

    @property
    def penalised(self) -> tuple[str, ...]:
        return (*self.layer.penalised, PROJECTION)

    @property
    def constrained(self) -> tuple[str, ...]:
        return self.layer.constrained

    @property
    def is_random(self) -> bool:
        return self.layer.is_random

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        # The projection is left out. The cut of the work, and so the bits of a fit, follow from it.
        return self.layer.cost(shape, entries)


def inner(node: TrainedLayer) -> TrainedLayer:
    arrays = {name: array for name, array in node.arrays.items() if name != PROJECTION}
    return TrainedLayer(node.layer.layer, node.shape, arrays)


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.sequence([inner(node)], x, out)
    if PROJECTION in node.arrays:
        add_product_in_c(c, PROJECTION, node.arrays[PROJECTION], x, out)
    else:
        c.statement(f"for (i = 0; i < {prod(node.shape)}; i++) {out}[i] += {x}[i];")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    a = graph.layer(inner(node), x)
    if PROJECTION in node.arrays:
        x = graph.step("MatMul", x, graph.constant(node.arrays[PROJECTION]))
    return graph.step("Add", a, x)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    projection = node.arrays.get(PROJECTION)
    shortcut = torch.nn.Identity() if projection is None else torch.linear(projection)
    return [torch.residual(torch.layer(inner(node)), shortcut)]


register(Residual, c=in_c, onnx=in_onnx, torch=in_torch)
