"""Texts of tables in pictures of matplotlib, and the fonts that have their characters."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from rosenblatt.support.plain_text import printable
from rosenblatt.support.text_width import cut, width_of

__all__ = ["collected_glyphs", "fonts_for", "in_picture"]

NO_GLYPH: Final = re.compile(r"Glyph (\d+) ")
NORMAL: Final = (400, "normal", "regular", "book")


def in_picture(text: Any, most: int = 40) -> str:
    """A text in one line, or its beginning, in which dollars begin no formula.

    A longer one would leave no room for the axes, and a formula that is none is an exception.
    """
    line = printable(str(text))
    if width_of(line) > most:
        line = cut(line, most - 1) + "…"
    return line.replace("$", r"\$")


def fonts_for(text: str) -> list[str]:
    """Fonts of the system, to stand behind the default one, for characters that it has not."""
    from matplotlib import font_manager
    from matplotlib.ft2font import FT2Font

    def without(characters: set[str], file: str) -> set[str]:
        try:
            font = FT2Font(file)
        except (OSError, RuntimeError):  # one of bitmaps, or damaged
            return characters
        return {one for one in characters if not font.get_char_index(ord(one))}

    families: list[str] = []
    wanted = without(
        {one for one in text if not one.isascii()},
        font_manager.findfont(font_manager.FontProperties()),
    )
    for entry in font_manager.fontManager.ttflist:
        if wanted and entry.style == "normal" and entry.weight in NORMAL:
            others = without(wanted, entry.fname)
            if others < wanted:
                families.append(entry.name)
                wanted = others
    return families


@contextmanager
def collected_glyphs() -> Iterator[list[str]]:
    """Within the block characters that no font has come into a list, where matplotlib warns of
    each."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        yield found
    for warning in seen:
        if told := NO_GLYPH.match(str(warning.message)):
            found.append(chr(int(told[1])))
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
