"""The work that cannot be done without, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest


def test_the_work_of_a_step_by_hand() -> None:
    from benchmarks.cases import Case
    from benchmarks.data import Source
    from benchmarks.limit import training_work

    case = Case("", Source(10, 3, 4), (5, 6), batch=5, epochs=7)
    work = training_work(case, rows=10, entries=30)
    # 5 rows: 3x5 twice, 5x6 and 6x4 three times; a product is two operations.
    assert work.flops == 2 * 5 * (2 * 15 + 3 * 30 + 3 * 24)
    # 15 + 5, 30 + 6 and 24 + 4 parameters, of three numbers each, in and out; 5 rows of 3.
    assert work.bytes == 4 * (2 * 3 * 84 + 15)
    plain = training_work(replace(case, solver="sgd"), rows=10, entries=30)
    assert plain == replace(work, bytes=4 * (2 * 84 + 15))


def test_a_short_last_batch_makes_the_mean_step_smaller() -> None:
    from benchmarks.cases import Case
    from benchmarks.data import Source
    from benchmarks.limit import training_work

    case = Case("", Source(10, 3, 2), (), batch=4, epochs=2)  # a perceptron: 3x1
    assert case.steps == 6
    work = training_work(case, rows=10, entries=30)
    assert work.flops == pytest.approx(2 * (10 / 3) * 2 * 3)
    assert work.bytes == pytest.approx(4 * (6 * 4 + (10 / 3) * 3))


def test_the_work_of_a_sparse_step_is_that_of_its_entries() -> None:
    from benchmarks.cases import Case
    from benchmarks.data import Source
    from benchmarks.limit import training_work

    case = Case("", Source(10, 100, 2, density=0.05), (8,), batch=5, epochs=1)
    work = training_work(case, rows=10, entries=40)
    assert work.flops == 2 * 5 * (2 * 4 * 8 + 3 * 8)
    # A row: 4 values, 4 columns, 1 start. 808 + 9 parameters.
    assert work.bytes == 4 * (2 * 3 * 817 + 5 * 9)


def test_the_work_of_a_prediction_by_hand() -> None:
    from benchmarks.cases import Prediction
    from benchmarks.data import Source
    from benchmarks.limit import Limit, Rates, prediction_work

    work = prediction_work(Prediction("", Source(9, 3, 2), (5,), rows=7, calls=1))
    assert work.flops == 2 * 7 * (15 + 5)
    assert work.bytes == 4 * (20 + 6 + 7 * (3 + 2))
    limit = Limit.of(work, Rates(threads=1, flops=280.0, bytes=61.0))
    assert (limit.arithmetic, limit.traffic, limit.bound_by) == (1.0, 4.0, "traffic")


def test_sources_give_the_same_data_to_every_process() -> None:
    from benchmarks.data import Source

    for source in (Source(50, 7, 3), Source(50, 70, 2, density=0.1)):
        one, other = source.load(), source.load()
        same = one.X == other.X if not source.is_sparse else (one.X != other.X).nnz == 0
        assert np.all(same)
        np.testing.assert_array_equal(one.y, other.y)
        assert one.X.dtype == np.float32
        assert set(one.y) <= set(range(source.classes))
