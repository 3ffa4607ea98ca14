"""JSON from strangers: strict, and in a memory that is known before anything is built.

Python's objects take far more memory than the text that asks for them: empty lists in a list, for
example, twenty times as much. What a text comes to at most follows from how many of its characters
begin a value or end a key, so these are counted first.
"""

from __future__ import annotations

import json
import re
from typing import Any

from rosenblatt.errors import InputError
from rosenblatt.persistence.messages import DAMAGED

__all__ = ["memory_for", "parse_json"]

# Bytes that each such character of a text stands for at most, in the objects that the parser makes
# and in what is made of them. Two quotes are a text, and a text may be in a set as well.
COSTS = {b",": 64, b"[": 96, b"{": 176, b":": 208, b'"': 48}
# What a key costs less that was there before: neither a text of its own nor a place among the keys.
REPEATED = 232
KEY = re.compile(rb'[{,]\s*\\?"([^"\\]{1,40})\\?"\s*:')
MOST_KEYS = 200
BEYOND_16_BITS = re.compile(rb"[\xf0-\xff]")


def memory_for(text: bytes) -> int:
    """Bytes that a JSON text in UTF-8 takes at most: itself, decoded, and as a value.

    Characters within strings are counted like any others, which makes it more, never less.
    """
    # A decoded text gives each of its characters as many bytes as the widest one takes; there are
    # the text itself, the strings in it, and what the system has not taken back yet.
    width = 1 if text.isascii() else 4 if BEYOND_16_BITS.search(text) else 2
    values = sum(cost * text.count(mark) for mark, cost in COSTS.items())
    return (1 + 3 * width) * len(text) + values - REPEATED * repeated_keys(text)


def repeated_keys(text: bytes) -> int:
    """How many keys are one of a few that came before, in a text or in a JSON text within it."""
    seen: set[bytes] = set()
    n = 0
    for found in KEY.finditer(text):
        if found[1] in seen:
            n += 1
        elif len(seen) < MOST_KEYS:
            seen.add(found[1])
    return n


def parse_json(text: bytes, what: str, allowed: int) -> Any:
    """The value of a JSON text in UTF-8.

    Raises InputError where it is none, has a key twice, NaN or an infinity, or could take more than
    `allowed` bytes.
    """
    if memory_for(text) > allowed:
        raise InputError(f"{what} could take more memory than a file of its size may; {DAMAGED}")
    try:
        return json.loads(
            text.decode(), object_pairs_hook=without_duplicates, parse_constant=refuse_constant
        )
    # A deep nesting exhausts the recursion limit; a number of 5,000 digits is a ValueError.
    except (ValueError, RecursionError) as error:
        raise InputError(f"{what} is not valid JSON; {DAMAGED}") from error


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("duplicate keys")
    return result


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
