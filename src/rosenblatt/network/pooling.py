"""Windows of a picture as one number for each channel (theory C5, C6)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.network.convolution import channels_first, channels_last
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
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
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["AveragePool2D", "GlobalAveragePool2D", "MaxPool2D"]


class Pool2D(Layer):
    """A window that slides over each channel alone."""

    window: Sides
    stride: Sides | None

    def __post_init__(self) -> None:
        check_sides("window", self.window)
        if self.stride is not None:
            check_sides("stride", self.stride)

    @property
    def steps(self) -> Sides:
        return self.window if self.stride is None else self.stride

    def counts(self, shape: Shape) -> tuple[int, int]:
        return places(self, shape, self.window, self.steps)

    def output_shape(self, shape: Shape) -> Shape:
        return (*self.counts(shape), shape[2])

    def seen(self, x: FloatArray) -> FloatArray:
        return patches(x, self.window, self.steps, self.counts(x.shape[1:]))

    def native_form(self) -> NativeForm:
        given = {"window": pair(self.window), "stride": pair(self.steps)}
        return NativeForm(type(self).__name__, given)


@final
@dataclass(frozen=True)
class MaxPool2D(Pool2D):
    """The largest number of each window, for every channel (C5).

    The gradient goes to the first of the largest ones, row by row. Windows overlap where the
    stride is less than the window, as in Krizhevsky, Sutskever & Hinton 2012.

    Attributes
    ----------
    window : int or (int, int)
        Height and width.
    stride : int or (int, int), optional
        From window to window; the window itself if it is None.
    """

    window: Sides
    stride: Sides | None = None

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        seen = self.seen(x)
        first = seen.argmax(axis=3)  # the first of equals, and NaN before all numbers
        out = np.take_along_axis(seen, first[:, :, :, None], axis=3)[:, :, :, 0]
        return Passed(self, x, out, first)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        pixels = np.arange(prod(pair(self.window)))[:, None]
        is_largest = passed.kept[:, :, :, None] == pixels
        below = np.zeros_like(passed.x)
        add_patches(is_largest * upstream[:, :, :, None], below, self.window, self.steps)
        return Backward({}, below, delta=upstream)


@final
@dataclass(frozen=True)
class AveragePool2D(Pool2D):
    """The mean of each window, for every channel (C6; LeCun et al. 1998).

    Attributes
    ----------
    window : int or (int, int)
        Height and width.
    stride : int or (int, int), optional
        From window to window; the window itself if it is None.
    """

    window: Sides
    stride: Sides | None = None

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        return Passed(self, x, self.seen(x).mean(axis=3))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        n = prod(pair(self.window))
        shares = np.repeat((upstream / n)[:, :, :, None], n, axis=3)
        below = np.zeros_like(passed.x)
        add_patches(shares, below, self.window, self.steps)
        return Backward({}, below, delta=upstream)


@final
@dataclass(frozen=True)
class GlobalAveragePool2D(Layer):
    """The mean of each channel over the whole picture: (height, width, channels) becomes
    (channels,) (C6; Lin, Chen & Yan 2014)."""

    def output_shape(self, shape: Shape) -> Shape:
        return (picture(self, shape)[2],)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        return Passed(self, x, x.mean(axis=(1, 2)))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        share = upstream / prod(passed.x.shape[1:3])
        below = np.broadcast_to(share[:, None, None], passed.x.shape).copy()
        return Backward({}, below, delta=upstream)

    def native_form(self) -> NativeForm:
        return NativeForm("GlobalAveragePool2D")


POOL_IN_C = """\
static void NAME(const REAL *x, long columns, long channels, long high, long wide, long down,
    long right, long out_rows, long out_columns, int largest, REAL *out)
{
    long y, z, c, i, j;
    for (y = 0; y < out_rows; y++)
        for (z = 0; z < out_columns; z++)
            for (c = 0; c < channels; c++) {
                const REAL *window = x + (y * down * columns + z * right) * channels + c;
                REAL value = largest ? window[0] : 0;
                for (i = 0; i < high; i++)
                    for (j = 0; j < wide; j++) {
                        const REAL pixel = window[(i * columns + j) * channels];
                        if (!largest)
                            value += pixel;
                        else if (pixel > value || pixel != pixel)
                            value = pixel;
                    }
                *out++ = largest ? value : value / (high * wide);
            }
}
"""


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    write_pool(c, node.shape, node.layer, pair(node.layer.window), pair(node.layer.steps), x, out)


def global_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    whole = (node.shape[0], node.shape[1])
    write_pool(c, node.shape, AveragePool2D(whole), whole, whole, x, out)


def write_pool(
    c: CWriter,
    shape: Shape,
    layer: Pool2D,
    window: tuple[int, int],
    stride: tuple[int, int],
    x: str,
    out: str,
) -> None:
    helper = c.helper("pool", POOL_IN_C)
    numbers = (*shape[1:], *window, *stride, *layer.counts(shape))
    largest = int(isinstance(layer, MaxPool2D))
    c.statement(f"{helper}({x}, {', '.join(map(str, numbers))}, {largest}, {out});")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    operator = "MaxPool" if isinstance(node.layer, MaxPool2D) else "AveragePool"
    first = graph.step("Transpose", x, perm=[0, 3, 1, 2])
    pooled = graph.step(
        operator, first, kernel_shape=pair(node.layer.window), strides=pair(node.layer.steps)
    )
    return graph.step("Transpose", pooled, perm=[0, 2, 3, 1])


def global_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.step("ReduceMean", x, graph.constant(np.array([1, 2])), keepdims=0)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    name = "MaxPool2d" if isinstance(node.layer, MaxPool2D) else "AvgPool2d"
    module = getattr(torch.nn, name)(pair(node.layer.window), pair(node.layer.steps))
    first, last = (torch.function(order, {}) for order in (channels_first, channels_last))
    return [first, module, last]


def global_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.function(mean_of_pixels, {})]


def mean_of_pixels(torch: Any, x: Any) -> Any:
    return x.mean(dim=(1, 2))


register(MaxPool2D, c=in_c, onnx=in_onnx, torch=in_torch)
register(AveragePool2D, c=in_c, onnx=in_onnx, torch=in_torch)
register(GlobalAveragePool2D, c=global_in_c, onnx=global_in_onnx, torch=global_in_torch)
