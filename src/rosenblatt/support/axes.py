"""A place to draw in; matplotlib is imported at first use."""

from __future__ import annotations

from typing import Any

from rosenblatt.support.listing import brief
from rosenblatt.support.optional_dependencies import missing

__all__ = ["axes_of", "new_figure", "require_axes"]


def axes_of(ax: Any, owner: str, **figure: Any) -> Any:
    """These Axes, or those of a new figure for None.

    Parameters
    ----------
    ax : matplotlib Axes, optional
    owner : str
        What the error says that needs matplotlib.
    figure : dict
        Options of matplotlib's `figure`.
    """
    if ax is None:
        return new_figure(owner, **figure).subplots()
    require_axes(ax)
    return ax


def new_figure(owner: str, **options: Any) -> Any:
    """An empty figure of `matplotlib.pyplot`, which shows it in notebooks."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise missing(owner, "matplotlib", error) from error
    return plt.figure(**options)


def require_axes(ax: Any) -> None:
    """TypeError for what is no Axes of matplotlib."""
    if not hasattr(ax, "get_subplotspec"):
        raise TypeError(f"ax={brief(ax)} is no Axes of matplotlib: leave it out, or give one.")
