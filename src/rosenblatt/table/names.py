"""Checks of column names, with suggestions for unknown ones."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

from rosenblatt.errors import InputError
from rosenblatt.table.messages import quote

__all__ = ["near_names", "require_columns", "require_distinct", "require_texts"]

NEAR = 0.75  # share of letters in common: a slip of the finger or two, not another word


def require_distinct(names: Sequence[str]) -> None:
    """InputError naming those that occur more than once."""
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise InputError(
            f"column name {quote(twice)} occurs more than once: give every column a name of its own"
        )


def require_texts(names: Iterable[str]) -> None:
    """InputError for a name that Arrow cannot hold."""
    try:
        "".join(names).encode()
    except UnicodeEncodeError as error:
        raise InputError(
            f"a column name has {error.object[error.start]!r}, half a character, which no text may"
            " hold: rename the column"
        ) from None


def require_columns(needed: Iterable[str], names: Iterable[str]) -> None:
    """InputError naming the needed columns that are absent, and names close to the first."""
    present = set(names)
    absent = [name for name in needed if name not in present]
    if absent:
        raise InputError(
            f"the table lacks the column{'s' if absent[1:] else ''} {quote(absent)}: "
            f"{near_names(absent[0], names)}"
        )


def near_names(name: str, names: Iterable[str], owner: str = "it") -> str:
    """A hint at the names closest to one that is not there, to end a sentence with."""
    by_lower = {other.lower(): other for other in names}
    near = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=NEAR)
    if near:
        return "did you mean " + " or ".join(repr(by_lower[key]) for key in near) + "?"
    shown = ", ".join(repr(other) for other in list(by_lower.values())[:8])
    return f"{owner} has {shown}" + (", ..." if len(by_lower) > 8 else "")
