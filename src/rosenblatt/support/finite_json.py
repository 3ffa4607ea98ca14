"""JSON texts that every reader takes: without NaN, infinities and control characters."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

__all__ = ["finite_json"]


def finite_json(value: Any, indent: int | None = None) -> str:
    """The value as JSON in ASCII; null stands for a number that is not finite."""
    try:
        text = json.dumps(value, indent=indent, allow_nan=False)
    except ValueError:
        text = json.dumps(finite(value), indent=indent)
    return text.replace("\x7f", "\\u007f")  # the one control character that it leaves


def finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
