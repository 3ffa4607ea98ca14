"""Grids of axes, and pictures and signed numbers in them; matplotlib is imported at first use."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.axes import new_figure, require_axes

__all__ = ["columns_for", "grid_of_axes", "limits_of", "show_numbers", "show_picture"]

# Blue below 0, white at 0, red above: no number and its opposite look alike.
SIGNED, POSITIVE, FRAME = "RdBu_r", "magma", "#BBBBBB"


def columns_for(n: int) -> int:
    """How many of n panels stand side by side: as many as below one another up to twice as many.

    Of these numbers it is the first that leaves the fewest places empty.
    """
    least, most = ceil(sqrt(n)), ceil(sqrt(2 * n))
    return min(range(max(least, 1), most + 1), key=lambda columns: -n % columns, default=1)


def grid_of_axes(
    ax: Any, n_rows: int, n_columns: int, *, owner: str, panel: tuple[float, float] = (1.1, 1.1)
) -> tuple[Any, Any]:
    """A figure, and empty places for panels, shape (n_rows, n_columns).

    Parameters
    ----------
    ax : matplotlib Axes, optional
        Its place is divided among the panels; None for a new figure.
    n_rows, n_columns : int
    owner : str
        What the error says that needs matplotlib.
    panel : (float, float)
        Width and height of a panel of a new figure, in inches.
    """
    if ax is None:
        width, height = panel
        size = (max(4.0, width * n_columns + 1), max(2.0, height * n_rows + 0.6))
        figure = new_figure(f"{owner}.plot", figsize=size, layout="constrained")
        grid = figure.add_gridspec(n_rows, n_columns)
    else:
        require_axes(ax)
        spec = ax.get_subplotspec()
        if spec is None:
            raise InputError("ax must be one of a figure's subplots, whose place can be divided.")
        figure = ax.figure
        grid = spec.subgridspec(n_rows, n_columns)
        ax.set_axis_off()
    axes = np.empty((n_rows, n_columns), dtype=object)
    for place in np.ndindex(axes.shape):
        axes[place] = panel_axes = figure.add_subplot(grid[place])
        panel_axes.set_axis_off()
    return figure, axes


def show_picture(ax: Any, picture: Any, limits: tuple[float, float] | None = None) -> Any:
    """A picture of shape (height, width, channels), of three channels in colour.

    Of one channel it is grey, of any other number the mean of the channels is.

    Parameters
    ----------
    ax : matplotlib Axes
    picture : array
        Bytes, or numbers.
    limits : (float, float), optional
        What is black and what is white; None for `limits_of` the picture.
    """
    low, high = limits or limits_of(picture)
    shares = np.clip((picture.astype(np.float64) - low) / ((high - low) or 1.0), 0, 1)
    if shares.shape[2] != 3:
        shares = shares.mean(axis=2)
    return drawn(ax, shares, cmap="gray", vmin=0, vmax=1)


def limits_of(pictures: Any) -> tuple[float, float]:
    """0 and 255 of bytes, 0 and 1 of numbers between them, else the least and the greatest."""
    if pictures.dtype == np.uint8:
        return 0.0, 255.0
    low, high = float(pictures.min()), float(pictures.max())
    return (0.0, 1.0) if low >= 0 and high <= 1 else (low, high)


def show_numbers(ax: Any, numbers: Any, largest: float, *, signed: bool) -> Any:
    """An array (height, width) in colours: from -largest to largest, or from 0."""
    low, colours = (-largest, SIGNED) if signed else (0.0, POSITIVE)
    return drawn(ax, numbers, cmap=colours, vmin=low, vmax=largest)


def drawn(ax: Any, numbers: Any, **scale: Any) -> Any:
    """Every number a square, and a thin frame around them, as what is near 0 may be white."""
    ax.set_axis_on()
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(color=FRAME, linewidth=0.5)
    return ax.imshow(numbers, interpolation="nearest", **scale)
