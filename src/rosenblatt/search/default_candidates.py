"""The default candidates: a ladder of widths and depths that fits the data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

__all__ = ["Sizes", "ladder"]

Sizes = tuple[int, ...]

NARROWEST, WIDEST = 4, 512
# The widest single layer has about so many weights for each number in the targets ...
WEIGHTS_PER_ROW = 4
# ... and a third layer needs so many rows to be worth the time.
ROWS_FOR_DEPTH = 5_000


def ladder(n_samples: int, n_inputs: int, n_outputs: int) -> list[Sizes]:
    """Hidden layers to try, from the smallest network to the largest.

    Widths are powers of two from 4 to the first with which one hidden layer has four weights for
    each row, at least 16 and at most 512: a ladder that ends below the size that the data can
    feed would hide where the gain ends. Each width comes with one and two hidden layers, and with
    three where there are rows enough; the network without any, a linear model, comes first.
    """
    depths = (1, 2, 3) if n_samples >= ROWS_FOR_DEPTH else (1, 2)
    sizes = [(w,) * depth for w in widths(n_samples, n_inputs, n_outputs) for depth in depths]
    return [(), *sorted(sizes, key=lambda hidden: n_weights(hidden, n_inputs, n_outputs))]


def widths(n_samples: int, n_inputs: int, n_outputs: int) -> Iterator[int]:
    width = NARROWEST
    yield width
    while width < WIDEST and (
        width < 16 or width * (n_inputs + n_outputs) < WEIGHTS_PER_ROW * n_samples
    ):
        width *= 2
        yield width


def n_weights(hidden: Sizes, n_inputs: int, n_outputs: int) -> int:
    sizes = (n_inputs, *hidden, n_outputs)
    return sum(a * b for a, b in pairwise(sizes))
