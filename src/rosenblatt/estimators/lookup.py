"""Members by the names that users write."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

__all__ = ["named"]

Member = TypeVar("Member")


def named(members: Mapping[str, Member], name: str, parameter: str, otherwise: str) -> Member:
    """The member of that name; underscores are the user's choice.

    Raises
    ------
    ValueError
        Where there is none: it offers the nearest name, all names, and `otherwise`.
    """
    known = {plain(known): member for known, member in members.items()}
    if plain(name) in known:
        return known[plain(name)]
    spelled = {plain(known): known for known in members}
    near = get_close_matches(plain(name).lower(), spelled, n=1)
    hint = f" Did you mean {spelled[near[0]]!r}?" if near else ""
    names = ", ".join(map(repr, members))
    raise ValueError(f"{parameter}={name!r} is not known.{hint} Known are {names}, or {otherwise}.")


def plain(name: str) -> str:
    return name.replace("_", "")
