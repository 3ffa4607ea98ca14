"""The scores over the sizes, drawn in characters."""

from __future__ import annotations

import math
from collections.abc import Set
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.search.plot_symbols import (
    BELOW,
    BESIDE,
    CHOSEN,
    CORNER,
    DASH,
    ERROR,
    HIGHEST,
    LINE,
    SIDE,
    SMALLEST,
    TICK,
    TRAINING,
    VALIDATION,
    shown,
)
from rosenblatt.search.results import SearchResults
from rosenblatt.support.text_width import padded, width_of
from rosenblatt.support.wording import worded

__all__ = ["LEAST_WIDTH", "terminal_plot"]

ROWS_PER_TICK, COLUMNS_PER_TICK = 4, 12
LEAST_WIDTH, LEAST_HEIGHT = 40, 8
LARGEST, CLOSEST = 1e300, 1e-300  # so that distances on an axis are numbers, and not 0
LONGEST_LABEL = 12


@final
@dataclass(frozen=True)
class Axis:
    """Numbers from `low` to `high` on `n` cells."""

    low: float
    high: float
    n: int

    @staticmethod
    def over(low: float, high: float, n: int) -> Axis:
        """As it is, or with room on both sides of a single number."""
        low, high = (min(max(end, -LARGEST), LARGEST) for end in (low, high))
        if high - low > CLOSEST:
            return Axis(low, high, n)
        room = 0.5 * abs(low) if abs(low) > CLOSEST else 0.5
        return Axis(low - room, high + room, n)

    def cell(self, value: float) -> int:
        """That of the value, or of the end beyond which it lies."""
        held = min(max(value, self.low), self.high)
        return round((held - self.low) / (self.high - self.low) * (self.n - 1))


@final
class Canvas:
    """Cells by column and row from the bottom; what comes later covers what was there."""

    def __init__(self, x: Axis, y: Axis) -> None:
        self.x, self.y = x, y
        self.rows = [[" "] * x.n for _ in range(y.n)]

    def mark(self, mark: str, size: float, score: float) -> None:
        """Below the lowest score, an arrow at the edge."""
        below = score < self.y.low
        self._put(
            BELOW if below else mark,
            self.x.cell(math.log10(size)),
            0 if below else self.y.cell(score),
        )

    def bar(self, mark: str, size: float, low: float, high: float) -> None:
        if high < self.y.low:
            return
        column = self.x.cell(math.log10(size))
        for row in range(self.y.cell(low), self.y.cell(high) + 1):
            self._put(mark, column, row)

    def across(self, mark: str, score: float) -> None:
        for column in range(0, self.x.n, 2):
            self._put(mark, column, self.y.cell(score))

    def _put(self, mark: str, column: int, row: int) -> None:
        self.rows[row][column] = mark


def terminal_plot(
    found: SearchResults, *, width: int = 80, height: int = 20, encoding: str | None = None
) -> str:
    """Validation and training score against the number of parameters, on a logarithmic axis.

    Parameters
    ----------
    found : SearchResults
    width : int
        Characters of the whole, at least 40.
    height : int
        Lines of the scores, at least 8.
    encoding : str, optional
        What cannot be said in it is drawn in ASCII; None for that of standard output.
    """
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        raise ValueError(
            f"A plot needs a width of {LEAST_WIDTH} and a height of {LEAST_HEIGHT} or more,"
            f" got {width} and {height}."
        )
    y = Axis.over(*found.score_range, height)
    left = labels_of_scores(y)
    margin = max(map(len, left.values()))
    sizes = np.log10(found.n_parameters[found.scored])
    x = Axis.over(float(sizes.min()), float(sizes.max()), width - margin - 3)
    canvas = drawn(found, Canvas(x, y))
    lines = [worded(f"{found.metric}, mean over {found.n_folds} folds")]
    for row in reversed(range(height)):
        cells = "".join(canvas.rows[row])
        lines.append(f"{left.get(row, ''):>{margin}} {SIDE} {cells}".rstrip())
    places = labels_of_sizes(found, x)
    rule = "".join(TICK if column in places else LINE for column in range(x.n))
    lines.append(f"{'':{margin}} {CORNER}{LINE}{rule}")
    lines.append(f"{'':{margin + 3}}{below(places, x.n)}")
    lines.append(padded(worded("parameters (logarithmic)"), width, right=True))
    lines += legend(found, set().union(*canvas.rows), width)
    return shown("\n".join(lines), encoding)


