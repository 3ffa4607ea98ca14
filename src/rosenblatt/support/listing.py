"""Counts and lists in messages."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["count", "some_of"]

LIMIT = 5


def count(n: int, one: str, many: str | None = None) -> str:
    """ "1 row", "2,000 rows"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


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
