"""The convolution alone: a linear layer that all windows of a picture share (theory C1-C4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.layer import Arrays, Backward, Layer, Passed, Shape
from rosenblatt.network.pictures import (
    Sides,
    add_patches,
    check_sides,
    pair,
    patches,
    picture,
    places,
)
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_count
from rosenblatt.support.philox import Stream
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["Convolution", "channels_first", "channels_last"]


@final
@dataclass(frozen=True)
class Convolution(Layer):
    """z[y, x, f] = Σ_{i,j,c} X[s y + i - p, s x + j - p, c] W[i, j, c, f] + b[f] (C1).

    (LeCun et al. 1989; the field calls this cross-correlation a convolution.) Pixels beyond the
    picture are 0. With groups, each share of the filters sees its share of the channels alone
    (Krizhevsky, Sutskever & Hinton 2012).

    Attributes
    ----------
    filters : int
    kernel_size, stride, padding : int or (int, int)
        Of the height and the width: of W, the step s from window to window, and the border p.
    groups : int
    """

    filters: int
    kernel_size: Sides
    stride: Sides = 1
    padding: Sides = 0
    groups: int = 1

    def __post_init__(self) -> None:
        for name in ("filters", "groups"):
            check_count(name, getattr(self, name))
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")
        check_sides("kernel_size", self.kernel_size)
        check_sides("stride", self.stride)
        check_sides("padding", self.padding, least=0)
        if self.filters % self.groups:
            raise ValueError(
                f"groups must divide the filters and the channels: {self.groups} groups do not"
                f" divide {self.filters} filters"
            )

    def output_shape(self, shape: Shape) -> Shape:
        channels = picture(self, shape)[2]
        if channels % self.groups:
            raise ValueError(
                f"groups must divide the filters and the channels: {self.groups} groups do not"
                f" divide {channels} channels"
            )
        counts = places(self, shape, self.kernel_size, self.stride, self.padding)
        return (*counts, self.filters)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        self.output_shape(shape)  # checks the shape
        window = (*pair(self.kernel_size), shape[2] // self.groups)
        return {"weight": (*window, self.filters), "bias": (self.filters,)}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        """A filter is a unit with as many inputs as its window has numbers."""
        shape = parameters["weight"].shape
        W, parameters["bias"][...] = initializer.draw(rng, prod(shape[:3]), shape[3])
        parameters["weight"][...] = W.reshape(shape)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        W, counts = parameters["weight"], self.counts(x)
        seen = patches(self.bordered(x), self.kernel_size, self.stride, counts)
        z = np.empty((len(x), *counts, self.filters), x.dtype)
        for U, W_g, part in self.of_groups(seen, W):
            z[..., part] = matmul(U, W_g).reshape(len(x), *counts, -1)
        return Passed(self, x, z + parameters["bias"])  # C1

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        W, x, counts = parameters["weight"], passed.x, self.counts(passed.x)
        bordered = self.bordered(x)
        seen = patches(bordered, self.kernel_size, self.stride, counts)
        dW, of_patches = np.empty_like(W), np.empty_like(seen)
        for k, (U, W_g, part) in enumerate(self.of_groups(seen, W)):
            delta = upstream[..., part].reshape(-1, W_g.shape[1])
            dW[..., part] = matmul(U.T, delta).reshape(*W.shape[:3], -1)  # C2
            channels = slice(k * W.shape[2], (k + 1) * W.shape[2])
            of_patches[..., channels] = matmul(delta, W_g.T).reshape(*seen.shape[:4], -1)
        below = np.zeros_like(bordered)
        add_patches(of_patches, below, self.kernel_size, self.stride)  # C4
        (top, left), (height, width) = pair(self.padding), x.shape[1:3]
        below = below[:, top : top + height, left : left + width]
        db = upstream.sum(axis=(0, 1, 2))  # C3
        return Backward({"weight": dW, "bias": db}, below, delta=upstream)

    def counts(self, x: FloatArray) -> tuple[int, int]:
        return places(self, x.shape[1:], self.kernel_size, self.stride, self.padding)

    def bordered(self, x: FloatArray) -> FloatArray:
        """The pictures with their borders of 0."""
        top, left = pair(self.padding)
        return np.pad(x, ((0, 0), (top, top), (left, left), (0, 0)))

    def of_groups(
        self, seen: FloatArray, W: FloatArray
    ) -> list[tuple[FloatArray, FloatArray, slice]]:
        """For every group: what its windows see, a row each; its weights as a matrix; its part of
        the filters."""
        channels, filters = W.shape[2], self.filters // self.groups
        groups = []
        for k in range(self.groups):
            part = slice(k * filters, (k + 1) * filters)
            U = seen[..., k * channels : (k + 1) * channels].reshape(-1, prod(W.shape[:3]))
            groups.append((U, W[..., part].reshape(-1, filters), part))
        return groups

    @property
    def penalised(self) -> tuple[str, ...]:
        return ("weight",)

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        weights = prod(self.parameter_shapes(shape)["weight"])
        return weights * prod(self.output_shape(shape)[:2])


CONVOLUTION_IN_C = """\
/* Pictures of rows x columns pixels, kernels of high x wide; channels and filters are a group's. */
static void NAME(const REAL *x, const REAL *weight, const REAL *bias, long rows, long columns,
    long channels, long filters, long groups, long high, long wide, long down, long right, long top,
    long left, long out_rows, long out_columns, REAL *out)
{
    long y, z, g, f, i, j, c;
    for (y = 0; y < out_rows; y++)
        for (z = 0; z < out_columns; z++) {
            for (f = 0; f < groups * filters; f++)
                out[f] = bias[f];
            for (i = 0; i < high; i++)
                for (j = 0; j < wide; j++) {
                    const long row = y * down + i - top, column = z * right + j - left;
                    if (row < 0 || row >= rows || column < 0 || column >= columns)
                        continue;
                    for (c = 0; c < groups * channels; c++) {
                        const REAL value = x[(row * columns + column) * groups * channels + c];
                        const REAL *w =
                            weight + ((i * wide + j) * channels + c % channels) * groups * filters;
                        g = c / channels;
                        for (f = g * filters; f < (g + 1) * filters; f++)
                            out[f] += value * w[f];
                    }
                }
            out += groups * filters;
        }
}
"""


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: Convolution = node.layer
    helper = c.helper("convolution", CONVOLUTION_IN_C)
    weight, bias = (c.constant(name, node.arrays[name]) for name in ("weight", "bias"))
    (rows, columns, channels), groups = node.shape, layer.groups
    numbers = (
        *(rows, columns, channels // groups, layer.filters // groups, groups),
        *(*pair(layer.kernel_size), *pair(layer.stride), *pair(layer.padding)),
        *layer.output_shape(node.shape)[:2],
    )
    c.statement(f"{helper}({x}, {weight}, {bias}, {', '.join(map(str, numbers))}, {out});")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    layer: Convolution = node.layer
    W = graph.constant(node.arrays["weight"].transpose(3, 2, 0, 1))
    first = graph.step("Transpose", x, perm=[0, 3, 1, 2])
    z = graph.step(
        "Conv",
        first,
        W,
        graph.constant(node.arrays["bias"]),
        kernel_shape=pair(layer.kernel_size),
        strides=pair(layer.stride),
        pads=2 * pair(layer.padding),
        group=layer.groups,
    )
    return graph.step("Transpose", z, perm=[0, 2, 3, 1])


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    layer: Convolution = node.layer
    module = torch.nn.Conv2d(
        node.shape[2],
        layer.filters,
        pair(layer.kernel_size),
        pair(layer.stride),
        pair(layer.padding),
        groups=layer.groups,
    )
    state = {"weight": node.arrays["weight"].transpose(3, 2, 0, 1), "bias": node.arrays["bias"]}
    first, last = (torch.function(order, {}) for order in (channels_first, channels_last))
    return [first, torch.loaded(module, state), last]


def channels_first(torch: Any, x: Any) -> Any:
    return x.permute(0, 3, 1, 2)


def channels_last(torch: Any, x: Any) -> Any:
    return x.permute(0, 2, 3, 1)


register(Convolution, c=in_c, onnx=in_onnx, torch=in_torch)
