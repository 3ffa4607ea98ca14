"""The marks of a search shown in text, and what stands for them where they cannot be shown."""

from __future__ import annotations

import sys

__all__ = [
    "BELOW",
    "BESIDE",
    "CHOSEN",
    "CORNER",
    "DASH",
    "ERROR",
    "HIGHEST",
    "LINE",
    "SIDE",
    "SMALLEST",
    "TICK",
    "TRAINING",
    "VALIDATION",
    "shown",
]

VALIDATION, TRAINING, BESIDE, BELOW = "●○·▼"
CHOSEN, HIGHEST, SMALLEST = "◆▲■"
ERROR, DASH = "┃╌"
SIDE, CORNER, LINE, TICK = "│└─┴"

PLAIN = str.maketrans("●○·▼◆▲■┃╌│└─┴²−", "ox.v*^#:-|+-+2-")


def shown(text: str, encoding: str | None = None) -> str:
    """The text in what `encoding` can say, in as many characters; None: standard output's."""
    encoding = encoding or getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.replace(" ± ", " +-").translate(PLAIN)
    return text
