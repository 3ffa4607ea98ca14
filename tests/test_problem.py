"""Rows to learn from: parts of one table, where they lie and in arrays of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from rosenblatt.problem import Arrays

X = np.arange(12.0).reshape(6, 2)
Y = np.arange(6.0)[:, None]
WEIGHTS = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])


def test_a_table_is_all_of_its_rows() -> None:
    arrays = Arrays(X, Y)
    assert arrays.n_samples == 6
    assert arrays.order.tolist() == [0, 1, 2, 3, 4, 5]
    assert arrays.gathered() is arrays


def test_a_part_shares_the_table() -> None:
    part = Arrays(X, Y, WEIGHTS).part(np.array([5, 0, 3]))
    assert part.X is X
    assert part.y is Y
    assert part.n_samples == 3
    assert part.order.tolist() == [5, 0, 3]
    assert part.order.dtype == np.int64


def test_a_part_of_a_part_is_by_position() -> None:
    part = Arrays(X, Y).part(np.array([5, 0, 3])).part(np.array([2, 0]))
    assert part.order.tolist() == [3, 5]


def test_the_order_is_the_callers_own() -> None:
    part = Arrays(X, Y).part(np.array([5, 0]))
    part.order[:] = 1
    assert part.order.tolist() == [5, 0]


@pytest.mark.parametrize("make", [np.asarray, sp.csr_array, sp.csr_matrix])
def test_gathered_rows_are_the_parts(make: Any) -> None:
    gathered = Arrays(make(X), Y, WEIGHTS).part(np.array([4, 1])).gathered()
    found = gathered.X if isinstance(gathered.X, np.ndarray) else gathered.X.toarray()
    np.testing.assert_array_equal(found, X[[4, 1]])
    np.testing.assert_array_equal(gathered.y, Y[[4, 1]])
    assert gathered.weights is not None
    assert gathered.weights.tolist() == [16, 2]
    assert gathered.rows is None


def test_mean_weight_is_of_the_rows_that_there_are() -> None:
    assert Arrays(X, Y).mean_weight == 1
    assert Arrays(X, Y, WEIGHTS).mean_weight == 63 / 6
    assert Arrays(X, Y, WEIGHTS).part(np.array([0, 1])).mean_weight == 1.5


def test_mean_weight_is_summed_in_double_precision() -> None:
    weights = np.full(2**25, np.float32(0.1))
    arrays = Arrays(np.empty((len(weights), 0)), np.empty((len(weights), 0)), weights)
    assert arrays.mean_weight == pytest.approx(float(np.float32(0.1)), rel=1e-12)


def test_entries_of_a_sparse_row() -> None:
    assert Arrays(X, Y).mean_entries is None
    assert Arrays(sp.csr_array(X), Y).mean_entries == 11 / 6
    assert Arrays(sp.csr_array((0, 3)), np.empty((0, 1))).mean_entries == 0
