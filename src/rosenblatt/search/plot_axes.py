"""What surrounds the curves of a search's picture: its axes, the names above, and the legend."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from rosenblatt.search.results import SearchResults, layers_text

__all__ = ["legend_outside", "scale", "sizes_above"]

# So many names of hidden layers have room above the picture.
MOST_NAMES = 28
# Characters of a line of the legend, two of which stand side by side.
WIDEST_LABEL = 48


def scale(ax: Any, found: SearchResults, score_name: str) -> None:
    """Parameters on a logarithmic axis, and the scores that are worth showing."""
    from matplotlib.ticker import LogLocator, NullLocator

    sizes = found.n_parameters[found.scored]
    ax.set_xscale("log")
    ax.set_xlim(sizes.min() / 1.3, sizes.max() * 1.3)
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(lambda size, _: f"{size:,.0f}")
    low, high = found.score_range
    room = 0.06 * (high - low) or 0.05 * abs(high) or 0.05
    ax.set_ylim(low - room, high + room)
    ax.set_xlabel("parameters (logarithmic)")
    ax.set_ylabel(score_name)
    ax.grid(axis="y", color="#E8E8E8", linewidth=0.8)
    ax.set_axisbelow(True)


def sizes_above(ax: Any, found: SearchResults) -> Any:
    """The hidden layers above their points; where room is short, the marked ones come first, then
    those without any, then the highest scores."""
    from matplotlib.ticker import FixedLocator, NullLocator

    low, high = np.log10(ax.get_xlim())
    marked = [i for i in (found.chosen, found.highest, found.smallest) if i is not None]
    ranked = sorted(found.curve.tolist(), key=lambda i: (len(found.sizes[i]) > 0, -found.test[i]))
    placed: dict[float, str] = {}
    for i in (*marked, *ranked):
        place = math.log10(found.n_parameters[i])
        if all(abs(place - other) >= (high - low) / MOST_NAMES for other in placed):
            placed[place] = layers_text(found.sizes[i])
    names = ax.secondary_xaxis("top")
    names.xaxis.set_major_locator(FixedLocator([10**place for place in placed]))
    names.xaxis.set_minor_locator(NullLocator())
    names.set_xticklabels(placed.values(), rotation=60, ha="left", fontsize=8)
    names.tick_params(axis="x", length=3, pad=1)
    names.set_xlabel("hidden layers", fontsize=9)
    return names


def legend_outside(ax: Any, handles: Sequence[Any]) -> None:
    """Below the axes: nothing that is drawn lies under it."""
    ax.legend(
        handles,
        [wrapped(handle.get_label()) for handle in handles],
        loc="upper center",
        bbox_to_anchor=(0.5, -0.14),
        ncols=2,
        frameon=False,
        fontsize=9,
    )


def wrapped(label: str) -> str:
    """In lines of a width, the first of which ends with a colon where there is one."""
    if len(label) <= WIDEST_LABEL:
        return label
    lines = label.replace(": ", ":\n", 1).split("\n")
    return "\n".join(textwrap.fill(line, WIDEST_LABEL) for line in lines)
