"""Lines of Chinese end at any of its characters, which stand without blanks between them."""

from __future__ import annotations

from rosenblatt.support.text_width import WORD

__all__ = ["break_lines"]


def break_lines() -> None:
    """Let rich, which ends lines at blanks alone, end them so in this process."""
    from rich import _wrap

    _wrap.re_word = WORD
