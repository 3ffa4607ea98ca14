"""Arrow types to the few that columns are read from."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.errors import InputError
from rosenblatt.table.arrow_metadata import said_in

__all__ = ["converted", "normalised", "with_periods"]

EXACT_DIGITS: Final = 18  # of an int64, whatever they are
EXACT_BITS: Final = 128
# How pandas names lengths of periods, and NumPy; a quarter is three months.
PERIODS: Final = {
    "A": ("Y", 1),
    "Y": ("Y", 1),
    "Q": ("M", 3),
    "M": ("M", 1),
    "D": ("D", 1),
    "h": ("h", 1),
    "H": ("h", 1),
    "min": ("m", 1),
    "T": ("m", 1),
    "s": ("s", 1),
    "S": ("s", 1),
}


def normalised(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray:
    """The column as text, integers, floats, booleans, timestamps, times, durations or categories.

    Of types that hold none of these, such as lists and structs, it keeps which cells are missing:
    such a column is left out.
    """
    return converted(values)[0]


def converted(values: pa.ChunkedArray | pa.Array) -> tuple[pa.ChunkedArray, str]:
    """The same, and what was done to the cells where it may matter; "" where it does not.

    Raises
    ------
    InputError
        If texts are not UTF-8.
    """
    column = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    kind: Any = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return of_extension(column, kind)
    if pa.types.is_run_end_encoded(kind):
        decoded = [pc.run_end_decode(chunk) for chunk in column.chunks]
        return converted(pa.chunked_array(decoded, kind.value_type))
    if pa.types.is_dictionary(kind):
        return declared_categories(column)
    if pa.types.is_null(kind):
        return column.cast(pa.string()), ""
    if is_text(kind):
        return as_text(column), ""
    if is_binary(kind):
        return from_bytes(column)
    if pa.types.is_decimal(kind):
        return of_decimal(column, kind)
    if pa.types.is_float16(kind):
        return pa.chunked_array([halves(chunk) for chunk in column.chunks], pa.float64()), ""
    if pa.types.is_float32(kind):
        # The number that a text file has, 0.1, and not 0.10000000149011612.
        return column.cast(pa.string()).cast(pa.float64()), ""
    if pa.types.is_uint64(kind):
        return of_unsigned(column)
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("s" if pa.types.is_date32(kind) else "ms")), ""
    if kind == pa.time64("ns"):
        return column.cast(pa.time64("us"), safe=False), ""
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return in_known_zone(column, kind)
    if pa.types.is_nested(kind):
        return emptied(column, pa.list_(pa.null())), ""
    return column, ""


def emptied(column: pa.ChunkedArray, kind: Any) -> pa.ChunkedArray:
    """A column that is left out, as empty lists or bytes where it has a cell.

    Arrow's operations do not know every type that lists, records and dictionaries may hold.
    """
    empty = pa.scalar([] if pa.types.is_list(kind) else b"", kind)
    return pc.if_else(column.is_null(), pa.scalar(None, kind), empty)


def is_text(kind: Any) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def is_binary(kind: Any) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    plain = column if pa.types.is_string(column.type) else column.cast(pa.string())
    try:
        plain.validate(full=True)
    except pa.ArrowInvalid as error:
        raise InputError(
            "a column of text holds bytes that are no UTF-8: save the table again with its texts "
            "decoded"
        ) from error
    return plain


def from_bytes(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str]:
    """Text, if the bytes are UTF-8; else they stay."""
    try:
        texts = column.cast(pa.binary()).cast(pa.string())
        texts.validate(full=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return emptied(column, pa.binary()), ""
    return texts, "bytes are read as UTF-8 text"


def of_decimal(column: pa.ChunkedArray, kind: Any) -> tuple[pa.ChunkedArray, str]:
    """Whole numbers of up to 18 digits as they are; longer ones keep their digits as text."""
    if kind.bit_width < EXACT_BITS:  # Arrow's conversions of short decimals find no room
        kind = pa.decimal128(kind.precision, kind.scale)
        column = column.cast(kind)
    if kind.scale <= 0:
        if kind.precision - kind.scale <= EXACT_DIGITS:
            return column.cast(pa.int64()), ""
        return column.cast(pa.string()), "decimals of many digits are read as text"
    # Arrow's own conversion makes 1.6500000000000001 of 1.65.
    return column.cast(pa.string()).cast(pa.float64()), "decimals are read as floats of 64 bits"


def halves(chunk: pa.Array) -> pa.Array:
    """The shortest decimal numbers that these are, as a text file has them."""
    missing = np.asarray(chunk.is_null())
    x = chunk.to_numpy(zero_copy_only=False).astype(np.float16)
    return pa.array(x.astype(np.str_).astype(np.float64), mask=missing)


def of_unsigned(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str]:
    """Whole numbers of 64 bits without a sign; text, as in a text file, where they need all."""
    try:
        return column.cast(pa.int64()), ""
    except pa.ArrowInvalid:
        return column.cast(pa.string()), "whole numbers of 20 digits are read as text"


def in_known_zone(column: pa.ChunkedArray, kind: Any) -> tuple[pa.ChunkedArray, str]:
    """A time zone that is not known here is no reason to lose the moments: they are kept as UTC."""
    try:
        pc.local_timestamp(pa.scalar(0, kind))
    except (pa.ArrowInvalid, pa.ArrowKeyError, ValueError):
        utc = column.cast(pa.int64()).cast(pa.timestamp(kind.unit, "UTC"))
        return utc, f"the time zone {kind.tz!r} is not known: times are read in UTC"
    return column, ""


def declared_categories(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str]:
    """A dictionary of texts; of numbers, their texts."""
    from rosenblatt.table.cell_text import texts_of

    kind = column.type
    if pa.types.is_string(kind.value_type) and kind.index_type == pa.int32():
        as_text(pa.chunked_array([chunk.dictionary for chunk in column.chunks], pa.string()))
        return column.unify_dictionaries(), ""
    try:
        plain, note = converted(decoded(column))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        nested = pa.types.is_nested(kind.value_type)
        return emptied(column, pa.list_(pa.null()) if nested else pa.binary()), ""
    if pa.types.is_nested(plain.type) or is_binary(plain.type):
        return plain, note
    return texts_of(plain).dictionary_encode().unify_dictionaries(), note


def decoded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The values of a dictionary; Arrow casts none of views, such as categories of polars are."""
    values = column.type.value_type
    plain = VIEWS.get(values)
    if plain is None:
        return column.cast(values)
    taken = [chunk.dictionary.cast(plain).take(chunk.indices) for chunk in column.chunks]
    return pa.chunked_array(taken, plain)


