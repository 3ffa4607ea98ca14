"""Layers one after another, as one layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.layer import Arrays, Backward, Bounds, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_boolean, check_list
from rosenblatt.support.listing import brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Sequential"]


@final
@dataclass(frozen=True)
class Sequential(Layer):
    """Each layer takes what the one before gives.

    Attributes
    ----------
    layers : tuple of Layer
    has_prefixes : bool
        Whether parameters and state of layer i begin with 'i.', as in '0.weight'. Without prefixes
        no two layers may have a parameter of the same name.
    """

    layers: tuple[Layer, ...]
    has_prefixes: bool = True

    def __post_init__(self) -> None:
        check_boolean("has_prefixes", self.has_prefixes)
        check_list("layers", self.layers)
        if not self.layers:
            raise ValueError("a sequence needs at least one layer")
        for layer in self.layers:
            if not isinstance(layer, Layer):
                raise ValueError(f"layers must be such as Dense(3), got {brief(layer)}")

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(f"{i}." if self.has_prefixes else "" for i in range(len(self.layers)))

    @cached_property
    def stream_numbers(self) -> tuple[int, ...]:
        """For each layer how many before it draw at random."""
        return tuple(
            sum(layer.is_random for layer in self.layers[:i]) for i in range(len(self.layers))
        )

    def shapes(self, shape: Shape) -> tuple[Shape, ...]:
        """What comes into each layer, and what leaves the last."""
        shapes = [shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return tuple(shapes)

    def of_each(self, arrays: Arrays) -> list[Arrays]:
        """The arrays of each layer, by the names that it has for them."""
        if not self.has_prefixes:
            return [arrays] * len(self.layers)
        return [
            {name[len(p) :]: array for name, array in arrays.items() if name.startswith(p)}
            for p in self.prefixes
        ]

    def output_shape(self, shape: Shape) -> Shape:
        return self.shapes(shape)[-1]

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        shapes = [
            layer.parameter_shapes(s)
            for layer, s in zip(self.layers, self.shapes(shape), strict=False)
        ]
        return joined(self.prefixes, shapes)

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        shapes = [
            layer.state_shapes(s) for layer, s in zip(self.layers, self.shapes(shape), strict=False)
        ]
        return joined(self.prefixes, shapes)

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        for layer, arrays in zip(self.layers, self.of_each(parameters), strict=True):
            layer.initialize(arrays, rng, initializer)

    def initialize_state(self, state: Arrays) -> None:
        for layer, arrays in zip(self.layers, self.of_each(state), strict=True):
            layer.initialize_state(arrays)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        parts: list[Passed] = []
        out, own, running = x, self.of_each(parameters), self.of_each(state)
        for i, layer in enumerate(self.layers):
            draws = None if stream is None else stream.part(self.stream_numbers[i])
            parts.append(layer.forward(own[i], running[i], out, draws))
            out = parts[-1].out
        return Passed(self, x, out, parts=tuple(parts))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        gradients: list[Mapping[str, FloatArray]] = [{}] * len(self.layers)
        own, delta = self.of_each(parameters), upstream
        for i in reversed(range(len(self.layers))):
            back = self.layers[i].backward(own[i], passed.parts[i], upstream)
            gradients[i], upstream, delta = back.gradients, back.upstream, back.delta
        return Backward(joined(self.prefixes, gradients), upstream, delta)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        parts: list[Tangent] = []
        own, along, moved = self.of_each(parameters), self.of_each(direction), x_dot
        for i, layer in enumerate(self.layers):
            parts.append(layer.forward_along(own[i], along[i], passed.parts[i], moved))
            moved = parts[-1].out
        return Tangent(x_dot, moved, parts=tuple(parts))

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        own, along = self.of_each(parameters), self.of_each(direction)
        gradients: list[Mapping[str, FloatArray]] = [{}] * len(self.layers)
        delta_dot = upstream_dot
        for i in reversed(range(len(self.layers))):
            cached = passed.parts[i], tangent.parts[i]
            upstream, moved = self.layers[i].backward_along(
                own[i], along[i], *cached, upstream, upstream_dot
            )
            gradients[i], upstream_dot, delta_dot = moved.gradients, moved.upstream, moved.delta
        return upstream, Backward(joined(self.prefixes, gradients), upstream_dot, delta_dot)

    def track(self, state: Arrays, passed: Passed) -> None:
        for layer, running, part in zip(
            self.layers, self.of_each(state), passed.parts, strict=True
        ):
            layer.track(running, part)

    def bounds(self, shape: Shape) -> Mapping[str, Bounds]:
        bounds = [
            layer.bounds(s) for layer, s in zip(self.layers, self.shapes(shape), strict=False)
        ]
        return joined(self.prefixes, bounds)

    @property
    def penalised(self) -> tuple[str, ...]:
        return tuple(p + n for p, layer in self._named() for n in layer.penalised)

    @property
    def constrained(self) -> tuple[str, ...]:
        return tuple(p + n for p, layer in self._named() for n in layer.constrained)

    @property
    def gives_members(self) -> bool:
        return self.layers[-1].gives_members

    @property
    def is_random(self) -> bool:
        return any(layer.is_random for layer in self.layers)

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        shapes = self.shapes(shape)
        rest = (layer.cost(s) for layer, s in zip(self.layers[1:], shapes[1:], strict=False))
        return self.layers[0].cost(shape, entries) + sum(rest)

    def _named(self) -> Iterator[tuple[str, Layer]]:
        return zip(self.prefixes, self.layers, strict=True)


def joined(prefixes: Sequence[str], parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One mapping of several; ValueError where two have a name in common."""
    whole = {
        p + name: value
        for p, part in zip(prefixes, parts, strict=True)
        for name, value in part.items()
    }
    if len(whole) < sum(map(len, parts)):
        raise ValueError("two layers have parameters of the same name: give them prefixes")
    return whole


def nodes(node: TrainedLayer) -> list[TrainedLayer]:
    layers, shapes = node.layer.layers, node.layer.shapes(node.shape)
    return [
        TrainedLayer(layer, shape, arrays)
        for layer, shape, arrays in zip(
            layers, shapes, node.layer.of_each(node.arrays), strict=False
        )
    ]


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.sequence(nodes(node), x, out)


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    for one in nodes(node):
        x = graph.layer(one, x)
    return x


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [module for one in nodes(node) for module in torch.layer(one)]


register(Sequential, c=in_c, onnx=in_onnx, torch=in_torch)
