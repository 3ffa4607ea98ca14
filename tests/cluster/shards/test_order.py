"""The order of an epoch is a permutation, whoever reads which part of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.cluster.shards.order import EpochOrder
from rosenblatt.cluster.shards.split import HELD_OUT, TRAIN, VALIDATION, RowShares


def rows_in(order: EpochOrder, epoch: int, begin: int, end: int) -> npt.NDArray[np.int64]:
    firsts = np.cumsum(order.counts) - order.counts
    pieces = order.pieces(epoch, begin, end)
    return np.concatenate([np.arange(p.begin, p.end) + firsts[p.group] for p in pieces] or [[]])


@given(
    counts=st.lists(st.integers(0, 30), min_size=1, max_size=12).filter(lambda c: sum(c) > 0),
    window=st.integers(1, 60),
    workers=st.integers(1, 7),
    epoch=st.integers(0, 3),
)
def test_every_row_comes_once(counts: list[int], window: int, workers: int, epoch: int) -> None:
    order = EpochOrder(np.array(counts), window, 5)
    seen = []
    for k in range(order.windows):
        n, first = order.rows_of(k), k * window
        held = [
            rows_in(order, epoch, first + n * w // workers, first + n * (w + 1) // workers)
            for w in range(workers)
        ]
        assert [len(part) for part in held] == [
            n * (w + 1) // workers - n * w // workers for w in range(workers)
        ]
        seen.append(np.concatenate(held)[order.shuffled(epoch, k)])
    assert np.array_equal(np.sort(np.concatenate(seen)), np.arange(sum(counts)))


def test_it_follows_from_seed_and_epoch() -> None:
    def first(seed: int | None, epoch: int) -> list[int]:
        order = EpochOrder(np.full(20, 10), 50, seed)
        rows = rows_in(order, epoch, 0, 50)[order.shuffled(epoch, 0)]
        return [int(row) for row in rows]

    assert first(1, 0) == first(1, 0)
    assert first(1, 0) != first(1, 1)
    assert first(1, 0) != first(2, 0)
    assert first(None, 3) == list(range(50))


def test_shares_are_those_of_the_rows_numbers() -> None:
    shares = RowShares(3, 0.1, 0.2)
    whole = shares.of(0, 100_000)
    parts = np.concatenate([shares.of(0, 12_345), shares.of(12_345, 100_000 - 12_345)])
    assert np.array_equal(whole, parts)
    n = np.bincount(whole, minlength=3)
    # Five standard deviations of a binomial.
    assert n[VALIDATION] == pytest.approx(10_000, abs=5 * 95)
    assert n[HELD_OUT] == pytest.approx(20_000, abs=5 * 127)
    assert not np.array_equal(whole, RowShares(4, 0.1, 0.2).of(0, 100_000))
    assert (RowShares(3).of(7, 50) == TRAIN).all()
