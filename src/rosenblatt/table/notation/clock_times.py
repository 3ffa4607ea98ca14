"""Times of day and offsets of zones as numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.notation.clock import HALVES
from rosenblatt.table.notation.digit_shapes import DigitShapes

__all__ = ["clock_times", "zone_offsets"]

SECOND = 1_000_000
FARTHEST_ZONE = 15 * 3600
Spans = Mapping[str, tuple[int, int]]


def clock_times(
    shapes: DigitShapes, rows: IntArray, spans: Spans, half: str
) -> tuple[IntArray, BoolArray]:
    """(microseconds since midnight, which times are on a clock): 24:00 is, and 23:59:60."""
    hour, minute, second, fraction = (
        part(shapes, rows, spans, name) for name in ("hour", "minute", "second", "fraction")
    )
    exists = (minute < 60) & ((second < 60) | ((hour == 23) & (minute == 59) & (second == 60)))
    if half:
        hours, added = HALVES[half]
        exists &= np.isin(hour, list(hours))
        hour = hour % 12 + added
    digits = spans.get("fraction", (0, 6))[1]
    micro = fraction * 10 ** (6 - digits) if digits <= 6 else fraction // 10 ** (digits - 6)
    time = (3600 * hour + 60 * minute + second) * SECOND + micro
    return time, exists & ((hour < 24) | (time == 24 * 3600 * SECOND))


def zone_offsets(
    shapes: DigitShapes, rows: IntArray, spans: Spans, sign: int
) -> tuple[IntArray, BoolArray]:
    """(microseconds ahead of UTC, which offsets can be)."""
    minute = part(shapes, rows, spans, "zone_minute")
    offset = 3600 * part(shapes, rows, spans, "zone_hour") + 60 * minute
    return sign * offset * SECOND, (minute < 60) & (offset <= FARTHEST_ZONE)


def part(shapes: DigitShapes, rows: IntArray, spans: Spans, name: str) -> IntArray:
    return shapes.number(rows, *spans[name]) if name in spans else np.zeros(len(rows), np.int64)
