"""Layers that are others under one name."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.layer import Arrays, Backward, Bounds, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Composed", "register_composed"]


class Composed(Layer):
    """A dataclass whose fields describe other layers, which do all of its work."""

    @abstractmethod
    def composition(self) -> Layer:
        """The layers as one, such as a `Sequential`."""

    @cached_property
    def block(self) -> Layer:
        """The chain of its parts."""
        return self.composition()

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

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        return self.block.forward_along(parameters, direction, passed, x_dot)

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        return self.block.backward_along(
            parameters, direction, passed, tangent, upstream, upstream_dot
        )

    def track(self, state: Arrays, passed: Passed) -> None:
        self.block.track(state, passed)

    def reached(self, passed: Passed) -> Mapping[str, npt.NDArray[np.bool_]]:
        return self.block.reached(passed)

    def bounds(self, shape: Shape) -> Mapping[str, Bounds]:
        return self.block.bounds(shape)

    @property
    def gives_members(self) -> bool:
        return self.block.gives_members

    @property
    def penalised(self) -> tuple[str, ...]:
        return self.block.penalised

    @property
    def constrained(self) -> tuple[str, ...]:
        return self.block.constrained

    @property
    def is_random(self) -> bool:
        return self.block.is_random

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return self.block.cost(shape, entries)

    def __getstate__(self) -> dict[str, Any]:
        """The fields, without what is cached."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]


def inner(node: TrainedLayer) -> TrainedLayer:
    return TrainedLayer(node.layer.block, node.shape, node.arrays)


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.sequence([inner(node)], x, out)


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.layer(inner(node), x)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return torch.layer(inner(node))


def register_composed(kind: type[Composed]) -> None:
    """Make the layer known to model files and exports, which write its parts."""
    register(kind, c=in_c, onnx=in_onnx, torch=in_torch)
