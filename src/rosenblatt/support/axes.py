"""Whether something is a place to draw in, without matplotlib."""

from __future__ import annotations

from typing import Any

from rosenblatt.support.listing import brief

__all__ = ["require_axes"]


def require_axes(ax: Any) -> None:
    """TypeError for what is no Axes of matplotlib."""
    if not hasattr(ax, "get_subplotspec"):
        raise TypeError(f"ax={brief(ax)} is no Axes of matplotlib: leave it out, or give one.")
