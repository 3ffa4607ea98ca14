"""The words of what a process shows while it works: as they are written, or in another language.

A program that stands on the library, such as the command line, sets them for the whole process, as
`gettext` does: progress comes from threads and from deep within a fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

__all__ = ["Words", "is_english", "worded", "wording"]

# From a text in English, of one line or several, to the text that is shown.
Words: TypeAlias = Callable[[str], str]

_words: Words = str


def worded(text: str) -> str:
    """The text as it is to be shown."""
    return _words(text)


def is_english() -> bool:
    """Whether texts are shown as they are written."""
    return _words is str


@contextmanager
def wording(words: Words) -> Iterator[None]:
    """Within the block texts are shown as `words` has them."""
    global _words
    before, _words = _words, words
    try:
        yield
    finally:
        _words = before
