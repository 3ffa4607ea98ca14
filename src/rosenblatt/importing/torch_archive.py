"""The tensors in a file of torch.save: a zip archive of a pickle and of each storage's bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.importing.torch_values import WHAT_TO_DO, StoredTensor, values_of
from rosenblatt.importing.zip_errors import UNREADABLE
from rosenblatt.support.types import Float64Array

__all__ = ["archive_tensors", "is_archive", "is_old_archive"]

OLD = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."  # what PyTorch before 1.6 begins with
TYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "DoubleStorage": np.dtype("<f8"),
    "HalfStorage": np.dtype("<f2"),
    "BFloat16Storage": np.dtype("<u2"),
    "LongStorage": np.dtype("<i8"),
}
WRAPPERS = ("state_dict", "model_state_dict", "model")
ENTRY, ENTRY_BYTES = b"PK\x01\x02", 800  # an entry of the zip's directory, and what it takes
OPCODE_BYTES = 72  # the most that an opcode of one byte makes


def is_archive(source: Source) -> bool:
    return source.head.startswith(b"PK\x03\x04") and b"/data.pkl" in source.head[:4096]


def is_old_archive(source: Source) -> bool:
    return source.head.startswith(OLD)


def archive_tensors(source: Source) -> dict[str, Float64Array]:
    """The tensors by name, in the order in which the module registered them.

    Raises
    ------
    InputError
        If it is damaged or holds something else than a state dict.
    """
    data = source.data
    source.check_memory(ENTRY_BYTES * data.count(ENTRY), "its directory")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = parts_of(archive)
            pickle = part(archive, parts, "data.pkl")
            source.check_memory(OPCODE_BYTES * len(pickle), "its list of tensors")
            if "byteorder" in parts and part(archive, parts, "byteorder") != b"little":
                raise InputError("its numbers are big-endian: save it on a little-endian machine")
            if any(name.startswith("code/") for name in parts):
                raise InputError(f"it is a TorchScript program: {WHAT_TO_DO}")
            stored = state_dict_in(values_of(pickle))
            total = sum(8 * prod(tensor.shape) for tensor in stored.values())
            source.check_memory(total, "its tensors")
            return {name: read(archive, parts, name, tensor) for name, tensor in stored.items()}
    except InputError:
        raise
    except UNREADABLE as error:
        raise InputError(f"it is no whole zip archive: {DAMAGED}") from error


def parts_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by their names within the archive's one folder."""
    parts: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            name = info.filename[:60]
            raise InputError(f"its part {name!r} is compressed: save it by torch.save")
        parts[info.filename.partition("/")[2]] = info
    return parts


def part(archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], name: str) -> bytes:
    if name not in parts:
        raise cut_off(f"its part {name[:60]!r}")
    return archive.read(parts[name])


def state_dict_in(value: Any) -> dict[str, StoredTensor]:
    """A dictionary of tensors, or that of a checkpoint which holds one."""
    for wrapper in WRAPPERS:
        if isinstance(value, dict) and isinstance(value.get(wrapper), dict):
            value = value[wrapper]
    if not isinstance(value, dict) or not value:
        raise InputError(f"it holds no dictionary of tensors: {WHAT_TO_DO}")
    for name, tensor in value.items():
        if not isinstance(name, str) or not isinstance(tensor, StoredTensor):
            raise InputError(f"its entry {str(name)[:60]!r} is no tensor: {WHAT_TO_DO}")
    return value


def read(
    archive: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], name: str, tensor: StoredTensor
) -> Float64Array:
    storage = tensor.storage
    if storage.kind not in TYPES:
        raise InputError(f"{name} has the type {storage.kind}: save it as float32 or float64")
    dtype = TYPES[storage.kind]
    numbers = np.frombuffer(part(archive, parts, f"data/{storage.key}"), np.uint8)
    last = sum((n - 1) * stride for n, stride in zip(tensor.shape, tensor.strides, strict=True))
    needed = dtype.itemsize * max(storage.n, tensor.offset + last + 1)
    if 0 in tensor.shape or len(numbers) < needed:
        raise cut_off(f"the tensor {name}")
    typed = numbers[: len(numbers) // dtype.itemsize * dtype.itemsize].view(dtype)
    strides = [dtype.itemsize * stride for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(
        typed[tensor.offset :], tensor.shape, strides, writeable=False
    )
    if storage.kind == "BFloat16Storage":
        view = (view.astype(np.uint32) << 16).view(np.float32)
    return view.astype(np.float64)
