"""What the metadata of Arrow's schemas and fields say in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["said_in"]


def said_in(metadata: Mapping[bytes, bytes] | None, key: bytes) -> dict[str, Any]:
    """The JSON object under a key; an empty one where there is none or it is damaged."""
    try:
        said = json.loads((metadata or {}).get(key, b"{}"))
    except (ValueError, RecursionError):  # a deep nesting exhausts the recursion limit
        return {}
    return said if isinstance(said, dict) else {}
