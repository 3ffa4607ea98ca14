"""The safetensors container: bytes ↔ (metadata text, tensors), with a checksum over both.

A file starts with the length of its header (8 bytes, little-endian), then the header, JSON that
gives every tensor's type, shape and place, then the tensors. Under `__metadata__` a model file has
two texts: `rosenblatt`, our metadata, and `rosenblatt_sha256`, the checksum.

A header is not trusted: each of its numbers is checked against the file's own size before
anything is allocated for it. A description that is long beside the weights would need more memory
than such a file may take (`allowances.py`): then blanks, which the format allows at the end of a
header, make up for it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, final

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save

from rosenblatt.errors import InputError
from rosenblatt.persistence.header import METADATA, Entry, entries_of
from rosenblatt.persistence.json_text import memory_for, parse_json
from rosenblatt.persistence.memory_budget import Allowances
from rosenblatt.persistence.messages import DAMAGED, FOREIGN, cut_short
from rosenblatt.support.types import FloatArray

OURS = "rosenblatt"
CHECKSUM = "rosenblatt_sha256"
MAX_HEADER_BYTES = 100_000_000  # what readers of safetensors accept
_LENGTH_BYTES = 8
_PIECE = 2**14


@final
@dataclass(frozen=True)
class Container:
    """What a model file holds.

    Attributes
    ----------
    metadata : bytes
        Ours, a JSON text in UTF-8.
    tensors : mapping
        The arrays by name.
    checksum : str
        The SHA-256 over both as hexadecimal digits.
    allowed : int
        Bytes that the metadata may take as a value.
    """

    metadata: bytes
    tensors: Mapping[str, FloatArray]
    checksum: str
    allowed: int


def pack(metadata: str, tensors: Mapping[str, FloatArray]) -> bytes:
    """The bytes of a model file; InputError where the metadata pass what `read` accepts."""
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    text = metadata.encode()
    try:
        data = save(arrays, {OURS: metadata, CHECKSUM: _checksum(text, arrays)})
    except SafetensorError:  # of the header's size, which is that of the metadata
        raise _too_large(len(text)) from None
    header_end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    header = data[_LENGTH_BYTES:header_end].rstrip(b" ")
    blanks = _blanks_for(header, text, len(arrays), len(data) - header_end)
    length = (len(header) + blanks).to_bytes(_LENGTH_BYTES, "little")
    return b"".join((length, header, b" " * blanks, memoryview(data)[header_end:]))


def check_size(metadata: str, data_bytes: int) -> int:
    """Bytes of the file at least; InputError as of `pack`, for metadata that may still grow.

    Parameters
    ----------
    metadata : str
    data_bytes : int
        Of the tensors, at least.
    """
    header = json.dumps({METADATA: {OURS: metadata, CHECKSUM: "0" * 64}}, ensure_ascii=False)
    encoded = header.encode()
    return len(encoded) + _blanks_for(encoded, metadata.encode(), 0, data_bytes) + data_bytes


def _blanks_for(header: bytes, text: bytes, n_tensors: int, data_bytes: int) -> int:
    """How many blanks follow the header."""
    allowances = Allowances(len(header), data_bytes)
    blanks = allowances.blanks(memory_for(header), memory_for(text), n_tensors)
    blanks += -(len(header) + blanks) % _LENGTH_BYTES  # so that tensors begin on whole words
    if len(header) + blanks > MAX_HEADER_BYTES:
        raise _too_large(len(header) + blanks)
    return blanks


def _too_large(n_bytes: int) -> InputError:
    return InputError(
        f"the description of the columns takes {n_bytes / 1e6:,.0f} MB, and a model file holds"
        f" {MAX_HEADER_BYTES / 1e6:.0f}: leave out columns, first those with many or long"
        " categories"
    )


def read(path: Path) -> Container:
    """The content of a model file, its checksum verified; InputError for anything else."""
    try:
        with _opened(path) as file:
            return _unpack(file, os.fstat(file.fileno()).st_size)
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror or error}; check its name and folder"
        ) from error
    except MemoryError as error:
        raise InputError(
            f"it does not fit into the memory of this machine; {FOREIGN}, or free some memory"
        ) from error


def _opened(path: Path) -> IO[bytes]:
    if not path.exists():
        raise InputError("there is no such file; check its name and folder")
    # Seen before it is opened: a pipe would wait for someone to write into it.
    if not path.is_file():
        raise InputError(f"it is not a regular file; {FOREIGN}")
    return path.open("rb")


def _unpack(file: IO[bytes], size: int) -> Container:
    header_bytes = _header_size(file.read(_LENGTH_BYTES + 1), size)
    header_end = _LENGTH_BYTES + header_bytes
    allowances = Allowances(header_bytes, size - header_end)
    # It was seen to start with "{": the value is an object.
    header: dict[str, Any] = parse_json(
        _header(file, header_bytes), "its header", allowances.for_header
    )
    file.seek(header_end)
    entries = entries_of(header, header_end, size)
    text, checksum = _texts(header.get(METADATA))
    del header
    tensors = _tensors(file, entries)
    if _checksum(text, tensors) != checksum:
        raise InputError(f"its content does not fit its checksum; {DAMAGED}")
    return Container(text, tensors, checksum, allowances.for_metadata(len(tensors)))


def _header_size(start: bytes, size: int) -> int:
    header_bytes = int.from_bytes(start[:_LENGTH_BYTES], "little")
    if start[_LENGTH_BYTES:] != b"{" or header_bytes > MAX_HEADER_BYTES:
        raise InputError(
            f"it is not a model file: it has no safetensors header, or one too large to be ours; "
            f"{FOREIGN}"
        )
    if size < _LENGTH_BYTES + header_bytes:
        raise InputError(cut_short(size, _LENGTH_BYTES + header_bytes))
    return header_bytes


def _header(file: IO[bytes], n: int) -> bytes:
    """The header's text without the blanks at its end, which are never there all at once."""
    piece = b""
    while n and not piece:
        start = max(n - _PIECE, 0)
        file.seek(_LENGTH_BYTES + start)
        piece = file.read(n - start).rstrip(b" ")
        n = start + len(piece)
    file.seek(_LENGTH_BYTES)
    return file.read(n)


