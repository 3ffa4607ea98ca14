"""Sizes in bytes, as users write them."""

from __future__ import annotations

import re

from rosenblatt.errors import InputError

__all__ = ["parse_size"]

SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(kB|MB|GB)", re.IGNORECASE)
UNITS = {"kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}


def parse_size(option: str, text: str) -> int:
    """'10MB' → 10,000,000 bytes, one at least."""
    found = SIZE.fullmatch(text.strip())
    size = int(float(found[1]) * UNITS[found[2].lower()]) if found else 0
    if not size:
        raise InputError(
            f"{option} {text!r} is no size: write it with kB, MB or GB, such as {option} 10MB"
        )
    return size
