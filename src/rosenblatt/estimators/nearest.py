"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["nearest"]


def nearest(given: str, known: Iterable[str]) -> str:
    """A question to end an error with, or nothing where no known name is near."""
    found = get_close_matches(given.lower(), list(known), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""
