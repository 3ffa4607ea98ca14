"""Members by the names that users write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from rosenblatt.options.wording import listed, nearest, plain

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
    if plain(name) not in known:
        raise ValueError(
            f"{parameter}={name!r} is not known{nearest(name, members)}. Known are"
            f" {listed(members)}, or {otherwise}."
        )
    return known[plain(name)]
