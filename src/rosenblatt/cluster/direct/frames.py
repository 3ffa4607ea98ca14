"""Arrays and a header as bytes: a prefix with both lengths, the header as JSON, the arrays.

    "RSB1" · length of the header (4 bytes) · length of the arrays (8 bytes) · header · arrays

The header lists each array's type and shape; an array begins at a multiple of 16 bytes. A frame
that begins with "RSM1" has its arrays in memory that both ends share.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple, final

import numpy as np
import numpy.typing as npt

__all__ = [
    "ALIGNMENT",
    "LEAST_SHARED",
    "PREFIX_BYTES",
    "Layout",
    "Lengths",
    "ProtocolError",
    "arrays_in",
    "buffers",
    "layout",
    "lengths",
    "padded",
]

PREFIX = struct.Struct("<4sIQ")
PREFIX_BYTES = PREFIX.size
MAGIC, MAGIC_SHARED = b"RSB1", b"RSM1"
LEAST_SHARED = 1 << 15  # bytes of arrays: fewer are sent, with the header, in one call
MOST_HEADER_BYTES = 1 << 20
TYPES = {"<f4", "<f8", "<i4", "|i1", "|u1"}
ALIGNMENT = 16

Array = npt.NDArray[Any]


class ProtocolError(ValueError):
    """Bytes that are no frame, or one that has no place here."""


@final
class Lengths(NamedTuple):
    """Bytes of a frame's header and of its arrays, and whether these are in shared memory."""

    header: int
    arrays: int
    shared: bool


@final
class Layout(NamedTuple):
    """A header, and the type, shape and position of each array behind it."""

    header: dict[str, Any]
    arrays: tuple[tuple[np.dtype[Any], tuple[int, ...], int], ...]


def padded(n_bytes: int) -> int:
    """The next multiple of the alignment."""
    return -(-n_bytes // ALIGNMENT) * ALIGNMENT


def buffers(
    header: dict[str, Any], arrays: Sequence[Array], shared: memoryview | None = None
) -> list[memoryview | bytes]:
    """What to send, without a copy of an array that is C-contiguous.

    Large arrays are written to the `shared` memory, if there is any and they fit it.
    """
    arrays = [np.asarray(a, order="C") for a in arrays]
    listed = [[a.dtype.str, list(a.shape)] for a in arrays]
    text = json.dumps([header, listed]).encode()
    total = sum(padded(a.nbytes) for a in arrays)
    if shared is not None and LEAST_SHARED <= total <= len(shared):
        at = 0
        for array in arrays:
            shared[at : at + array.nbytes] = bytes_of(array)
            at += padded(array.nbytes)
        return [PREFIX.pack(MAGIC_SHARED, len(text), total) + text]
    pieces: list[memoryview | bytes] = [PREFIX.pack(MAGIC, len(text), total) + text]
    for array in arrays:
        pieces.append(bytes_of(array))
        if array.nbytes % ALIGNMENT:
            pieces.append(bytes(padded(array.nbytes) - array.nbytes))
    return pieces


def bytes_of(array: Array) -> memoryview | bytes:
    return array.reshape(-1).view(np.uint8).data if array.size else b""


def lengths(prefix: bytes | bytearray, most_bytes: int) -> Lengths:
    """What a prefix says of the frame.

    Raises
    ------
    ProtocolError
        If this is no frame, or a longer one than `most_bytes` of arrays.
    """
    magic, header, total = PREFIX.unpack(prefix)
    if magic not in (MAGIC, MAGIC_SHARED):
        raise ProtocolError("this is no message of a worker or a server")
    if header > MOST_HEADER_BYTES or total > most_bytes:
        raise ProtocolError(f"a message of {total} bytes, of which {most_bytes} are taken at most")
    return Lengths(header, total, magic == MAGIC_SHARED)


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
