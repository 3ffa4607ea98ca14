"""Samples that are pictures, (height, width, channels), and the windows that slide over them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from rosenblatt.network.layer import Layer, Shape
from rosenblatt.support.field_types import check_count
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.types import FloatArray

__all__ = ["Sides", "add_patches", "check_sides", "pair", "patches", "picture", "places"]

# Of height and width: one number for both, or (of the height, of the width).
Sides: TypeAlias = int | tuple[int, int]


def pair(sides: Sides) -> tuple[int, int]:
    """(of the height, of the width)."""
    return (int(sides[0]), int(sides[1])) if isinstance(sides, tuple | list) else (sides, sides)


def check_sides(name: str, sides: Any, least: int = 1) -> None:
    """A whole number or a pair of them, each `least` or more and one that a window can have."""
    numbers = sides if isinstance(sides, tuple | list) else (sides,)
    if len(numbers) not in ((2,) if numbers is sides else (1,)):
        raise ValueError(
            f"{name} must be a whole number or two, of height and width: {brief(sides)}"
        )
    for number in numbers:
        check_count(name, number)
        if not least <= number < 2**15:
            raise ValueError(f"{name} must be from {least} to 32767, got {brief(sides)}")


def picture(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """Height, width and channels of a shape; ValueError for another shape."""
    if len(shape) != 3:
        raise ValueError(
            f"{brief(layer, LONG)} takes pictures of shape (height, width, channels), got {shape}:"
            " put Reshape((height, width, channels)) before it"
        )
    height, width, channels = shape
    return height, width, channels


def places(
    layer: Layer, shape: Shape, window: Sides, stride: Sides, padding: Sides = 0
) -> tuple[int, int]:
    """In how many places the window lies, one below the other and side by side.

    They are ⌊(side + 2 padding - window) / stride⌋ + 1 each; what is left over at the lower and
    right edge is not looked at.
    """
    sides = picture(layer, shape)[:2]
    counts = []
    for side, size, step, border in zip(
        sides, pair(window), pair(stride), pair(padding), strict=True
    ):
        if size > side + 2 * border:
            raise ValueError(
                f"a window of {pair(window)} is larger than the picture of {sides}"
                f"{f' with its border of {pair(padding)}' if padding else ''}: {brief(layer, LONG)}"
            )
        counts.append((side + 2 * border - size) // step + 1)
    return counts[0], counts[1]


def shifted(x: FloatArray, i: int, j: int, stride: Sides, counts: tuple[int, int]) -> FloatArray:
    """The pixels in row i and column j of every window: a view, (n, *counts, channels)."""
    (down, right), (below, beside) = pair(stride), counts
    return x[:, i : i + down * (below - 1) + 1 : down, j : j + right * (beside - 1) + 1 : right]


def patches(x: FloatArray, window: Sides, stride: Sides, counts: tuple[int, int]) -> FloatArray:
    """What every window sees, row by row: (n, *counts, pixels of a window, channels)."""
    height, width = pair(window)
    parts = [shifted(x, i, j, stride, counts) for i in range(height) for j in range(width)]
    return np.stack(parts, axis=3)


def add_patches(seen: FloatArray, to: FloatArray, window: Sides, stride: Sides) -> None:
    """Add what each window has to the pixels that it sees: the transpose of `patches`."""
    counts = seen.shape[1:3]
    width = pair(window)[1]
    for k in range(seen.shape[3]):
        view = shifted(to, k // width, k % width, stride, (counts[0], counts[1]))
        view += seen[:, :, :, k]
