"""The plot in characters."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.search.plot_symbols import shown
from rosenblatt.search.summary import candidates_table
from rosenblatt.search.terminal import terminal_plot
from tests.support.search_results import made

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning"),
]


def cells(plot: str) -> tuple[list[str], str]:
    """The rows right of the axis from the top, and the line of the axis below them."""
    lines = plot.splitlines()
    rows = [line.partition("│ ")[2] for line in lines if "│" in line]
    return rows, next(line for line in lines if "└" in line)


def places(plot: str, mark: str) -> list[tuple[int, int]]:
    rows, _ = cells(plot)
    return [(c, r) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == mark]


@pytest.mark.parametrize(("width", "height"), [(80, 20), (61, 12), (120, 33)])
def test_marks_stand_in_the_rows_and_columns_of_their_numbers(width: int, height: int) -> None:
    found = made(test=np.array([0.70, 0.85, 1.00, 0.90]), error=np.zeros(4), train=np.ones(4))
    plot = terminal_plot(found, width=width, height=height, encoding="utf-8")
    rows, axis = cells(plot)
    assert len(rows) == height
    assert max(map(len, plot.splitlines())) == width
    left = axis.index("└") + 2
    n_columns = width - left
    validation = places(plot, "●")
    # A decade is a third of the way; 0.70 is the bottom and 1.00 the top.
    assert validation == [
        (n_columns - 1, height - 1 - round(2 / 3 * (height - 1))),
        (0, height - 1),
    ]
    assert places(plot, "■") == [(round((n_columns - 1) / 3), height - 1 - round((height - 1) / 2))]
    assert places(plot, "◆") == [(round((n_columns - 1) * 2 / 3), 0)]
    assert [c for c, r in places(plot, "○")] == [0, round((n_columns - 1) / 3), n_columns - 1]
    ticks = [column - left for column, cell in enumerate(axis) if cell == "┴"]
    assert {0, n_columns - 1} <= set(ticks)


def test_error_bars_reach_one_standard_error_up_and_down() -> None:
    found = made(error=np.array([0.0, 0.0, 0.1, 0.0]), train=np.full(4, 0.9))
    plot = terminal_plot(found, height=31, encoding="utf-8")  # a row for each 0.01
    bar = [row for _, row in places(plot, "┃")]
    assert (min(bar), max(bar)) == (0, 20)
    assert places(plot, "◆")[0][1] == 10
    assert {row for _, row in places(plot, "╌")} == {20}  # the threshold


def test_axes_are_labelled() -> None:
    lines = terminal_plot(made(), encoding="utf-8").splitlines()
    assert lines[0] == "accuracy, mean over 5 folds"
    below = next(i for i, line in enumerate(lines) if "└" in line)
    assert lines[below + 1].split() == ["10", "100", "1,000", "10,000"]
    assert lines[below + 2].strip() == "parameters (logarithmic)"
    legend = " ".join(lines[below + 3 :])
    for entry in ("● validation", "○ training", "◆ chosen", "■ smallest within one standard error"):
        assert entry in legend
    assert "▼" not in legend
    numbers = [line.split("│")[0].strip() for line in lines[1:below]]
    assert [number for number in numbers if number] == ["1.0", "0.9", "0.8", "0.7"]


def test_faint_far_and_failed_ones_in_the_plot() -> None:
    compared = np.array([True, True, False, True])
    plot = terminal_plot(made(compared=compared, chosen=1, highest=1), encoding="utf-8")
    assert len(places(plot, "·")) == 1
    assert "· other candidates" in plot
    test = np.array([np.nan, 0.88, 0.90, -40.0])
    plot = terminal_plot(
        made(test=test, compared=np.isfinite(test), error=np.full(4, 0.01)), encoding="utf-8"
    )
    assert "(1 without a score)" in plot


def test_ascii_where_the_encoding_has_no_more() -> None:
    plot = terminal_plot(made(metric="R²"), encoding="ascii")
    assert plot.isascii()
    rich = terminal_plot(made(metric="R²"), encoding="utf-8")
    assert [len(line) for line in plot.splitlines()] == [len(line) for line in rich.splitlines()]
    assert plot.startswith("R2")
    assert "o validation" in plot
    table = candidates_table(made(), "latin-1")
    table.encode("latin-1")
    assert "0.9000 +-0.0300" in candidates_table(made(), "ascii")
    assert shown("◆ ± 1", "gb18030") == "◆ ± 1"


@pytest.mark.parametrize("largest", [2e-323, 1e-300, 1e-9, 1e9, 1e90, 1.7e308])
def test_scores_of_any_size_leave_room_for_the_plot(largest: float) -> None:
    test = largest * np.array([-1.0, -0.7, -0.5, -0.4])
    with np.errstate(over="ignore"):  # a bar that reaches beyond the floats
        found = made(test=test, error=np.abs(test), train=test / 2, highest=3, chosen=3)
        plot = terminal_plot(found, width=40, height=8, encoding="utf-8")
    lines = plot.splitlines()
    assert max(map(len, lines)) <= 40
    assert sum(len(places(plot, mark)) for mark in "●◆■▼") >= 2
    labels = [label for line in lines if (label := line.partition("│")[0].strip())]
    assert len(set(labels)) == len(labels)


def test_a_plot_needs_room() -> None:
    with pytest.raises(ValueError, match="got 39 and 20"):
        terminal_plot(made(), width=39)
    with pytest.raises(ValueError, match="got 80 and 7"):
        terminal_plot(made(), height=7)
