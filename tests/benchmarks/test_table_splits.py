"""Training and test rows of the leaderboard's tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.tables.splits import split


def table(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"x": np.arange(rows), "target": np.arange(rows) % 3})


@pytest.mark.parametrize(
    ("rows", "training", "test"),
    [
        (569, 426, 143),
        (1797, 1347, 450),
        (8000, 6000, 2000),
        (9000, 6000, 3000),
        (12_000, 6000, 6000),
        (50_000, 6000, 6000),
    ],
)
def test_small_tables_are_split_three_to_one_and_large_ones_are_cut(
    rows: int, training: int, test: int
) -> None:
    parts = split(table(rows), seed=0, rows=6000)
    assert (len(parts.train), len(parts.test)) == (training, test)


def test_no_row_is_in_both_parts_and_rows_stay_whole() -> None:
    parts = split(table(1001), seed=3)
    assert sorted([*parts.train.x, *parts.test.x]) == list(range(1001))
    for part in parts:
        assert (part.target == part.x % 3).all()
        assert list(part.index) == list(range(len(part)))


def test_a_seed_gives_the_same_rows_in_every_version() -> None:
    """Results of peers are kept, and are compared with ours of later versions."""
    first = [9, 2, 7, 4, 5, 11, 0, 3, 6]
    assert list(split(table(12), seed=0).train.x) == first
    assert list(split(table(12), seed=1).train.x) != first
