"""Conformal quantiles: finite samples, ties, weights, dependent rows (theory U1)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from rosenblatt.errors import InputError
from rosenblatt.support.coverage import checked_coverage
from rosenblatt.uncertainty import ScoreDistribution, effective_number


def of(scores: object, weights: object = None, n: float | None = None) -> ScoreDistribution:
    values = np.array(scores, dtype=np.float64)
    w = None if weights is None else np.array(weights, dtype=np.float64)
    return ScoreDistribution.of(values, w, len(values) if n is None else n)


@pytest.mark.parametrize("n", [1, 7, 9, 10, 99, 1000, 5000])
@pytest.mark.parametrize("coverage", [0.1, 0.5, 0.8, 0.9, 0.95, 0.99])
def test_the_quantile_is_that_of_the_finite_sample(n: int, coverage: float) -> None:
    scores = np.random.default_rng(n).normal(size=n) ** 2
    rank = math.ceil(round((n + 1) * coverage, 9))
    found = of(scores).threshold(coverage)
    if rank > n:
        assert math.isinf(found)
        return
    wanted = np.sort(scores)[rank - 1]
    assert found >= wanted
    # Of many scores a thousand are kept: as few more are covered.
    assert np.mean((scores > wanted) & (scores <= found)) <= 1 / 700


def test_every_one_of_the_largest_scores_is_kept() -> None:
    scores = np.arange(100_000.0)
    kept = of(scores)
    assert len(kept.values) == 1000
    assert kept.threshold(0.999) == math.ceil(100_001 * 0.999) - 1
    assert kept.p_values(np.array([99_990.0])) == pytest.approx([11 / 100_001])


def test_a_weight_of_two_is_a_row_given_twice() -> None:
    scores, weights = [1.0, 2.0, 3.0, 4.0], [2, 1, 1, 3]
    twice = np.repeat(scores, weights)
    for coverage in (0.2, 0.4, 0.5, 0.6, 0.7):
        assert of(scores, weights, 7).threshold(coverage) == of(twice).threshold(coverage)


def test_ties_count_together() -> None:
    tied = of([0.0] * 50 + [1.0] * 49)
    assert tied.values == (0.0, 1.0)
    assert tied.threshold(0.5) == 0
    assert tied.threshold(0.51) == 1
    assert tied.p_values(np.array([0.0, 0.5, 1.0, 2.0])) == pytest.approx([1, 0.5, 0.5, 0.01])


def test_infinite_scores_are_larger_than_any_threshold() -> None:
    some = of([1.0, 2.0, np.inf, np.inf])
    assert some.threshold(0.4) == 2
    assert math.isinf(some.threshold(0.7))
    assert math.isinf(of([np.inf] * 3).threshold(0.01))


def test_a_share_that_is_always_missed_asks_for_more() -> None:
    scores = of(np.arange(99.0))
    assert scores.threshold(0.9, edge=0.05) == scores.threshold(0.95 * 0.9999)
    assert math.isinf(scores.threshold(0.9, edge=0.2))


def test_rows_of_a_group_are_fewer_rows() -> None:
    groups = np.repeat(np.arange(10), 20)
    assert effective_number(groups, None) == pytest.approx(10)
    assert effective_number(np.arange(8), np.array([1, 1, 1, 1, 0, 0, 0, 0.0])) == pytest.approx(4)
    scores = np.arange(200.0)
    assert math.isinf(of(scores, n=10).threshold(0.95))
    assert of(scores, n=10).threshold(0.9) > of(scores).threshold(0.9)


def test_coverage_over_many_draws() -> None:
    """The probability to cover is ⌈(n + 1)·coverage⌉ / (n + 1), for any distribution."""
    rng = np.random.default_rng(0)
    n, draws = 39, 4000
    for coverage in (0.5, 0.9):
        hits = 0
        for _ in range(draws):
            scores = rng.lognormal(size=n + 1)
            hits += scores[-1] <= of(scores[:-1]).threshold(coverage)
        true = math.ceil((n + 1) * coverage) / (n + 1)
        low, high = binom.interval(1 - 1e-6, draws, true)
        assert low <= hits <= high


def test_p_values_are_uniform_or_larger() -> None:
    rng = np.random.default_rng(1)
    p = of(rng.normal(size=5000)).p_values(rng.normal(size=20_000))
    for level in (0.01, 0.05, 0.5):
        assert np.mean(p <= level) == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize(
    "coverage", [0, 1, -0.1, 1.1, np.nan, np.inf, "0.9", None, True, [0.9], np.array([0.9, 0.8])]
)
def test_what_is_no_coverage(coverage: object) -> None:
    with pytest.raises(InputError, match="coverage must be one number between 0 and 1"):
        checked_coverage(coverage)


@pytest.mark.parametrize("coverage", [0.9, np.float32(0.9), np.float64(0.9)])
def test_what_is_a_coverage(coverage: float) -> None:
    assert checked_coverage(coverage) == pytest.approx(0.9)


@pytest.mark.parametrize(
    "fields",
    [
        ((), (), 3.0),
        ((1.0,), (0.5, 1.0), 3.0),
        ((2.0, 1.0), (0.5, 1.0), 3.0),
        ((1.0, 2.0), (1.0, 0.5), 3.0),
        ((1.0,), (0.0,), 3.0),
        ((1.0,), (1.0,), 0.0),
    ],
)
def test_forged_scores_are_refused(fields: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="scores"):
        ScoreDistribution(*fields)
