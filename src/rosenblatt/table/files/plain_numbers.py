"""Numbers that can mean one thing only, and words for a missing one among them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.support.types import FloatArray

__all__ = [
    "EXACT",
    "are_exact",
    "are_long",
    "are_plain",
    "are_words",
    "floats_prove_point",
    "is_floating",
    "texts_prove_point",
]

SOME: Final = 1 << 14  # floats of a block: enough for a proof, if there is one
EXACT: Final = 2.0**53  # whole numbers below it are exact as float64

PLAIN = r"^[ \t]*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?[ \t]*$"
LONG = r"^[ \t]*[-+]?\d{16,}[ \t]*$"
# What cannot be groups of thousands: a fraction of another length than three digits, nothing or
# zero before the point, four digits before it, or an exponent.
POINT = r"\.\d{1,2}[ \t]*$|\.\d{4}|^[ \t]*[-+]?0?\.\d|\d{4}\.\d|\d\.?[eE]"


def are_plain(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.match_substring_regex(texts, PLAIN)


def are_long(texts: pa.StringArray) -> bool:
    """Whether some have more digits than a float64 keeps."""
    return bool(pc.any(pc.match_substring_regex(texts, LONG)).as_py())


def are_words(texts: pa.StringArray, words: Collection[str]) -> pa.BooleanArray:
    """Which are words for a missing cell; `words` are in lower case."""
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    return pc.is_in(lower, pa.array([*words, ""], pa.string()))


def texts_prove_point(texts: pa.StringArray) -> bool:
    """Whether a point in one of these plain numbers must be a decimal point."""
    return bool(pc.any(pc.match_substring_regex(texts, POINT)).as_py())


def is_floating(values: pa.Array) -> bool:
    return bool(pa.types.is_floating(values.type))


def are_exact(values: pa.Array) -> bool:
    """Whether all floats are finite and below what float64 tells apart.

    NaN, infinities and numbers of many digits are written in several ways: then the texts matter.
    """
    x = floats(values)
    return not len(x) or bool(x.min() > -EXACT and x.max() < EXACT)  # NaN compares false


def floats_prove_point(values: pa.Array) -> bool:
    """The same from values: False where only the texts could prove it."""
    magnitude = np.abs(floats(values)[:SOME])
    fraction = magnitude != np.floor(magnitude)
    out_of_range = (magnitude < 1) | (magnitude >= 1000)
    if (fraction & out_of_range).any():
        return True
    thousandths = magnitude[fraction] * 1000
    return bool((np.abs(thousandths - np.rint(thousandths)) > 1e-6).any())


def floats(values: pa.Array) -> FloatArray:
    return (values.fill_null(0.0) if values.null_count else values).to_numpy()
