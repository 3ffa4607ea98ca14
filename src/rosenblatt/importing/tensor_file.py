"""The tensors in a file of safetensors: a header of JSON, and their bytes behind it."""

from __future__ import annotations

import json
from math import prod
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.support.types import Float64Array

__all__ = ["file_tensors", "is_tensor_file"]

TYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
    "I64": np.dtype("<i8"),
}
LENGTH = 8  # bytes that hold the header's size
METADATA = "__metadata__"
VALUE_BYTES = 20  # the most that a byte of JSON makes: lists and objects within each other
MOST = 2**40


def is_tensor_file(source: Source) -> bool:
    n = int.from_bytes(source.head[:LENGTH], "little")
    return source.head[LENGTH : LENGTH + 2] == b'{"' and n < source.size + 2**32


def file_tensors(source: Source) -> dict[str, Float64Array]:
    """The tensors by name, in the order of the header, which is not that of the layers.

    Raises
    ------
    InputError
        If it is damaged, a model file of this library, or has tensors of another type.
    """
    n = int.from_bytes(source.head[:LENGTH], "little")
    start = LENGTH + n
    if start > source.size:
        raise cut_off("its header")
    data = source.data
    source.check_memory(VALUE_BYTES * n, "its header")
    try:
        header = json.loads(data[LENGTH:start].decode("utf-8"), object_pairs_hook=distinct)
    except (ValueError, RecursionError) as error:
        raise InputError(f"its header is no valid JSON: {DAMAGED}") from error
    metadata = header.pop(METADATA, {})
    if isinstance(metadata, dict) and "rosenblatt" in metadata:
        raise InputError("it is a model file of this library: predict and train take it as it is")
    places = {name: place_of(name, value, len(data) - start) for name, value in header.items()}
    source.check_memory(sum(8 * prod(shape) for _, shape, _ in places.values()), "its tensors")
    tensors: dict[str, Float64Array] = {}
    for name, (kind, shape, begin) in places.items():
        numbers = np.frombuffer(data, TYPES[kind], prod(shape), start + begin).reshape(shape)
        if kind == "BF16":
            numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
        with np.errstate(invalid="ignore"):  # a signalling NaN is refused later, with its place
            tensors[name] = numbers.astype(np.float64)
    return tensors


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key is there twice")
    return result


def place_of(name: str, value: Any, n_bytes: int) -> tuple[str, tuple[int, ...], int]:
    match value:
        case {"dtype": str(kind), "shape": [*shape], "data_offsets": [int(begin), int(end)]}:
            if kind not in TYPES:
                raise InputError(
                    f"the tensor {name[:60]!r} has the type {kind[:20]}: save it as F32 or F64"
                )
            fits = all(type(n) is int and 0 < n < MOST for n in shape) and len(shape) < 8
            if fits and end - begin == TYPES[kind].itemsize * prod(shape) and begin >= 0:
                if end <= n_bytes:
                    return kind, tuple(shape), begin
                raise cut_off(f"the tensor {name[:60]!r}")
    raise InputError(f"the tensor {name[:60]!r} is not described: {DAMAGED}")
