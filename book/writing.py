"""Writes pages, and files only where they change, so that Sphinx reads again what has changed."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["joined_lines", "write"]

# A line that ends in a Chinese character or sign, before one that begins with such.
BREAK = re.compile(
    r"(?<=[\u2014\u201d\u3000-\u9fff\uff00-\uffef])\n(?=[\u201c\u3000-\u9fff\uff00-\uffef])"
)


def joined_lines(text: str) -> str:
    """Chinese has no spaces between words, but a browser shows a line break as one."""
    return BREAK.sub("", text)


def write(path: Path, content: str | bytes) -> None:
    data = content.encode() if isinstance(content, str) else content
    if not path.exists() or path.read_bytes() != data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
