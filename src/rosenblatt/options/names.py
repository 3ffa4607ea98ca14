"""Members by the names that users write, and one message for a name that is not known.

Underscores are the user's choice in every parameter: 'l_bfgs' is 'lbfgs'. Case is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from rosenblatt.support.listing import brief, shortened

__all__ = ["known_name", "listed", "member", "nearest", "plain", "unknown"]

Member = TypeVar("Member")
LONGEST = 200  # characters of what was given


def member(
    members: Mapping[str, Member], name: str, parameter: str, otherwise: str | None = None
) -> Member:
    """The member of that name.

    Parameters
    ----------
    members : mapping of name to member
    name : str
        As given; underscores do not count.
    parameter : str
        The parameter that it was given for.
    otherwise : str, optional
        What that parameter takes besides names.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    known = known_name(members, name)
    if known is None:
        raise ValueError(f"{unknown(f'{parameter}={brief(name)}', name, members, otherwise)}.")
    return members[known]


def known_name(known: Collection[str], name: str) -> str | None:
    """The one of the known names that `name` spells, or None."""
    if name in known:  # nearly always, and at once where the names are a dict
        return name
    return next((one for one in known if plain(one) == plain(name)), None)


def unknown(
    given: str,
    name: str,
    known: Iterable[str],
    otherwise: str | None = None,
    listing: str | None = None,
) -> str:
    """The message for a name that is not known, without a full stop.

    Parameters
    ----------
    given : str
        The parameter or option with its value, as the user would read it.
    name : str
    known : iterable of str
    otherwise : str, optional
        What else can be given.
    listing : str, optional
        Where the known names are listed, if they are too many for a message.
    """
    known = list(known)
    choices = listed(known) if listing is None else listing
    more = "" if otherwise is None else f", or {otherwise}"
    given, name = shortened(given), name[:LONGEST]
    return f"{given} is not known{nearest(name, known)}. Known are {choices}{more}"


def nearest(name: str, known: Iterable[str]) -> str:
    """ " (did you mean 'relu'?)", or nothing if no known name is near."""
    spelled = {plain(one).lower(): one for one in known}
    near = get_close_matches(plain(name).lower(), spelled, n=1)
    return f" (did you mean {spelled[near[0]]!r}?)" if near else ""


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))


def plain(name: str) -> str:
    """A name without its underscores."""
    return name.replace("_", "")
