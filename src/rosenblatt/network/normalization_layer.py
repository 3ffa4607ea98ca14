"""A normalisation as a layer, with its learned scale γ and shift β: z = γ ĥ + β."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.normalizations import Normalization
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["NormalizationLayer"]


@final
@dataclass(frozen=True)
class NormalizationLayer(Layer):
    """z = γ ĥ + β, γ and β of shape (n_units,); it keeps ĥ and the statistics."""

    normalization: Normalization

    def __post_init__(self) -> None:
        if not isinstance(self.normalization, Normalization):
            raise ValueError(
                f"normalization must be an object such as BatchNorm(), got {self.normalization!r}"
            )

    def output_shape(self, shape: Shape) -> Shape:
        return (width(self, shape),)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return {"scale": shape, "shift": shape}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        parameters["scale"][...] = 1

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return dict.fromkeys(self.normalization.initial_state, shape)

    def initialize_state(self, state: Arrays) -> None:
        for name, value in self.normalization.initial_state.items():
            state[name][...] = value

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        statistics = self.normalization.statistics(x, state, training=stream is not None)
        normalised = self.normalization.value(x, statistics)  # ĥ
        z = parameters["scale"] * normalised + parameters["shift"]
        return Passed(self, x, z, (normalised, statistics))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        normalised, statistics = passed.kept
        scale = (upstream * normalised).sum(axis=0)
        shift = upstream.sum(axis=0)
        below = self.normalization.pull_back(normalised, statistics, upstream * parameters["scale"])
        return Backward({"scale": scale, "shift": shift}, below, delta=upstream)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        normalised, statistics = passed.kept
        # The Jacobian of ĥ is symmetric.
        moved = self.normalization.pull_back(normalised, statistics, x_dot)
        out = direction["scale"] * normalised + parameters["scale"] * moved + direction["shift"]
        return Tangent(x_dot, out, moved)

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        normalised, statistics = passed.kept
        scale = (upstream_dot * normalised + upstream * tangent.kept).sum(axis=0)
        scaled = upstream * parameters["scale"]
        below_dot = self.normalization.pull_back_along(
            normalised,
            statistics,
            scaled,
            tangent.x,
            tangent.kept,
            upstream_dot * parameters["scale"] + upstream * direction["scale"],
        )
        gradients = {"scale": scale, "shift": upstream_dot.sum(axis=0)}
        moved = Backward(gradients, below_dot, delta=upstream_dot)
        return self.normalization.pull_back(normalised, statistics, scaled), moved

    def track(self, state: Arrays, passed: Passed) -> None:
        _, statistics = passed.kept
        self.normalization.track(state, statistics, len(passed.x))


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.copy(x, out, *node.shape)
    c.normalize(node.layer.normalization, node.arrays, out)


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.normalization(node.layer.normalization, node.arrays, x)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.normalization(node.layer.normalization, node.arrays)]


register(NormalizationLayer, c=in_c, onnx=in_onnx, torch=in_torch, is_in_place_in_c=True)
