"""Warnings that point at the user's line, however deep in the library they are raised."""

from __future__ import annotations

import sys
import warnings
from types import FrameType

__all__ = ["warn_caller"]

# Packages between the user's line and the code that warns.
INNER = {"abc", "contextlib", "importlib", "joblib", "rosenblatt", "scipy", "sklearn"}


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Issue a warning at the nearest frame that is in none of the inner packages.

    Python 3.12's `skip_file_prefixes` does the same; 3.11 has only counted stack levels, which
    change whenever a function is extracted.
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and is_inner(frame):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def is_inner(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return name.partition(".")[0] in INNER
