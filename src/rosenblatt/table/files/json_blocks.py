"""Long values of JSON, block by block: one call for all would hold up threads and signals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

__all__ = ["loads_in_blocks"]

# Characters that are decoded at once: more and more of them, until a cut is none.
TINY, SMALLEST, LARGEST = 1 << 6, 1 << 10, 1 << 16
SPACE: Final = re.compile(r"[ \t\n\r]*")
# Where a list may be cut, by how its next item begins. A comma within a text or a nested value
# is no such place: what is before it, as a list, is no JSON.
CUTS: Final = {
    "{": re.compile(r"(?<=\})[ \t\n\r]*,"),
    "[": re.compile(r"(?<=\])[ \t\n\r]*,"),
    '"': re.compile(r'(?<=")[ \t\n\r]*,'),
}
CUT: Final = re.compile(",")

Decoder = json.JSONDecoder


def loads_in_blocks(text: str, of_pairs: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    """As ``json.loads(text, object_pairs_hook=of_pairs)``, and between blocks threads have a turn.

    Blocks are those of a list, and of lists in an object: nested further, a value is one block.
    """
    decoder = Decoder(object_pairs_hook=of_pairs)
    if len(text) <= LARGEST:
        return decoder.decode(text)
    start = after_space(text, 0)
    kind = text[start : start + 1]
    if kind == "[":
        value, end = list_at(text, start + 1, decoder)
    elif kind == "{":
        pairs, end = pairs_at(text, start + 1, decoder)
        value = of_pairs(pairs)
    else:
        return decoder.decode(text)
    end = after_space(text, end)
    if end < len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    return value


def list_at(text: str, at: int, decoder: Decoder) -> tuple[list[Any], int]:
    """The items from a place on, behind the bracket, and the place behind the list."""
    items: list[Any] = []
    at = after_space(text, at)
    if text.startswith("]", at):
        return items, at + 1
    size, single = SMALLEST, at + TINY  # up to this place items are decoded one by one
    while True:
        if at >= single:
            block, behind = block_at(text, at, size, decoder)
            if block is not None:
                items += block
                at, size = after_space(text, behind), min(2 * size, LARGEST)
                continue
            if size > SMALLEST:
                size = SMALLEST
                continue
            single = behind
        value, at = decoder.raw_decode(text, at)
        items.append(value)
        at = after_space(text, at)
        if text.startswith("]", at):
            return items, at + 1
        at = after(",", text, at)


def block_at(text: str, at: int, size: int, decoder: Decoder) -> tuple[list[Any] | None, int]:
    """The items from a place up to a comma, and the place behind it; None where it is no cut."""
    cut = CUTS.get(text[at : at + 1], CUT).search(text, at + size, at + 2 * size)
    if cut is None:
        return None, at + 2 * size
    try:
        return decoder.decode(f"[{text[at : cut.start()]}]"), cut.end()
    except (ValueError, RecursionError):
        return None, cut.end()


def pairs_at(text: str, at: int, decoder: Decoder) -> tuple[list[tuple[str, Any]], int]:
    """The names and values from a place on, behind the brace, and the place behind the object."""
    pairs: list[tuple[str, Any]] = []
    at = after_space(text, at)
    if text.startswith("}", at):
        return pairs, at + 1
    while True:
        if not text.startswith('"', at):
            message = "Expecting property name enclosed in double quotes"
            raise json.JSONDecodeError(message, text, at)
        name, at = decoder.raw_decode(text, at)
        at = after(":", text, after_space(text, at))
        if text.startswith("[", at):
            value, at = list_at(text, at + 1, decoder)
        else:
            value, at = decoder.raw_decode(text, at)
        pairs.append((name, value))
        at = after_space(text, at)
        if text.startswith("}", at):
            return pairs, at + 1
        at = after(",", text, at)


def after(sign: str, text: str, at: int) -> int:
    """The place behind a sign and the space that follows it."""
    if not text.startswith(sign, at):
        raise json.JSONDecodeError(f"Expecting {sign!r} delimiter", text, at)
    return after_space(text, at + 1)


def after_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return at if found is None else found.end()
