"""ONNX's protocol buffer, measured before it is parsed, and its tensors as arrays.

The extra `export` brings the package onnx, whose messages are used; nothing else of it is.
"""

from __future__ import annotations

from math import prod
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.errors import InputError
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.support.optional_dependencies import missing

__all__ = ["Tensors", "is_onnx", "model_of"]

MESSAGE_BYTES = 240  # what a message of no content takes once it is parsed
TEXT_BYTES = 40
# The tags that may stand behind the version of the format, which comes first.
SECOND = b"\x12\x1a\x22\x28\x32\x3a\x42\x72"
NEWEST = 64  # versions of the format: 14 in 2026
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
SIZES = {FIXED64: 8, FIXED32: 4}
GROWTH = 3  # times a number, while a list of them grows
TEXT = 9  # protobuf's number of texts, which are in UTF-8
WHOLE = (1, 2, 3, 4, 7, 8)  # protobuf's numbers of the types that it packs into few bytes
# By ONNX's number of the type: how raw_data has it, and the field of those that are not raw.
TYPES: dict[int, tuple[str, str]] = {
    1: ("<f4", "float_data"),
    2: ("u1", "int32_data"),
    3: ("i1", "int32_data"),
    6: ("<i4", "int32_data"),
    7: ("<i8", "int64_data"),
    9: ("?", "int32_data"),
    10: ("<f2", "int32_data"),
    11: ("<f8", "double_data"),
    16: ("<u2", "int32_data"),
}
HALVES, BFLOAT16, STRING, EXTERNAL = (10, 16), 16, 8, 1
MOST_DIMS = 8


def is_onnx(source: Source) -> bool:
    head = source.head
    return len(head) > 3 and head[0] == 8 and head[1] <= NEWEST and head[2] in SECOND


def model_of(source: Source) -> Any:
    """The file's ModelProto; it may take as much memory as the file once more and a bit."""
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise InputError(str(missing("reading ONNX files", "onnx", error))) from error
    source.check_memory(parsed_bytes(source, onnx.ModelProto.DESCRIPTOR), "its messages")
    try:
        return onnx.ModelProto.FromString(source.data)
    except DecodeError as error:
        raise InputError(f"it is no whole protocol buffer: {DAMAGED}") from error


def parsed_bytes(source: Source, descriptor: Any) -> int:
    """The most that the message takes in memory, from a walk over its fields that builds none.

    Raises
    ------
    InputError
        If a field is cut off.
    UnicodeDecodeError
        If a text is none.
    """
    data = source.data
    total, parts = 0, [(0, len(data), descriptor)]
    while parts:
        at, end, kind = parts.pop()
        fields = kind.fields_by_number
        while at < end:
            tag, at = varint(data, at, end)
            field, wire = fields.get(tag >> 3), tag & 7
            if not tag >> 3:  # as zeros behind the end of a file are read
                raise cut_off("the number of a field of its protocol buffer")
            if field is None:  # of a newer version; a file full of them takes long to walk over
                total += MESSAGE_BYTES
            if wire == VARINT:
                _, at = varint(data, at, end)
                total += GROWTH * 8
            elif wire in SIZES:
                at += SIZES[wire]
                total += GROWTH * SIZES[wire]
            elif wire == BYTES:
                length, at = varint(data, at, end)
                total += TEXT_BYTES + length
                if field is not None and field.message_type is not None:
                    total += MESSAGE_BYTES
                    parts.append((at, at + length, field.message_type))
                elif field is not None and field.type == TEXT:
                    data[at : min(at + length, end)].decode("utf-8")
                elif field is not None and field.cpp_type in WHOLE:
                    packed = np.frombuffer(data, np.uint8, max(min(length, end - at), 0), at)
                    total += 8 * int(np.count_nonzero(packed < 128))
                at += length
            if wire not in (VARINT, FIXED64, BYTES, FIXED32) or at > end:
                raise cut_off("a field of its protocol buffer")
            if total > source.allowed:
                return total
    return total


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of up to ten groups of seven bits, and the place behind it."""
    number = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise cut_off("a number of its protocol buffer")


@final
class Tensors:
    """Arrays of a model's tensors, which count towards what the file may ask for.

    Parameters
    ----------
    source : Source
    taken : int
        Bytes that the model takes already.
    """

    def __init__(self, source: Source, taken: int) -> None:
        self._source, self._taken = source, taken

    def check(self, n_bytes: int, what: str) -> None:
        """InputError where so many bytes more are too many."""
        self._source.check_memory(self._taken + n_bytes, what)

    def array(self, tensor: Any, place: str) -> npt.NDArray[Any]:
        """Numbers as float64, whole ones as int64, texts as objects; InputError for others."""
        shape, kind = tuple(tensor.dims), tensor.data_type
        if tensor.data_location == EXTERNAL or tensor.external_data:
            raise InputError(
                f"{place} lies in another file: save the model with its weights in one file"
            )
        if len(shape) > MOST_DIMS or not all(0 < n < 2**40 for n in shape):
            raise InputError(f"{place} has a shape that no weights have: {DAMAGED}")
        n = prod(shape)
        if kind == STRING:
            return self._texts(tensor, n, place).reshape(shape)
        if kind not in TYPES:
            raise InputError(f"{place} has numbers of ONNX's type {kind}, which is not read")
        self.check(8 * n, place)
        self._taken += 8 * n
        return self._numbers(tensor, kind, n, place).reshape(shape)

    def _texts(self, tensor: Any, n: int, place: str) -> npt.NDArray[Any]:
        self.check(100 * len(tensor.string_data), place)
        if len(tensor.string_data) != n:
            raise cut_off(place)
        texts = np.empty(n, object)
        texts[:] = [text.decode("utf-8") for text in tensor.string_data]
        return texts

    def _numbers(self, tensor: Any, kind: int, n: int, place: str) -> npt.NDArray[Any]:
        stored, field = TYPES[kind]
        dtype = np.dtype(stored)
        if tensor.HasField("raw_data"):
            if len(tensor.raw_data) != n * dtype.itemsize:
                raise cut_off(place)
            numbers = np.frombuffer(tensor.raw_data, dtype)
        else:
            values = getattr(tensor, field)
            if len(values) != n:
                raise cut_off(place)
            numbers = np.array(values, np.float64 if dtype.kind == "f" else np.int64)
            if kind in HALVES:
                if not ((numbers >= 0) & (numbers < 2**16)).all():
                    raise InputError(f"{place} has a number that is no half: {DAMAGED}")
                numbers = numbers.astype(np.uint16).view(dtype)
        if kind == BFLOAT16:
            numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
        with np.errstate(invalid="ignore"):  # a signalling NaN is refused later, with its place
            return numbers.astype(np.float64 if numbers.dtype.kind == "f" else np.int64)
