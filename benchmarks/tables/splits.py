"""The rows to fit on and the rows to be judged by, the same for every contender."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ROWS", "Split", "split"]

ROWS = 6000


class Split(NamedTuple):
    """Two frames without a common row, each with the column `target`, numbered from 0."""

    train: pd.DataFrame
    test: pd.DataFrame


def split(frame: pd.DataFrame, seed: int, rows: int = ROWS) -> Split:
    """Shuffle by NumPy's default generator of this seed; the first rows train, the next ones test.

    At most `rows` and at most three quarters of the table (rounded down) train, and at most `rows`
    of what is left test. Classes are not stratified.
    """
    order = np.random.default_rng(seed).permutation(len(frame))
    training = min(rows, 3 * len(frame) // 4)
    return Split(
        frame.iloc[order[:training]].reset_index(drop=True),
        frame.iloc[order[training : training + rows]].reset_index(drop=True),
    )
