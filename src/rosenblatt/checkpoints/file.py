"""The format of a checkpoint file.

A line with the format's name and version; the length of the header (8 bytes, little-endian); the
header, JSON of the values and of every array's name, type and shape; the arrays in that order; the
SHA-256 of all before. It contains no code, and NumPy and the standard library suffice to read it.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import IO, Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.listing import brief
from rosenblatt.support.output_place import OutputPlace
from rosenblatt.support.state_dict import StateDict

__all__ = ["Damaged", "is_begun", "read_snapshot", "write_snapshot"]

LINE = b"rosenblatt checkpoint 1\n"
OF_ANY_VERSION = b"rosenblatt checkpoint "
LENGTH_BYTES, CHECKSUM_BYTES = 8, hashlib.sha256().digest_size
# Other type strings are not accepted, because NumPy parses structured types from them.
KINDS = {"|b1", "|i1", "|u1", *(f"<{kind}{size}" for kind in "iuf" for size in (2, 4, 8))}


@final
class Damaged(Exception):
    """A file that begins as a checkpoint and is damaged."""


def write_snapshot(file: IO[bytes], snapshot: StateDict) -> None:
    """Write a state piece by piece, without a copy of it in memory.

    Raises
    ------
    TypeError
        For a value or an array that a checkpoint cannot hold.
    """
    arrays = {name: little_endian(array) for name, array in snapshot.arrays.items()}
    shapes = [[name, array.dtype.str, array.shape] for name, array in arrays.items()]
    header = json.dumps({"values": snapshot.values, "arrays": shapes}, default=plain_number)
    digest = hashlib.sha256()
    text = header.encode()
    length = len(text).to_bytes(LENGTH_BYTES, "little")
    pieces: list[bytes | memoryview] = [
        LINE,
        length,
        text,
        *(array.ravel().view(np.uint8).data for array in arrays.values()),
    ]
    for piece in pieces:
        file.write(piece)
        digest.update(piece)
    file.write(digest.digest())


def is_begun(file: IO[bytes]) -> bool:
    """Whether a file begins as a checkpoint, complete or not."""
    start = file.read(len(LINE))
    return start.startswith(OF_ANY_VERSION) or LINE.startswith(start)


def read_snapshot(path: Path | OutputPlace) -> StateDict:
    """Read a state; its arrays are read-only.

    Raises
    ------
    Damaged
        If the file begins as a checkpoint and is incomplete or changed.
    InputError
        If it is no checkpoint of this version.
    OSError
        If it cannot be read.
    """
    data = memoryview(path.read_bytes())
    start = bytes(data[: len(LINE)])
    if not LINE.startswith(start):
        if start.startswith(OF_ANY_VERSION):
            raise InputError("another version of rosenblatt wrote it")
        raise InputError("it is not a checkpoint")
    body, checksum = data[:-CHECKSUM_BYTES], data[-CHECKSUM_BYTES:]
    if hashlib.sha256(body).digest() != checksum:
        raise Damaged("it is damaged" if start else "it is empty")
    try:
        return unpacked(body[len(LINE) :])
    # The checksum is correct: the file is not damaged but forged.
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InputError("it is not a checkpoint") from error


def unpacked(body: memoryview) -> StateDict:
    length = int.from_bytes(body[:LENGTH_BYTES], "little")
    header = json.loads(bytes(body[LENGTH_BYTES:][:length]))
    rest, arrays = body[LENGTH_BYTES + length :], {}
    for name, kind, shape in header["arrays"]:
        if kind not in KINDS or not all(type(n) is int and n >= 0 for n in shape):
            raise ValueError(kind, shape)
        dtype = np.dtype(kind)
        count = math.prod(shape)
        arrays[name] = np.frombuffer(rest[: count * dtype.itemsize], dtype).reshape(shape)
        rest = rest[count * dtype.itemsize :]
    return StateDict(dict(header["values"]), arrays)


def little_endian(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    if array.dtype.str not in KINDS:
        raise TypeError(f"a checkpoint cannot hold an array of {array.dtype}")
    return array


def plain_number(value: object) -> Any:
    """Convert NumPy scalars, which JSON does not support."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a checkpoint cannot hold {brief(value)}")
