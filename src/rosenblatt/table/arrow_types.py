"""Arrow types to the few that columns are read from."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["normalised"]


def normalised(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray:
    """The column as text, integers, floats, booleans, timestamps, times, durations or categories.

    Types that hold none of these, such as lists and structs, stay: such a column is left out.
    """
    column = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    kind: Any = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return normalised(
            pa.chunked_array([chunk.storage for chunk in column.chunks], kind.storage_type)
        )
    if pa.types.is_run_end_encoded(kind):
        return normalised(
            pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], kind.value_type)
        )
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return column.cast(pa.float64())
    if pa.types.is_dictionary(kind) and not pa.types.is_string(kind.value_type):
        return declared_categories(column)
    return column


def declared_categories(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A dictionary of texts; of numbers, their texts."""
    from rosenblatt.table.cell_text import texts_of

    plain = normalised(column.cast(column.type.value_type))
    return texts_of(plain).dictionary_encode()
