"""Passes over files: how many there are, what they gather, and how far they are said to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.shards.learning import learn_files
from rosenblatt.cluster.shards.manifest import manifest_of
from rosenblatt.cluster.shards.order import EpochOrder
from rosenblatt.cluster.shards.outside import Wanted, outside
from rosenblatt.cluster.shards.over import Here
from rosenblatt.cluster.shards.shards import Shards
from rosenblatt.cluster.shards.split import HELD_OUT, TRAIN, VALIDATION, RowShares
from tests.support.parquet_files import numbers, spread

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Counted:
    """In this process; the names of the passes that were made."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(
        self, work: Callable[[Any, int], Any], shared: Any, numbers: Sequence[int]
    ) -> Iterator[Any]:
        self.names.append(work.__name__)
        return Here()(work, shared, numbers)


def test_rows_of_three_parts_are_gathered_in_one_pass(tmp_path: Path) -> None:
    manifest = manifest_of(spread(numbers(900, 3), tmp_path / "data"))
    shares, over = RowShares(3, 0.2, 0.1), Counted()
    learnt = learn_files(manifest, over, target="y", shares=shares)
    order = EpochOrder(np.array(learnt.counts), 100, 0)
    shards = Shards(manifest, shares, learnt.encoding, order, np.float64)
    wanted = (
        Wanted(VALIDATION, learnt.sizes[1]),
        Wanted(HELD_OUT, learnt.sizes[2]),
        Wanted(TRAIN, share=0.5),
        Wanted(TRAIN, share=0.0),
    )
    over.names.clear()
    found = outside(shards, over, *wanted)
    assert over.names == ["gathered"]
    for rows, one in zip(wanted[:3], found, strict=False):
        (alone,) = outside(shards, Here(), rows)
        assert one is not None
        assert alone is not None
        assert np.array_equal(one.X, alone.X)
        assert np.array_equal(one.y, alone.y)
    sizes = [0 if block is None else len(block.X) for block in found]
    assert sizes[:2] == list(learnt.sizes[1:])
    assert 0.4 < sizes[2] / learnt.sizes[0] < 0.6
    assert sizes[3] == 0


def test_numbers_are_learnt_in_four_passes(tmp_path: Path) -> None:
    manifest, over = manifest_of(spread(numbers(20_000, 2), tmp_path / "data")), Counted()
    learn_files(manifest, over, target="y", shares=RowShares())
    assert over.names in (
        ["surveyed", "counted", "measured"],
        ["surveyed", "counted", "counted", "measured"],
    )


@pytest.mark.parametrize("verbose", ["bar", False])
def test_a_line_says_how_far_the_passes_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verbose: Any
) -> None:
    folder = spread(numbers(600, 2), tmp_path / "data")
    est = MLPClassifier(4, max_iter=1, early_stopping=True, verbose=verbose, random_state=0)
    ClusterTraining(est, address="inproc").fit(folder, target="y")
    said = capsys.readouterr().err
    n = len(manifest_of(folder).groups)
    for what in ("learning columns", "rows set aside"):
        lines = re.findall(rf"{what}, pass \d+ \[█+\] row group {n}/{n}", said)
        assert len(lines) == (verbose == "bar")
