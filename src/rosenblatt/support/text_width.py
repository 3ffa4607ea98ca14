"""Texts in columns of a terminal, of which Chinese, Japanese and Korean characters take two."""

from __future__ import annotations

import re
import textwrap
import unicodedata

__all__ = ["WORD", "cut", "filled", "padded", "width_of"]

OPENING, CLOSING = "（《「『【“‘", "，。、；：？！）》」』】”’…"
WIDE = "\u2e80-\u303f\u3040-\u33ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
# What a line does not end within, and the blanks after it: a word or a wide character, with its
# punctuation.
WORD = re.compile(
    rf"\s*(?:[{OPENING}]*(?:[^\s{WIDE}{OPENING}{CLOSING}]+|(?![{OPENING}{CLOSING}])[{WIDE}])[{CLOSING}]*"
    rf"|[{OPENING}{CLOSING}]+)\s*"
)


def width_of(text: str) -> int:
    """Columns that a line takes."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(character)
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )


def cut(text: str, width: int) -> str:
    """As much of a line as so many columns hold."""
    if width_of(text) <= width:
        return text
    kept, used = 0, 0
    while (used := used + width_of(text[kept])) <= width:
        kept += 1
    return text[:kept]


def padded(text: str, width: int, *, right: bool = False) -> str:
    """The line with blanks up to so many columns, before it where it stands at the right."""
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def filled(text: str, width: int) -> str:
    """A paragraph in lines of at most so many columns; a line may end at any wide character."""
    if width_of(text) == len(text):
        return textwrap.fill(text, max(width, 1))
    lines, line = [], ""
    for piece in WORD.findall(text):
        if line and width_of(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return "\n".join([*lines, line.rstrip()])
