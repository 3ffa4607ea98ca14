"""Counts and lists in messages."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["count", "shortened", "some_of"]

LIMIT = 5


def count(n: int, one: str, many: str | None = None) -> str:
    """ "1 row", "2,000 rows"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def shortened(text: str, most: int = 60) -> str:
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
