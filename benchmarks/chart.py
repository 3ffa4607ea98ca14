"""The chart of a report: `python -m benchmarks.chart REPORT.json [REPORT.json …] CHART.png`.

Several reports of one machine, from runs of some cases each, are drawn as one.

Times are drawn relative to ours, on a logarithmic axis: races from a fraction of a microsecond to a
tenth of a second stand side by side, and the distance from us is what is read off.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.ours import BFloat16, Predictor
from benchmarks.races import OURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw"]

Record = dict[str, Any]

# Okabe and Ito's colours, told apart by those who see fewer, and a shape for each as well.
STYLES = {
    OURS: ("#D55E00", "o", 95),
    Predictor.name: ("#E69F00", "o", 60),
    BFloat16.name: ("#F0E442", "o", 60),
    "JAX": ("#0072B2", "s", 48),
    "torch.compile": ("#009E73", "^", 58),
    "PyTorch": ("#CC79A7", "v", 58),
    "scikit-learn": ("#56B4E9", "D", 44),
}
LIMIT, LIMIT_NAME = "#222222", "limit of the machine"
PANELS = (
    ("training", "Training: one step (rows × features, hidden layers, batch)"),
    ("prediction", "Prediction: one call (rows × features, hidden layers)"),
)
LEFT = 0.02  # a limit further away than this is an arrow at the edge


def draw(report: Record, path: Path) -> bool:
    """Writes the chart of the races that we ran in; False where there are none."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    panels = [(title, _races(report, kind)) for kind, title in PANELS]
    panels = [(title, races) for title, races in panels if races]
    if not panels:
        return False
    rows = [len(races) for _, races in panels]
    figure, (first, *others) = plt.subplots(
        len(panels),
        squeeze=False,
        sharex=True,
        figsize=(11.0, 1.9 + 0.36 * sum(rows) + 0.4 * (len(rows) - 1)),
        height_ratios=[count + 0.6 for count in rows],
        layout="constrained",
    )[:2]
    all_axes = [first[0], *(other[0] for other in others)]
    for axes, (title, races) in zip(all_axes, panels, strict=True):
        _draw_panel(axes, title, races)
    _label_axis(all_axes[-1])
    _title_and_legend(figure, all_axes, report["machine"])
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return True


def _races(report: Record, kind: str) -> list[Record]:
    """The quickest at the top."""
    races = [race for race in report["races"] if race["kind"] == kind and OURS in _medians(race)]
    return sorted(races, key=lambda race: _medians(race)[OURS], reverse=True)


def _medians(record: Record) -> dict[str, float]:
    return {
        contender["name"]: contender["step_microseconds"]["median"]
        for contender in record["contenders"]
        if contender["best_of_its_name"] and contender["name"] in STYLES
    }


def _draw_panel(axes: Axes, title: str, races: Sequence[Record]) -> None:
    axes.set_xscale("log")
    axes.axvline(1, color=STYLES[OURS][0], linewidth=1.2, alpha=0.5, zorder=1)
    for row, record in enumerate(races):
        _draw_race(axes, row, record)
    axes.set_ylim(-0.6, len(races) - 0.4)
    axes.set_yticks(range(len(races)), [_label(record) for record in races], fontsize=9.5)
    axes.set_title(title, loc="left", fontsize=10.5, fontweight="bold")
    axes.set_title(
        "rosenblatt", loc="right", fontsize=9.5, color=STYLES[OURS][0], fontweight="bold"
    )
    axes.grid(axis="x", which="major", color="#E4E4E4", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def _draw_race(axes: Axes, row: int, record: Record) -> None:
    medians = _medians(record)
    ours = medians[OURS]
    relative = {name: medians[name] / ours for name in STYLES if name in medians}
    span = [min(relative.values()), max(relative.values())]
    axes.plot(span, [row, row], color="#CCCCCC", zorder=1)
    for name, value in relative.items():
        color, marker, size = STYLES[name]
        axes.scatter(
            value,
            row,
            s=size,
            color=color,
            marker=marker,
            edgecolors="white",
            linewidths=0.8,
            label=name,
            zorder=4 if name == OURS else 3,
        )
    if record["limit"] is not None:
        _draw_limit(axes, row, record["limit"]["microseconds"] / ours)
    axes.annotate(
        _time(ours),
        (1.0, row),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="center",
        fontsize=9.5,
        color=STYLES[OURS][0],
    )


def _draw_limit(axes: Axes, row: int, relative: float) -> None:
    if relative < LEFT:
        axes.scatter(LEFT * 1.04, row, marker="<", s=42, color=LIMIT, zorder=2)
    else:
        axes.vlines(
            relative, row - 0.32, row + 0.32, color=LIMIT, linewidth=2, label=LIMIT_NAME, zorder=5
        )


def _label_axis(axes: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    # Room on the right for our own times.
    axes.set_xlim(LEFT, axes.get_xlim()[1] * 2.2)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=30))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.4g}×")
    axes.tick_params(axis="x", labelsize=9)
    axes.set_xlabel("time relative to rosenblatt's, logarithmic: what is further right is slower")


def _title_and_legend(figure: Figure, all_axes: Sequence[Axes], machine: Record) -> None:
    cores = machine["cores_usable"]
    figure.suptitle(
        f"rosenblatt and its peers, float32, {machine['cpu']}, {cores} core{'s'[: cores != 1]}",
        fontsize=12.5,
        fontweight="bold",
    )
    handles: dict[str, Any] = {}
    for axes in all_axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    order = [name for name in (*STYLES, LIMIT_NAME) if name in handles]
    figure.legend(
        [handles[name] for name in order],
        order,
        loc="outside lower center",
        ncols=len(order),
        frameon=False,
        fontsize=9.5,
        handletextpad=0.4,
        columnspacing=1.6,
    )


def _time(microseconds: float) -> str:
    if microseconds < 1000:
        return f"{microseconds:.3g} µs" if microseconds < 100 else f"{microseconds:.0f} µs"
    return f"{microseconds / 1000:.3g} ms"


def _label(record: Record) -> str:
    layers = "-".join(str(units) for units in record["hidden"]) or "no hidden layer"
    shape = f"{record['rows']:,}×{record['features']:,}"
    if record["kind"] == "prediction":
        return f"{shape}, {layers}"
    sparse = " CSR" if record["entries"] < record["rows"] * record["features"] else ""
    solver = ", SGD" if "SGD" in record["job"] else ""
    return f"{shape}{sparse}, {layers}, batch {record['batch']:,}{solver}"


def joined(reports: Sequence[Record]) -> Record:
    """All races of the reports. ValueError where they were not run on one kind of machine."""
    processors = {report["machine"]["cpu"] for report in reports}
    if len(processors) != 1:
        raise ValueError(f"reports of several processors: {sorted(processors)}")
    races = [race for report in reports for race in report["races"]]
    return {"machine": reports[0]["machine"], "races": races}


if __name__ == "__main__":
    *reports_, chart_ = map(Path, sys.argv[1:])
    draw(joined([json.loads(path.read_text(encoding="utf-8")) for path in reports_]), chart_)
