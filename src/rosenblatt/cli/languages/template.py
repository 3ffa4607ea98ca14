"""A text with places that are filled in, found again in the text that came out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import final

from rosenblatt.support.cached_property import cached_property

__all__ = ["Template", "is_name", "masked"]

# Places that hold what the user or the system has named, which is never translated.
NAMES = frozenset(
    (
        "column",
        "encoding",
        "file",
        "filled",
        "header",
        "host",
        "install_command",
        "known",
        "lock",
        "model",
        "name",
        "names",
        "noun",
        "option",
        "parent",
        "path",
        "place",
        "saved",
        "shown",
        "table",
        "text",
        "url_of",
    )
)
QUOTED = re.compile(r"(?<!\w)(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")(?!\w)")
NUMBER = re.compile(r"[-+]?(?:\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?|inf|nan)")


def is_name(place: str) -> bool:
    return place.rstrip("23456789") in NAMES


def masked(text: str) -> str:
    """The text with what stands in quotation marks out of sight, and as long as before."""
    return QUOTED.sub(lambda found: "\0" * len(found[0]), text)


@final
@dataclass(frozen=True)
class Template:
    """A template of `str.format`, such as '{n:,} rows in {path}', and its translation.

    What stands for `{x!r}` is a quoted text, what stands for a formatted number such as `{n:,}` is
    a number, and `{count}` begins with one. Any other place may hold anything up to the words that
    follow it.
    """

    source: str
    target: str

    @cached_property
    def parts(self) -> tuple[tuple[str, str | None, re.Pattern[str] | None], ...]:
        """(words, name of the place after them, what it holds) in order."""
        return tuple(
            (words, name, QUOTED if conversion == "r" else NUMBER if spec else None)
            for words, name, spec, conversion in Formatter().parse(self.source)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Of its places."""
        return tuple(name for _, name, _ in self.parts if name is not None)

    @cached_property
    def is_open(self) -> bool:
        """Whether anything may stand at its end."""
        *_, (_, name, kind) = self.parts
        return name is not None and kind is None

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(words for words, *_ in self.parts if words)

    @cached_property
    def longest(self) -> str:
        return max(self.words, key=len)

    @cached_property
    def weight(self) -> int:
        """Characters of its words: the more, the less is said by chance."""
        return sum(map(len, self.words))

    def values(self, text: str) -> Mapping[str, str] | None:
        """What fills the places of a text; None if it is none of this template's.

        A place that may hold anything ends where the words after it first occur outside quotation
        marks, so that the time is linear in the text.
        """
        hidden, found = masked(text), dict[str, str]()
        at, open_name = 0, ""
        for number, (words, name, kind) in enumerate(self.parts):
            place = at
            if open_name:
                is_last = name is None and number + 1 == len(self.parts)
                place = last(text, words, at) if is_last else first(text, hidden, words, at)
                if place < at or not text.startswith(words, place):
                    return None
                found[open_name], open_name = text[at:place], ""
            elif not text.startswith(words, at):
                return None
            at = place + len(words)
            if name is not None and kind is not None:
                matched = kind.match(text, at)
                if matched is None:
                    return None
                found[name], at = matched[0], matched.end()
            elif name is not None:
                open_name = name
        if open_name:
            found[open_name], at = text[at:], len(text)
        return found if at == len(text) and self._fits(found) else None

    def _fits(self, found: Mapping[str, str]) -> bool:
        """Whether what is counted begins with a number, and no name swallows what is before it."""
        start, name, _ = self.parts[0]
        if not start and name and is_name(name) and ": " in found[name]:
            return False
        return all(value[:1].isdigit() for name, value in found.items() if name.startswith("count"))


def last(text: str, words: str, start: int) -> int:
    place = len(text) - len(words)
    return place if place >= start and text.endswith(words) else -1


def first(text: str, hidden: str, words: str, start: int) -> int:
    place = hidden.find(words, start)
    return place if place >= 0 else text.find(words, start)
