"""Converts the texts of one shape to numbers at once, each rounded correctly."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from rosenblatt.support.types import Float64Array, IntArray
from rosenblatt.table.notation.number_cells import INFINITY, NumberCell
from rosenblatt.table.notation.shapes import Bytes, Shapes

__all__ = ["floats", "plain_texts"]


def floats(
    shapes: Shapes, shape: int, cell: NumberCell, n_decimals: int, power: int
) -> Iterator[tuple[IntArray, Float64Array]]:
    """Blocks of (places of texts, their values times ten to `power`) of a shape."""
    if cell.body == INFINITY:
        members = shapes.members(shape)
        yield members, np.full(len(members), -np.inf if cell.is_negative else np.inf)
        return
    for members, texts in plain_texts(shapes, shape, cell, n_decimals, power):
        yield members, texts.cast(pa.float64()).to_numpy()


def plain_texts(
    shapes: Shapes, shape: int, cell: NumberCell, n_decimals: int, power: int = 0
) -> Iterator[tuple[IntArray, pa.LargeStringArray]]:
    """Blocks of (places of texts, the texts as "-1234.5e6") of a shape."""
    digits, end = digit_places(cell)
    point = len(digits) - n_decimals
    exponent = f"e{power}" if power else ""
    pieces: list[str | list[int]] = [
        "-" if cell.is_negative else "",
        digits[:point],
        "." if n_decimals else "",
        digits[point:],
        exponent or list(range(end, end + len(cell.exponent))),
    ]
    for members, block in shapes.columns(shape):
        yield members, texts_of(np.hstack([piece_of(block, piece) for piece in pieces]))


def digit_places(cell: NumberCell) -> tuple[list[int], int]:
    """(the places of the bytes that are digits of the body, the end of the body)."""
    places, place = [], cell.start
    for character in cell.body:
        if character.isdigit():
            places.append(place)
        place += len(character.encode())
    return places, place


def piece_of(block: Bytes, piece: str | list[int]) -> Bytes:
    if isinstance(piece, list):
        return block[:, piece]
    constant = np.frombuffer(piece.encode(), dtype=np.uint8)
    return np.broadcast_to(constant, (len(block), len(constant)))


def texts_of(block: Bytes) -> pa.LargeStringArray:
    n, length = block.shape
    offsets = np.arange(n + 1, dtype=np.int64) * length
    data = np.ascontiguousarray(block)
    return pa.LargeStringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(data))
