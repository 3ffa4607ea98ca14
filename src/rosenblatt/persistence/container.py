"""The safetensors container: bytes ↔ (metadata text, tensors), with a checksum over both.

A file starts with the length of its header (8 bytes, little-endian), then the header, JSON that
gives every tensor's type, shape and place, then the tensors. Under `__metadata__` a model file has
two texts: `rosenblatt`, our metadata, and `rosenblatt_sha256`, the checksum. Metadata that are too
long for a header, as of 100,000 columns may be, are its last tensor instead, of the same name.

A header is not trusted: each of its numbers is checked against the file's own size before
anything is allocated for it. A description that is long beside the weights would need more memory
than such a file may take (`memory_budget.py`): then blanks, which may stand at the end of a header
and of our metadata, make up for it.
"""

from __future__ import annotations

import hashlib
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
MAX_COLUMNS_BYTES = 100_000_000  # of their description before a training, whose model has more
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
    """The bytes of a model file."""
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    text = metadata.encode()
    checksum = _checksum(text, arrays)
    packed = _with_text_in_header(metadata, text, arrays, checksum)
    return packed or _with_text_as_tensor(text, arrays, checksum)


def _with_text_in_header(
    metadata: str, text: bytes, arrays: Mapping[str, FloatArray], checksum: str
) -> bytes | None:
    """The file; None where its header would be too long."""
    try:
        data = save(dict(arrays), {OURS: metadata, CHECKSUM: checksum})
    except SafetensorError:  # of the header's size, which is that of the metadata
        return None
    header_end = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    header = data[_LENGTH_BYTES:header_end].rstrip(b" ")
    blanks = _blanks_for(header, text, len(arrays), len(data) - header_end)
    length = len(header) + blanks
    if length > MAX_HEADER_BYTES:
        return None
    start = length.to_bytes(_LENGTH_BYTES, "little")
    return b"".join((start, header, b" " * blanks, memoryview(data)[header_end:]))


def _with_text_as_tensor(text: bytes, arrays: Mapping[str, FloatArray], checksum: str) -> bytes:
    allowances = Allowances(len(text), sum(array.nbytes for array in arrays.values()))
    blanks = allowances.blanks(0, memory_for(text), len(arrays))
    last = np.frombuffer(text + b" " * blanks, np.uint8)
    # The widest types come first: bytes are the last.
    return save({**arrays, OURS: last}, {OURS: "", CHECKSUM: checksum})


def check_size(metadata: str, data_bytes: int) -> int:
    """Bytes of the file at least, for metadata that may still grow.

    Parameters
    ----------
    metadata : str
    data_bytes : int
        Of the tensors, at least.

    Raises
    ------
    InputError
        For metadata that no file should begin with.
    """
    text = metadata.encode()
    if len(text) > MAX_COLUMNS_BYTES:
        raise InputError(
            f"the description of the columns takes {len(text) / 1e6:,.0f} MB, and a model file"
            f" holds {MAX_COLUMNS_BYTES / 1e6:.0f}: leave out columns, first those with many or"
            " long categories"
        )
    allowances = Allowances(len(text), data_bytes)
    return len(text) + allowances.blanks(0, memory_for(text), 0) + data_bytes


def _blanks_for(header: bytes, text: bytes, n_tensors: int, data_bytes: int) -> int:
    """How many blanks follow the header."""
    allowances = Allowances(len(header), data_bytes)
    blanks = allowances.blanks(memory_for(header), memory_for(text), n_tensors)
    return blanks + -(len(header) + blanks) % _LENGTH_BYTES  # so that tensors begin on whole words


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
    # It was seen to start with "{": the value is an object.
    header: dict[str, Any] = parse_json(
        _without_blanks(file, _LENGTH_BYTES, header_bytes),
        "its header",
        Allowances(header_bytes, size - header_end).for_header,
    )
    entries = entries_of(header, header_end, size)
    last = entries.pop() if entries and entries[-1].name == OURS else None
    text, checksum = _texts(header.get(METADATA))
    del header
    if any((entry.dtype == np.uint8) != (entry is last) for entry in (*entries, last) if entry):
        raise InputError(f"a tensor of bytes is not its last, {OURS!r}; {DAMAGED}")
    described = header_bytes
    if last is not None:
        if text:
            raise InputError(f"it has two descriptions of the network; {DAMAGED}")
        text = _without_blanks(file, header_end + last.begin, last.end - last.begin)
        described += last.end - last.begin
    file.seek(header_end)
    tensors = _tensors(file, entries)
    if _checksum(text, tensors) != checksum:
        raise InputError(f"its content does not fit its checksum; {DAMAGED}")
    allowances = Allowances(described, size - _LENGTH_BYTES - described)
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


def _without_blanks(file: IO[bytes], start: int, n: int) -> bytes:
    """The text of n bytes without the blanks at its end, which are never there all at once."""
    piece = b""
    while n and not piece:
        begin = max(n - _PIECE, 0)
        file.seek(start + begin)
        piece = file.read(n - begin).rstrip(b" ")
        n = begin + len(piece)
    file.seek(start)
    return file.read(n)


def _texts(metadata: object) -> tuple[bytes, str]:
    """Our metadata, as far as they are in the header, and the checksum."""
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
