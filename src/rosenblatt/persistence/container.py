"""The safetensors container: bytes ↔ (metadata text, tensors), with a checksum over both.

A file starts with the length of its header (8 bytes, little-endian), then the header, JSON that
gives every tensor's type, shape and place, then the tensors. Under `__metadata__` a model file has
two texts: `rosenblatt`, our metadata, and `rosenblatt_sha256`, the checksum. Sizes in a header are
claims: each is held against the file's own size before anything is allocated for it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from rosenblatt.errors import InputError
from rosenblatt.types import FloatArray

METADATA = "__metadata__"
OURS = "rosenblatt"
CHECKSUM = "rosenblatt_sha256"
MAX_HEADER_BYTES = 16 * 1024 * 1024
_LENGTH_BYTES = 8
_BYTES_OF_TYPE = {"F32": 4, "F64": 8}
_DAMAGED = "the file is damaged: copy it again from its source or train the model again"


@final
@dataclass(frozen=True)
class Container:
    """Our metadata as text, the tensors by name and the SHA-256 over both as hexadecimal digits."""

    metadata: str
    tensors: Mapping[str, FloatArray]
    checksum: str


def pack(metadata: str, tensors: Mapping[str, FloatArray]) -> bytes:
    """The bytes of a model file; InputError where the metadata pass what `read` accepts."""
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    data = save(arrays, {OURS: metadata, CHECKSUM: _checksum(metadata, arrays)})
    if int.from_bytes(data[:_LENGTH_BYTES], "little") > MAX_HEADER_BYTES:
        raise InputError(
            f"the description of the columns takes more than {MAX_HEADER_BYTES // 2**20} MiB, "
            f"which a model file cannot hold; leave out columns with many or long categories"
        )
    return data


def read(path: Path) -> Container:
    """The content of a model file, its checksum verified; InputError for anything else."""
    try:
        size = _size_of(path)
        with path.open("rb") as file:
            header_bytes = _header_size(file.read(_LENGTH_BYTES + 1), size)
            file.seek(_LENGTH_BYTES)
            entries = _entries(file.read(header_bytes), size)
            file.seek(0)
            return _unpack(file.read(size), entries)
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise InputError("it does not fit into the memory of this machine") from error


def parse_json(text: str | bytes, what: str) -> Any:
    """The value of a JSON text without duplicate keys, NaN or infinities; InputError otherwise."""
    try:
        return json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
    # A deep nesting exhausts the recursion limit; a number of 5,000 digits is a ValueError.
    except (ValueError, RecursionError) as error:
        raise InputError(f"{what} is not valid JSON; {_DAMAGED}") from error


def _size_of(path: Path) -> int:
    if not path.exists():
        raise InputError("there is no such file; check its name and folder")
    if not path.is_file():
        raise InputError("it is not a regular file; give the file that the training wrote")
    return path.stat().st_size


def _header_size(start: bytes, size: int) -> int:
    header_bytes = int.from_bytes(start[:_LENGTH_BYTES], "little")
    if start[_LENGTH_BYTES:] != b"{" or header_bytes > MAX_HEADER_BYTES:
        raise InputError(
            "it is not a model file: it has no safetensors header, or one too large to be ours; "
            "give the file that the training wrote"
        )
    if _LENGTH_BYTES + header_bytes > size:
        raise InputError(_cut_short(size, _LENGTH_BYTES + header_bytes))
    return header_bytes


def _entries(header: bytes, size: int) -> dict[str, Any]:
    """The header's JSON, once the tensors that it announces fit the file's size exactly."""
    # It was seen to start with "{": the value is an object.
    entries: dict[str, Any] = parse_json(header, "its header")
    sizes = [_tensor_bytes(name, entry) for name, entry in entries.items() if name != METADATA]
    expected = _LENGTH_BYTES + len(header) + sum(sizes)
    if size < expected:
        raise InputError(_cut_short(size, expected))
    if size > expected:
        raise InputError(f"it has {size - expected:,} bytes too many at its end; {_DAMAGED}")
    return entries


def _tensor_bytes(name: str, entry: object) -> int:
    match entry:
        case {"dtype": "F32" | "F64" as dtype, "shape": [*shape]}:
            if all(type(length) is int and length > 0 for length in shape):
                count: int = math.prod(shape)
                return count * _BYTES_OF_TYPE[dtype]
    raise InputError(
        f"its tensor {name!r} is not one of ours; give the file that the training wrote"
    )


def _unpack(data: bytes, entries: Mapping[str, Any]) -> Container:
    match entries.get(METADATA):
        case {"rosenblatt": str(text), "rosenblatt_sha256": str(checksum)}:
            pass
        case _:
            raise InputError(
                "it is a safetensors file, but not one that rosenblatt wrote; "
                "give the file that the training wrote"
            )
    try:
        tensors = load(data)
    except SafetensorError as error:
        raise InputError(f"{error}; {_DAMAGED}") from error
    if _checksum(text, tensors) != checksum:
        raise InputError(f"its content does not fit its checksum; {_DAMAGED}")
    return Container(text, tensors, checksum)


def _checksum(metadata: str, tensors: Mapping[str, FloatArray]) -> str:
    """SHA-256 over the metadata text, then every tensor by name: name, type, shape, bytes."""
    digest = hashlib.sha256()
    _add(digest, metadata.encode())
    for name in sorted(tensors):
        array = tensors[name]
        _add(digest, f"{name} {array.dtype.name} {array.shape}".encode())
        _add(digest, array.data.cast("B"))
    return digest.hexdigest()


def _add(digest: Any, data: bytes | memoryview) -> None:
    """Each part goes in with its length before it, so that no two lists of parts read alike."""
    digest.update(len(data).to_bytes(8, "little"))
    digest.update(data)


def _cut_short(size: int, expected: int) -> str:
    return f"it is cut short: {size:,} bytes of {expected:,} are there; {_DAMAGED}"


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("duplicate keys")
    return result


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
