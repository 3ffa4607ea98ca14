"""A learned factor for every feature: x ⊙ s (theory N5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, final

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Scale"]


@final
@dataclass(frozen=True)
class Scale(Layer):
    """y = x ⊙ s, a factor for every feature (N5; Holzmüller, Grinsztajn & Steinwart 2024).

    At the input of a network it weighs the features: a feature of no use can fade, whatever the
    weights behind it are. The factors begin at 1, and no penalty acts on them.

    The shape (n,) of a sample, or any other, stays as it is. Its parameter is `factor`, of that
    shape.

    Examples
    --------
    >>> import numpy as np
    >>> from rosenblatt.network import Dense, Network, Scale
    >>> network = Network(3, (Scale(), Dense(1)))
    >>> list(network.named_parameters(np.zeros(network.n_parameters)))
    ['layers.0.factor', 'layers.1.weight', 'layers.1.bias']
    """

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return {"factor": shape}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        parameters["factor"][...] = 1

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        return Passed(self, x, x * parameters["factor"])

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        ds = (upstream * passed.x).sum(axis=0)
        return Backward({"factor": ds}, upstream * parameters["factor"], delta=upstream)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        return Tangent(x_dot, x_dot * parameters["factor"] + passed.x * direction["factor"])

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        ds = (upstream_dot * passed.x + upstream * tangent.x).sum(axis=0)
        below_dot = upstream_dot * parameters["factor"] + upstream * direction["factor"]
        moved = Backward({"factor": ds}, below_dot, delta=upstream_dot)
        return upstream * parameters["factor"], moved

    @property
    def by_feature(self) -> bool:
        return True

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return prod(shape) if entries is None else entries

    def native_form(self) -> NativeForm:
        return NativeForm("Scale")


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    factor = c.constant("factor", node.arrays["factor"])
    c.statement(f"for (i = 0; i < {prod(node.shape)}; i++) {out}[i] = {x}[i] * {factor}[i];")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.step("Mul", x, graph.constant(node.arrays["factor"]))


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.function(scaled, node.arrays)]


def scaled(torch: Any, x: Any, factor: Any) -> Any:
    return x * factor


register(Scale, c=in_c, onnx=in_onnx, torch=in_torch, is_in_place_in_c=True)