def drawn(found: SearchResults, canvas: Canvas) -> Canvas:
    """What matters most comes last."""
    n, test, error = found.n_parameters, found.test, found.error
    canvas.across(DASH, max(found.threshold, canvas.y.low))
    for i in found.beside:
        canvas.mark(BESIDE, n[i], test[i])
    for i in found.curve:
        canvas.bar(ERROR, n[i], test[i] - error[i], test[i] + error[i])
    for i in found.curve:
        canvas.mark(TRAINING, n[i], found.train[i])
    for i in found.curve:
        canvas.mark(VALIDATION, n[i], test[i])
    for mark, i in ((SMALLEST, found.smallest), (HIGHEST, found.highest), (CHOSEN, found.chosen)):
        if i is not None:
            canvas.mark(mark, n[i], test[i])
    return canvas


def legend(found: SearchResults, marks: Set[str], width: int) -> list[str]:
    """What the marks mean that are there."""
    meanings = {
        VALIDATION: "validation, best of its size",
        ERROR: "± one standard error",
        TRAINING: "training",
        CHOSEN: "chosen",
        HIGHEST: "highest mean",
        SMALLEST: "smallest within one standard error",
        DASH: "highest mean less one standard error",
        BESIDE: "other candidates",
        BELOW: "below the plot",
    }
    entries = [f"{mark} {worded(meaning)}" for mark, meaning in meanings.items() if mark in marks]
    if found.left_out:
        entries.append(worded(f"({found.left_out} without a score)"))
    lines = [""]
    for entry in entries:
        line = f"{lines[-1]}   {entry}" if lines[-1] else entry
        if width_of(line) <= width:
            lines[-1] = line
        else:
            lines.append(entry)
    return lines


def labels_of_scores(y: Axis) -> dict[int, str]:
    """Row → round number."""
    least = (y.high - y.low) / max(1, y.n // ROWS_PER_TICK)
    power = 10 ** math.floor(math.log10(least))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    decimals = max(0, -math.floor(math.log10(step)))
    numbers = range(math.ceil(y.low / step), math.floor(y.high / step) + 1)
    return {y.cell(k * step): label(k, step, decimals) for k in numbers}


def label(k: int, step: float, decimals: int) -> str:
    """k times the step, with an exponent where its digits would take the room of the plot."""
    plain = f"{k * step:,.{decimals}f}"
    return plain if len(plain) <= LONGEST_LABEL else f"{k * step:.{len(str(abs(k))) - 1}e}"


def labels_of_sizes(found: SearchResults, x: Axis) -> dict[int, str]:
    """Column → round number of parameters; where there are none, the sizes at both ends."""

    def within(size: float) -> bool:
        return x.low <= math.log10(size) <= x.high

    powers = [10**k for k in range(math.floor(x.low), math.ceil(x.high) + 1)]
    every = [factor * power for power in powers for factor in (1, 2, 5)]
    sizes = list(filter(within, every))
    if len(sizes) > x.n // COLUMNS_PER_TICK:
        sizes = list(filter(within, powers))
    if len(sizes) < 2:
        scored = found.n_parameters[found.scored]
        sizes = sorted({int(scored.min()), int(scored.max())})
    return {x.cell(math.log10(size)): f"{size:,}" for size in sizes}


def below(places: dict[int, str], width: int) -> str:
    """The labels, each in the middle below its column; one without room is left out."""
    line = ""
    for column, label in sorted(places.items()):
        start = min(max(0, column - len(label) // 2), width - len(label))
        if not line or start > len(line) + 1:
            line = line.ljust(start) + label
    return line
