"""Lists in messages, cut to a readable length."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["some_of"]

LIMIT = 5


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
