"""Counts, lists and options in messages."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

__all__ = ["LONG", "brief", "count", "has_text", "option", "shortened", "some_of"]

LIMIT = 5
SHORT, LONG = 60, 200  # characters of a value, and of an object with its fields


def count(n: int, one: str, many: str | None = None) -> str:
    """ "1 row", "2,000 rows"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def brief(value: Any, most: int = SHORT) -> str:
    """How a value is written in Python, in one line, or the beginning of that."""
    written = repr(value) if has_text(value) else object.__repr__(value)
    return shortened(" ".join(written.split()), most)


def has_text(value: Any) -> bool:
    """Whether `repr` writes it; objects of other libraries raise there whatever they like."""
    try:
        repr(value)
    except Exception:
        return False
    return True


def shortened(text: str, most: int = SHORT) -> str:
    """The text, or its beginning and three dots."""
    return text if len(text) <= most else text[: most - 3] + "..."


def some_of(items: Sequence[str], separator: str) -> str:
    """The first five items, and how many more there are.

    Examples
    --------
    >>> some_of(["a", "b"], ", ")
    'a, b'
    >>> some_of(list("abcdefg"), ", ")
    'a, b, c, d, e, and 2 more'
    """
    more = [f"and {len(items) - LIMIT} more"] if len(items) > LIMIT else []
    return separator.join([*items[:LIMIT], *more])


def option(name: str, value: str) -> str:
    """As a shell takes it: "--column 'd e=number'"."""
    return f"{name} {shlex.quote(value)}"
