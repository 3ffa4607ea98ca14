"""The tensors that the header of a safetensors file declares, checked against the file's size."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.persistence.messages import DAMAGED, FOREIGN, cut_short

__all__ = ["METADATA", "Entry", "entries_of"]

METADATA = "__metadata__"
DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "U8": np.dtype("u1"),
}
NAME = re.compile(r"[a-z0-9._]{1,80}", re.ASCII)
LONGEST = 2**48  # no file is as long: numbers that are kept small multiply quickly
MOST_AXES = 4


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """A tensor's name, type, shape and place, which counts from the end of the header."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


def entries_of(header: Mapping[str, Any], header_end: int, size: int) -> list[Entry]:
    """The tensors as they lie one after the other, from the header's end to that of the file.

    Raises InputError where a tensor is none of ours, or they do not fill the file exactly.
    """
    entries = [entry_of(name, value) for name, value in header.items() if name != METADATA]
    entries.sort(key=lambda entry: entry.begin)
    end = 0
    for entry in entries:
        if entry.begin != end:
            raise InputError(f"its tensors overlap or leave gaps; {DAMAGED}")
        end = entry.end
    if size < header_end + end:
        raise InputError(cut_short(size, header_end + end))
    if size > header_end + end:
        raise InputError(f"it has {size - header_end - end:,} bytes too many at its end; {DAMAGED}")
    return entries


def entry_of(name: str, value: Any) -> Entry:
    match value:
        case {
            "dtype": "F32" | "F64" | "U8" as kind,
            "shape": [*shape],
            "data_offsets": [begin, end],
        }:
            whole = all(type(x) is int and 0 <= x < LONGEST for x in (*shape, begin, end))
            if NAME.fullmatch(name) and 1 <= len(shape) <= MOST_AXES and whole and 0 not in shape:
                dtype = DTYPES[kind]
                if end - begin == dtype.itemsize * math.prod(shape):
                    return Entry(name, dtype, tuple(shape), begin, end)
    raise InputError(f"its tensor {name[:64]!r} is not one of ours; {FOREIGN}")
