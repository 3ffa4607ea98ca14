"""The picture of a leaderboard: error against the CPU seconds of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, final

from benchmarks.tables.compare import compare
from benchmarks.tables.contenders import CONTENDERS, is_ours
from benchmarks.tables.results import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw", "points"]

REFERENCE = "LightGBM"
OURS, PEERS = "#D55E00", "#0072B2"  # two of Okabe and Ito's colours


@final
@dataclass(frozen=True)
class Point:
    name: str
    seconds: float
    ratio: float
    tables: int


def points(records: Sequence[Record]) -> list[Point]:
    """Geometric means over the tables that a contender and LightGBM have run."""
    found = []
    for name in CONTENDERS:
        comparison = compare(records, name, REFERENCE)
        if comparison is not None:
            found.append(Point(name, comparison.cpu, comparison.ratio, comparison.tables))
    return found


def draw(records: Sequence[Record], path: Path) -> bool:
    """Writes the picture; False where LightGBM, to which errors are related, has not run."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    drawn = points(records)
    if not drawn:
        return False
    figure, axes = plt.subplots(figsize=(8.0, 4.8), layout="constrained")
    most = max(point.tables for point in drawn)
    for point in drawn:
        _draw_point(axes, point, most, _is_free_above(point, drawn))
    _label(axes, records, most)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return True


def _is_free_above(point: Point, drawn: Sequence[Point]) -> bool:
    """Whether no other point lies where the name would stand."""
    height = 0.08 * (max(one.ratio for one in drawn) - min(one.ratio for one in drawn))
    return not any(
        0 <= other.ratio - point.ratio < height and 1 / 3 < other.seconds / point.seconds < 3
        for other in drawn
        if other is not point
    )


def _draw_point(axes: Axes, point: Point, most: int, above: bool) -> None:
    color = OURS if is_ours(point.name) else PEERS
    axes.scatter(
        point.seconds,
        point.ratio,
        s=80,
        color=color,
        marker="o" if is_ours(point.name) else "s",
        edgecolors="white",
        zorder=3,
    )
    fewer = "" if point.tables == most else f" ({_count(point.tables, 'table')})"
    axes.annotate(
        point.name + fewer,
        (point.seconds, point.ratio),
        xytext=(0, 9 if above else -9),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        color=color,
        fontsize=9.5,
        fontweight="bold" if is_ours(point.name) else "normal",
    )


def _label(axes: Axes, records: Sequence[Record], tables: int) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 3.0), numticks=30))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.4g} s")
    axes.margins(x=0.14, y=0.14)
    axes.axhline(1, color="#999999", linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.grid(color="#EBEBEB", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel("CPU seconds of a fit, geometric mean, logarithmic")
    axes.set_ylabel(f"error relative to {REFERENCE}'s, geometric mean")
    axes.set_title(
        "Everyone's defaults: the lower the more accurate, the further left the cheaper\n",
        loc="left",
        fontsize=11,
        fontweight="bold",
    )
    rows = max(record["training_rows"] for record in records)
    seeds = len({record["seed"] for record in records})
    axes.annotate(
        f"{_count(tables, 'table')}, {_count(seeds, 'seed')}, at most {rows:,} training rows",
        (0, 1),
        xytext=(0, 8),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=9.5,
        color="#555555",
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s'[: number != 1]}"
