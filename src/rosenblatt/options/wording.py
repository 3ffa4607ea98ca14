"""Words for names that are not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["listed", "nearest", "plain"]


def nearest(name: str, known: Iterable[str]) -> str:
    """ " (did you mean 'relu'?)", or nothing where no known name is near."""
    spelled = {plain(one).lower(): one for one in known}
    near = get_close_matches(plain(name).lower(), spelled, n=1)
    return f" (did you mean {spelled[near[0]]!r}?)" if near else ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def plain(name: str) -> str:
    """A name without the underscores, which are the user's choice."""
    return name.replace("_", "")