VIEWS: Final = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}


def of_extension(column: pa.ChunkedArray, kind: Any) -> tuple[pa.ChunkedArray, str]:
    storage = pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
    if kind.extension_name == "pandas.period":
        return of_periods(storage, str(kind.freq))
    if kind.extension_name == "arrow.bool8":
        return storage.cast(pa.bool_()), ""
    if kind.extension_name == "arrow.uuid":
        written = [None if v is None else v.hex() for v in storage.to_pylist()]
        return pa.chunked_array([pa.array(written, pa.string())]), ""
    return converted(storage)


def of_periods(ordinals: pa.ChunkedArray, frequency: str) -> tuple[pa.ChunkedArray, str]:
    """Periods of pandas, such as months, as the moments at which they begin."""
    unit, n = PERIODS.get(frequency.partition("-")[0].rstrip("E"), ("", 0))
    if not unit:
        return ordinals, f"periods of {frequency!r} are read as whole numbers"
    missing = np.asarray(ordinals.is_null())
    counts = ordinals.fill_null(0).to_numpy() * n
    moments = counts.astype(f"datetime64[{unit}]").astype("datetime64[s]")
    return pa.chunked_array([pa.array(moments, pa.timestamp("s"), mask=missing)]), ""


def with_periods(field: pa.Field, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column, periods of pandas as moments where their type is known by the field alone.

    pandas registers the type when it is imported; without it a column arrives as whole numbers.
    """
    metadata = field.metadata or {}
    if metadata.get(b"ARROW:extension:name") != b"pandas.period":
        return column
    frequency = said_in(metadata, b"ARROW:extension:metadata").get("freq")
    return column if frequency is None else of_periods(column, str(frequency))[0]
