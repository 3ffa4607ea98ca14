"""Texts of typed cells, as a CSV file of the same table has them."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.table.notation.calendar_days import are_midnights

__all__ = ["texts_of"]


def texts_of(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells as text: 3, 3.0, 1e+20, True, 2023-03-18, 2023-03-18 12:30:00, 1 days 02:00:00.

    Missing cells are null. Distinct values are converted once.
    """
    kind = values.type
    if pa.types.is_string(kind):
        return values
    if pa.types.is_dictionary(kind):
        return values.cast(kind.value_type)
    coded = values.dictionary_encode().unify_dictionaries()
    return pa.chunked_array(
        [
            pa.DictionaryArray.from_arrays(chunk.indices, written(chunk.dictionary)).cast(
                pa.string()
            )
            for chunk in coded.chunks
        ],
        pa.string(),
    )


def written(values: pa.Array) -> pa.StringArray:
    kind = values.type
    if pa.types.is_floating(kind):
        # Python writes the fewest digits that give the number back; NaN means missing.
        texts = [None if x != x else repr(x) for x in values.to_pylist()]
        return pa.array(texts, pa.string())
    if pa.types.is_boolean(kind):
        return pc.if_else(values, "True", "False").cast(pa.string())
    if pa.types.is_timestamp(kind):
        return timestamps(values)
    if pa.types.is_duration(kind):
        return durations(values)
    return values.cast(pa.string())


def timestamps(values: pa.TimestampArray) -> pa.StringArray:
    """Without a time where all are midnight, as pandas writes them."""
    if values.type.tz is None and are_midnights(values):
        return values.cast(pa.date32()).cast(pa.string())
    return values.cast(pa.string())


def durations(values: pa.DurationArray) -> pa.StringArray:
    """As pandas writes them, but a negative one with its sign in front: that is read one way."""
    return pa.array([duration(t) for t in values.cast(pa.duration("us"), safe=False).to_pylist()])


def duration(length: dt.timedelta) -> str:
    size = abs(length)
    hours, rest = divmod(size.seconds, 3600)
    fraction = f".{size.microseconds:06d}" if size.microseconds else ""
    sign = "-" if length.days < 0 else ""
    clock = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{fraction}"
    return f"{sign}{size.days} days {sign and '-'}{clock}"
