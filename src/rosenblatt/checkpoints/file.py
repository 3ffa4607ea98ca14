"""The bytes of a checkpoint: a snapshot behind a line that names them, a checksum behind it.

The line; the length of a header (8 bytes, little-endian); the header, JSON of the values and of
every array's name, type and shape; the arrays in that order; the SHA-256 of all that. Nothing in it
can be executed, and NumPy and the standard library suffice to read it.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import IO, Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.state_dict import StateDict

__all__ = ["Damaged", "is_begun", "read_snapshot", "write_snapshot"]

LINE = b"rosenblatt checkpoint 1\n"
OF_ANY_VERSION = b"rosenblatt checkpoint "
LENGTH_BYTES, CHECKSUM_BYTES = 8, hashlib.sha256().digest_size
# What NumPy would read further types from are texts of a language of its own.
KINDS = {"|b1", "|i1", "|u1", *(f"<{kind}{size}" for kind in "iuf" for size in (2, 4, 8))}


@final
class Damaged(Exception):
    """What was a checkpoint, by its beginning, and is no longer whole."""


def write_snapshot(file: IO[bytes], snapshot: StateDict) -> None:
    """Write it piece by piece, so that it takes no memory of its size.

    TypeError for a value or an array that a checkpoint cannot hold.
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


def is_begun(path: Path) -> bool:
    """Whether a file is a checkpoint, or what there is of one that was not written to its end."""
    with path.open("rb") as file:
        start = file.read(len(LINE))
    return start.startswith(OF_ANY_VERSION) or LINE.startswith(start)


def read_snapshot(path: Path) -> StateDict:
    """What was written, its arrays for reading only.

    Raises
    ------
    Damaged
        For what begins as a checkpoint does, however soon it ends, and is not one to its end.
    InputError
        For all else.
    OSError
        Where the file cannot be read.
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
    # With its checksum in order it is not damaged but made up.
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
    """What JSON does not know of itself: NumPy's scalars."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a checkpoint cannot hold {value!r}")
