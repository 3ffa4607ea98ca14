"""Rows as pictures, and pictures as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.pictures import picture
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_counts
from rosenblatt.support.listing import brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Flatten", "Reshape"]


@final
@dataclass(frozen=True)
class Reshape(Layer):
    """The n numbers of a row as a picture: the channels of a pixel side by side, pixel by pixel,
    row by row of the picture.

    Attributes
    ----------
    shape : (height, width, channels)

    Raises
    ------
    ValueError
        For another number of sides, or rows of another length.
    """

    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        check_counts("shape", self.shape)
        if len(self.shape) != 3 or not all(0 < side < 2**24 for side in self.shape):
            raise ValueError(
                f"a picture has a height, a width and channels, got {brief(self.shape)}"
            )

    def output_shape(self, shape: Shape) -> Shape:
        if width(self, shape) != prod(self.shape):
            raise ValueError(
                f"a picture of {self.shape} has {prod(self.shape)} numbers, got {shape}"
            )
        return tuple(self.shape)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        dense = np.asarray(x.todense() if hasattr(x, "todense") else x)
        return Passed(self, dense, dense.reshape(-1, *self.shape))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        return Backward({}, upstream.reshape(passed.x.shape), delta=upstream)

    def native_form(self) -> NativeForm:
        height, width, channels = self.shape
        fields: Mapping[str, int] = {"height": height, "width": width, "channels": channels}
        return NativeForm("Reshape", fields)


@final
@dataclass(frozen=True)
class Flatten(Layer):
    """A picture as the row of its numbers, as `Reshape` takes them: what dense layers take."""

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(picture(self, shape)),)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        return Passed(self, x, x.reshape(len(x), prod(x.shape[1:])))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        return Backward({}, upstream.reshape(passed.x.shape), delta=upstream)

    def native_form(self) -> NativeForm:
        return NativeForm("Flatten")


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.copy(x, out, prod(node.shape))


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    """With as many rows as come, also none."""
    shape = node.layer.output_shape(node.shape)
    return graph.step("Reshape", x, graph.constant(np.array([0, *shape])))


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    shape = node.layer.output_shape(node.shape)
    return [torch.nn.Flatten() if len(shape) == 1 else torch.nn.Unflatten(1, shape)]


register(Reshape, c=in_c, onnx=in_onnx, torch=in_torch, is_in_place_in_c=True)
register(Flatten, c=in_c, onnx=in_onnx, torch=in_torch, is_in_place_in_c=True)
