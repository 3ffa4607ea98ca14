"""Words for names that are not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["listed", "nearest"]


def nearest(name: str, known: Iterable[str]) -> str:
    """ " (did you mean 'relu'?)", or nothing where no known name is near."""
    near = get_close_matches(name.lower(), known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
