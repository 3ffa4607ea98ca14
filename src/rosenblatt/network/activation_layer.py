"""An activation as a layer: a = g(z) (theory B2, B7, B8)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, final

from rosenblatt.activations import Activation, Identity
from rosenblatt.network.activation_field import check_activation
from rosenblatt.network.layer import Arrays, Backward, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["ActivationLayer", "pre_activation"]


@final
@dataclass(frozen=True)
class ActivationLayer(Layer):
    """a = g(z), of samples of any shape if g acts on each number alone."""

    activation: Activation

    def __post_init__(self) -> None:
        check_activation(self.activation)

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        return Passed(self, x, self.activation.value(x))  # B2

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        below = self.activation.pull_back(passed.x, passed.out, upstream)  # B7, and B8: … ⊙ g'(z)
        return Backward({}, below, delta=upstream)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        return Tangent(x_dot, self.activation.push_forward(passed.x, passed.out, x_dot))

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        z, a = passed.x, passed.out
        below_dot = self.activation.pull_back_along(z, a, upstream, tangent.x, upstream_dot)
        moved = Backward({}, below_dot, delta=upstream_dot)
        return self.activation.pull_back(z, a, upstream), moved

    @property
    def name(self) -> str:
        return type(self.activation).__name__


def pre_activation(passed: Passed) -> FloatArray:
    """z, which the last activation in a layer took; what left the layer if it has none."""
    for leaf in reversed(tuple(passed.leaves())):
        if isinstance(leaf.layer, ActivationLayer):
            return leaf.x
    return passed.out


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    n = prod(node.shape)
    c.copy(x, out, n)
    if node.layer.activation != Identity():
        c.activate(node.layer.activation, out, n)


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.activation(node.layer.activation, x)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    is_identity = node.layer.activation == Identity()
    return [] if is_identity else [torch.activation(node.layer.activation)]


register(ActivationLayer, c=in_c, onnx=in_onnx, torch=in_torch, is_in_place_in_c=True)
