"""Arrays and a header as bytes: a prefix with both lengths, the header as JSON, the arrays.

    "RSB1" · length of the header (4 bytes) · length of the arrays (8 bytes) · header · arrays

The header lists each array's type and shape; an array begins at a multiple of 16 bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple, final

import numpy as np
import numpy.typing as npt

__all__ = ["PREFIX_BYTES", "Layout", "ProtocolError", "arrays_in", "buffers", "layout", "lengths"]

PREFIX = struct.Struct("<4sIQ")
PREFIX_BYTES = PREFIX.size
MAGIC = b"RSB1"
MOST_HEADER_BYTES = 1 << 20
TYPES = {"<f4", "<f8", "<i4", "|i1", "|u1"}
ALIGNMENT = 16

Array = npt.NDArray[Any]


class ProtocolError(ValueError):
    """Bytes that are no frame, or one that has no place here."""


@final
class Layout(NamedTuple):
    """A header, and the type, shape and position of each array behind it."""

    header: dict[str, Any]
    arrays: tuple[tuple[np.dtype[Any], tuple[int, ...], int], ...]


def padded(n_bytes: int) -> int:
    return -(-n_bytes // ALIGNMENT) * ALIGNMENT


def buffers(header: dict[str, Any], arrays: Sequence[Array]) -> list[memoryview | bytes]:
    """What to send, without a copy of an array that is C-contiguous."""
    arrays = [np.asarray(a, order="C") for a in arrays]
    listed = [[a.dtype.str, list(a.shape)] for a in arrays]
    text = json.dumps([header, listed]).encode()
    total = sum(padded(a.nbytes) for a in arrays)
    pieces: list[memoryview | bytes] = [PREFIX.pack(MAGIC, len(text), total) + text]
    for array in arrays:
        pieces.append(array.reshape(-1).view(np.uint8).data if array.size else b"")
        if array.nbytes % ALIGNMENT:
            pieces.append(bytes(padded(array.nbytes) - array.nbytes))
    return pieces


def lengths(prefix: bytes | bytearray, most_bytes: int) -> tuple[int, int]:
    """Bytes of the header and of the arrays.

    Raises
    ------
    ProtocolError
        If this is no frame, or a longer one than `most_bytes` of arrays.
    """
    magic, header, total = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise ProtocolError("this is no message of a worker or a server")
    if header > MOST_HEADER_BYTES or total > most_bytes:
        raise ProtocolError(f"a message of {total} bytes, of which {most_bytes} are taken at most")
    return header, total


def layout(text: bytes | bytearray, total: int) -> Layout:
    """The header, and where the arrays lie in the `total` bytes behind it.

    Raises
    ------
    ProtocolError
        If it is not what `buffers` writes.
    """
    try:
        header, listed = json.loads(text)
        found, at = [], 0
        for name, shape in listed:
            if name not in TYPES or not all(type(n) is int and n >= 0 for n in shape):
                raise ProtocolError(f"an array of type {name!r} and shape {shape}")
            dtype = np.dtype(name)
            found.append((dtype, tuple(shape), at))
            at += padded(prod(shape) * dtype.itemsize)
    except (ValueError, TypeError, RecursionError) as error:
        raise ProtocolError(f"a header that cannot be read: {error}") from None
    if not isinstance(header, dict) or at != total:
        raise ProtocolError("a header that does not fit its arrays")
    return Layout(header, tuple(found))


def arrays_in(found: Layout, memory: memoryview) -> list[Array]:
    """The arrays, as views of the bytes behind the header."""
    return [
        np.frombuffer(memory, dtype, prod(shape), at).reshape(shape)
        for dtype, shape, at in found.arrays
    ]
