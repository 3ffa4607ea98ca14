"""A normalisation as a layer, with its learned scale γ and shift β: z = γ ĥ + β."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.normalizations import Normalization
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.listing import brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["NormalizationLayer"]


@final
@dataclass(frozen=True)
class NormalizationLayer(Layer):
    """z = γ ĥ + β, γ and β of shape (n_units,); it keeps ĥ and the statistics.

    Of pictures the channels are the units and all pixels rows.
    """

    normalization: Normalization

    def __post_init__(self) -> None:
        if not isinstance(self.normalization, Normalization):
            raise ValueError(
                "normalization must be an object such as BatchNorm(), got"
                f" {brief(self.normalization)}"
            )

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 3:
            width(self, shape)
        return shape

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return {"scale": shape[-1:], "shift": shape[-1:]}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        parameters["scale"][...] = 1

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return dict.fromkeys(self.normalization.initial_state, shape[-1:])

    def initialize_state(self, state: Arrays) -> None:
        for name, value in self.normalization.initial_state.items():
            state[name][...] = value

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        h = rows(x)
        statistics = self.normalization.statistics(h, state, training=stream is not None)
        normalised = self.normalization.value(h, statistics)  # ĥ
        z = parameters["scale"] * normalised + parameters["shift"]
        return Passed(self, x, z.reshape(x.shape), (normalised, statistics))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        (normalised, statistics), above = passed.kept, rows(upstream)
        scale = (above * normalised).sum(axis=0)
        shift = above.sum(axis=0)
        below = self.normalization.pull_back(normalised, statistics, above * parameters["scale"])
        gradients = {"scale": scale, "shift": shift}
        return Backward(gradients, below.reshape(upstream.shape), delta=upstream)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        normalised, statistics = passed.kept
        # The Jacobian of ĥ is symmetric.
        moved = self.normalization.pull_back(normalised, statistics, rows(x_dot))
        out = direction["scale"] * normalised + parameters["scale"] * moved + direction["shift"]
        return Tangent(x_dot, out.reshape(x_dot.shape), moved)

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
        above, above_dot = rows(upstream), rows(upstream_dot)
        scale = (above_dot * normalised + above * tangent.kept).sum(axis=0)
        scaled = above * parameters["scale"]
        below_dot = self.normalization.pull_back_along(
            normalised,
            statistics,
            scaled,
            rows(tangent.x),
            tangent.kept,
            above_dot * parameters["scale"] + above * direction["scale"],
        )
        gradients = {"scale": scale, "shift": above_dot.sum(axis=0)}
        moved = Backward(gradients, below_dot.reshape(upstream.shape), delta=upstream_dot)
        below = self.normalization.pull_back(normalised, statistics, scaled)
        return below.reshape(upstream.shape), moved

    def track(self, state: Arrays, passed: Passed) -> None:
        _, statistics = passed.kept
        self.normalization.track(state, statistics, len(rows(passed.x)))


def rows(x: FloatArray) -> FloatArray:
    """(n_samples, n_units), or of pictures (n_pixels, n_channels)."""
    return x.reshape(-1, x.shape[-1])


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    n = prod(node.shape)
    c.copy(x, out, n)
    if len(node.shape) == 1:
        c.normalize(node.layer.normalization, node.arrays, out)
        return
    c.statement(f"for (i = 0; i < {n // node.shape[-1]}; i++) {{")
    c.normalize(node.layer.normalization, node.arrays, f"{out} + i * {node.shape[-1]}")
    c.statement("}")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    is_flat, units = len(node.shape) == 1, np.array([-1, node.shape[-1]])
    h = x if is_flat else graph.step("Reshape", x, graph.constant(units))
    z = graph.normalization(node.layer.normalization, node.arrays, h)
    shape = np.array([-1, *node.shape])
    return z if is_flat else graph.step("Reshape", z, graph.constant(shape))


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    normalised = torch.normalization(node.layer.normalization, node.arrays)
    if len(node.shape) == 1:
        return [normalised]
    to_rows = torch.nn.Flatten(0, 2)
    return [to_rows, normalised, torch.nn.Unflatten(0, (-1, *node.shape[:2]))]


register(NormalizationLayer, c=in_c, onnx=in_onnx, torch=in_torch, is_in_place_in_c=True)
