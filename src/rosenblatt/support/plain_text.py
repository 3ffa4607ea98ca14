"""Text from files made safe to show in one line of a terminal."""

from __future__ import annotations

__all__ = ["printable", "printable_lines"]


def printable(text: str) -> str:
    """The text with line breaks, escape sequences and the like as visible escapes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def printable_lines(text: str) -> str:
    """A text of several lines, each made safe."""
    return "\n".join(map(printable, text.split("\n")))