def _texts(metadata: object) -> tuple[bytes, str]:
    """Our metadata and the checksum."""
    match metadata:
        case {"rosenblatt": str(text), "rosenblatt_sha256": str(checksum)}:
            # Escapes can make halves of characters, which no text may hold.
            return text.encode(errors="replace"), checksum
    raise InputError(f"it is a safetensors file, but not one that rosenblatt wrote; {FOREIGN}")


def _tensors(file: IO[bytes], entries: list[Entry]) -> dict[str, FloatArray]:
    """All that comes after the header, read once, as views."""
    data = np.empty(entries[-1].end if entries else 0, np.uint8)
    if file.readinto(data) < len(data):  # type: ignore[attr-defined]
        raise InputError(f"it became shorter while it was read; {DAMAGED}")
    return {
        entry.name: data[entry.begin : entry.end].view(entry.dtype).reshape(entry.shape)
        for entry in entries
    }


def _checksum(metadata: bytes, tensors: Mapping[str, FloatArray]) -> str:
    """SHA-256 over the metadata text, then every tensor by name: name, type, shape, bytes."""
    digest = hashlib.sha256()
    _add(digest, metadata)
    for name in sorted(tensors):
        array = tensors[name]
        _add(digest, f"{name} {array.dtype.name} {array.shape}".encode())
        _add(digest, array.reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _add(digest: Any, data: bytes | memoryview) -> None:
    """Each part goes in with its length before it, so that no two lists of parts read alike."""
    digest.update(len(data).to_bytes(8, "little"))
    digest.update(data)
