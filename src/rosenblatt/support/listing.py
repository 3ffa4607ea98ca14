"""Counts and lists in messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

__all__ = ["brief", "clipped", "count", "shortened", "some_of"]

LIMIT = 5
LONGEST_WORD, LONGEST_TEXT = 1_000, 5_000  # no option, and no usual path, has more characters


def count(n: int, one: str, many: str | None = None) -> str:
    """ "1 row", "2,000 rows"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def brief(value: Any) -> str:
    """How a value is written in Python, in one line, or the beginning of that."""
    return shortened(" ".join(repr(value).split()))


def shortened(text: str, most: int = 60) -> str:
    """The text, or its beginning and three dots."""
    return text if len(text) <= most else text[: most - 3] + "..."


def clipped(text: str) -> str:
    """The text, with what somebody gave without a blank, and the whole, by their beginnings."""
    words = rf"\S{{{LONGEST_WORD + 1},}}"
    shown = re.sub(words, lambda word: shortened(word[0], LONGEST_WORD), text)
    return shortened(shown, LONGEST_TEXT)


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
