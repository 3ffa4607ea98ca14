"""Lines in characters: every character of a terminal has two by four dots of Braille."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import final

__all__ = ["Canvas"]

COLUMNS, ROWS = 60, 15
BLANK = 0x2800
# Of the dot in a column and a row of a character: Unicode's bits of Braille patterns.
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


@final
class Canvas:
    """A picture of a width and a height in 60 columns and 15 rows."""

    def __init__(self, width: float, height: float) -> None:
        self.across, self.down = 2 * COLUMNS / width, 4 * ROWS / height
        self.cells = [[0] * COLUMNS for _ in range(ROWS)]

    def draw(self, points: Sequence[tuple[float, float]]) -> None:
        """Join the points; what lies beyond the edges is left out."""
        for (x, y), (to_x, to_y) in pairwise(points):
            dots = int(max(abs(to_x - x) * self.across, abs(to_y - y) * self.down)) + 1
            for k in range(dots + 1):
                part = k / dots
                self._dot(x + part * (to_x - x), y + part * (to_y - y))

    def text(self) -> str:
        return "\n".join("".join(chr(BLANK + bits) for bits in row) for row in self.cells)

    def _dot(self, x: float, y: float) -> None:
        column, row = int(x * self.across // 1), int(y * self.down // 1)
        if 0 <= column < 2 * COLUMNS and 0 <= row < 4 * ROWS:
            self.cells[row // 4][column // 2] |= DOTS[column % 2][row % 4]
