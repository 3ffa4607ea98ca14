"""Offsets from UTC of the zones that a place names."""

from __future__ import annotations

import functools
import zoneinfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.types import BoolArray, IntArray

__all__ = ["utc_offsets"]


def utc_offsets(local: IntArray, place: str) -> tuple[IntArray, BoolArray]:
    """(microseconds ahead of UTC, which local times are one moment) in a zone such as
    "europe/berlin"; a time in the hour that summer time skips or repeats is none or two.
    """
    none = np.zeros_like(local), np.zeros(len(local), np.bool_)
    name = zone_names().get(place)
    if name is None:
        return none
    stamps = pa.array(local).cast(pa.timestamp("us"))
    try:
        first, last = (
            pc.assume_timezone(stamps, name, ambiguous=which, nonexistent=which)
            .cast(pa.int64())
            .to_numpy()
            for which in ("earliest", "latest")
        )
    except pa.ArrowInvalid:  # no data of time zones on this machine
        return none
    return local - first, first == last


@functools.cache
def zone_names() -> dict[str, str]:
    """The zones in the database of time zones, by their names in small letters."""
    return {name.lower(): name for name in zoneinfo.available_timezones()}
