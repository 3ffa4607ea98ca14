"""Pictures as they might have been taken: mirrored, moved, cut, turned, or with a part hidden."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import cos, prod, radians, sin
from typing import Any, final

import numpy as np

from rosenblatt.network.augmentation import Augmentation, Source, below
from rosenblatt.network.layer import NativeForm, Shape
from rosenblatt.network.pictures import Sides, check_sides, pair, picture
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_boolean, check_real
from rosenblatt.support.listing import LONG, brief

__all__ = ["Crop", "Cutout", "Flip", "Rotate", "Shift"]


@final
@dataclass(frozen=True)
class Flip(Augmentation):
    """Mirrored with probability 1/2 (C8), from left to right, upside down, or each by itself."""

    horizontal: bool = True
    vertical: bool = False

    def __post_init__(self) -> None:
        check_boolean("horizontal", self.horizontal)
        check_boolean("vertical", self.vertical)
        if not (self.horizontal or self.vertical):
            raise ValueError("a flip is horizontal, vertical or both, got neither")

    def sources(self, shape: Shape, u: int, v: int) -> list[Source]:
        height, width = shape[:2]
        beside = self.horizontal and below(u, 2) == 1
        upside = self.vertical and below(v, 2) == 1
        top, left = (height - 1 if upside else 0), (width - 1 if beside else 0)
        return placed(shape, top, left, -1 if upside else 1, -1 if beside else 1)

    def native_form(self) -> NativeForm:
        given = {"horizontal": bool(self.horizontal), "vertical": bool(self.vertical)}
        return NativeForm("Flip", given, frozenset(given))


@final
@dataclass(frozen=True)
class Shift(Augmentation):
    """Moved by whole pixels (C8), up to `pixels` in each direction, all equally likely.

    What comes in at the edge is 0. For pictures with a border of `pixels` it is the random crop of
    He et al. 2016.

    Attributes
    ----------
    pixels : int or (int, int)
        Of the height and the width.
    """

    pixels: Sides

    def __post_init__(self) -> None:
        check_sides("pixels", self.pixels, least=0)
        if not any(pair(self.pixels)):
            raise ValueError("a shift is by up to one pixel or more, got 0")

    def output_shape(self, shape: Shape) -> Shape:
        sides = picture(self, shape)[:2]
        if any(pixels >= side for pixels, side in zip(pair(self.pixels), sides, strict=True)):
            raise ValueError(f"{brief(self, LONG)} may move a picture of {sides} out of sight")
        return shape

    def sources(self, shape: Shape, u: int, v: int) -> list[Source]:
        down, right = pair(self.pixels)
        return placed(shape, down - below(u, 2 * down + 1), right - below(v, 2 * right + 1))

    def native_form(self) -> NativeForm:
        return NativeForm("Shift", {"pixels": pair(self.pixels)}, frozenset({"pixels"}))


@final
@dataclass(frozen=True)
class Crop(Augmentation):
    """A part of `size` pixels (C8), anywhere in training steps, from the middle in a prediction.

    Attributes
    ----------
    size : int or (int, int)
        Height and width of the part.
    padding : int or (int, int)
        How far it may reach beyond the picture, where it is 0.
    """

    size: Sides
    padding: Sides = 0

    def __post_init__(self) -> None:
        check_sides("size", self.size)
        check_sides("padding", self.padding, least=0)

    def output_shape(self, shape: Shape) -> Shape:
        *sides, channels = picture(self, shape)
        if any(size > side for size, side in zip(pair(self.size), sides, strict=True)):
            raise ValueError(
                f"a part of {pair(self.size)} is larger than the picture of {tuple(sides)}:"
                f" {brief(self, LONG)}"
            )
        return (*pair(self.size), channels)

    def sources(self, shape: Shape, u: int, v: int) -> list[Source]:
        top, left = (
            below(word, side + 2 * border - size + 1) - border
            for word, side, border, size in zip(
                (u, v), shape[:2], pair(self.padding), pair(self.size), strict=True
            )
        )
        return placed(pair(self.size), top, left)

    def at_rest(self, shape: Shape) -> list[Source]:
        return placed(pair(self.size), *self.middle(shape))

    def middle(self, shape: Shape) -> tuple[int, int]:
        """Row and column of the first pixel of the part in the middle."""
        height, width = pair(self.size)
        return (shape[0] - height) // 2, (shape[1] - width) // 2

    def native_form(self) -> NativeForm:
        given = {"size": pair(self.size), "padding": pair(self.padding), "random": True}
        return NativeForm("Crop", given, frozenset({"random"}))


@final
@dataclass(frozen=True)
class Rotate(Augmentation):
    """Turned about the middle by an angle of up to `degrees` to either side (C8).

    The angle is uniform. Between pixels values are interpolated bilinearly; beyond the picture
    they are 0.
    """

    degrees: float

    def __post_init__(self) -> None:
        check_real("degrees", self.degrees)
        if not 0 < self.degrees <= 180:
            raise ValueError(f"degrees must be above 0 and at most 180, got {self.degrees}")

    def sources(self, shape: Shape, u: int, v: int) -> list[Source]:
        return turned(shape, (2 * u * 2.0**-32 - 1) * self.degrees)

    def native_form(self) -> NativeForm:
        return NativeForm("Rotate", {"degrees": float(self.degrees)}, frozenset({"degrees"}))


@final
@dataclass(frozen=True)
class Cutout(Augmentation):
    """A rectangle of zeros, its middle anywhere in the picture (C8; DeVries & Taylor 2017).

    Attributes
    ----------
    size : int or (int, int)
        Its height and width; at an edge less of it is in the picture.
    """

    size: Sides

    def __post_init__(self) -> None:
        check_sides("size", self.size)

    def output_shape(self, shape: Shape) -> Shape:
        sides = picture(self, shape)[:2]
        if any(size > side for size, side in zip(pair(self.size), sides, strict=True)):
            raise ValueError(f"{brief(self, LONG)} is larger than the picture of {sides}")
        return shape

    def sources(self, shape: Shape, u: int, v: int) -> list[Source]:
        (rows, columns, weights), *_ = placed(shape, 0, 0)
        (height, width), (down, right) = shape[:2], pair(self.size)
        top, left = below(u, height) - down // 2, below(v, width) - right // 2
        hidden_rows = (rows >= top) & (rows < top + down)
        hidden_columns = (columns >= left) & (columns < left + right)
        return [(rows, columns, np.where(hidden_rows & hidden_columns, 0, weights))]

    def native_form(self) -> NativeForm:
        return NativeForm("Cutout", {"size": pair(self.size)}, frozenset({"size"}))


def placed(shape: Shape, top: int, left: int, down: int = 1, right: int = 1) -> list[Source]:
    """Row i and column j are row top + i down and column left + j right of the picture."""
    height, width = shape[:2]
    rows, columns = top + down * np.arange(height)[:, None], left + right * np.arange(width)
    return [(rows, columns, np.ones((height, width)))]


def turned(shape: Shape, degrees: float) -> list[Source]:
    """(i, j) is the point (c i + s j, c j - s i) about the middle, between four pixels."""
    height, width = shape[:2]
    c, s = cos(radians(degrees)), sin(radians(degrees))
    middle, centre = (height - 1) / 2, (width - 1) / 2
    i, j = np.arange(height)[:, None] - middle, np.arange(width) - centre
    y, x = c * i + s * j + middle, c * j - s * i + centre
    row, column = np.floor(y).astype(np.int64), np.floor(x).astype(np.int64)
    lower, right = y - row, x - column
    return [
        (row, column, (1 - lower) * (1 - right)),
        (row, column + 1, (1 - lower) * right),
        (row + 1, column, lower * (1 - right)),
        (row + 1, column + 1, lower * right),
    ]


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.copy(x, out, prod(node.shape))


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return x


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return []


def middle_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    (top, left), (height, width) = node.layer.middle(node.shape), pair(node.layer.size)
    _, columns, channels = node.shape
    c.statement(
        f"for (i = 0; i < {height * width * channels}; i++) {out}[i] ="
        f" {x}[(i / {width * channels} + {top}) * {columns * channels} + {left * channels}"
        f" + i % {width * channels}];"
    )


def middle_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    begin = np.array(node.layer.middle(node.shape))
    end = begin + pair(node.layer.size)
    bounds = (graph.constant(numbers) for numbers in (begin, end, np.array([1, 2])))
    return graph.step("Slice", x, *bounds)


def middle_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    (top, left), (height, width) = node.layer.middle(node.shape), pair(node.layer.size)
    rows, columns = slice(top, top + height), slice(left, left + width)
    return [torch.function(partial(part, rows=rows, columns=columns), {})]


def part(torch: Any, x: Any, rows: slice, columns: slice) -> Any:
    return x[:, rows, columns]


for kind in (Flip, Shift, Rotate, Cutout):
    register(kind, c=in_c, onnx=in_onnx, torch=in_torch, is_in_place_in_c=True)
register(Crop, c=middle_in_c, onnx=middle_in_onnx, torch=middle_in_torch)
