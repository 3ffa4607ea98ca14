"""Columns of the training against those of new rows: SciPy's tests, rarity by counting (U5)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ks_2samp

from rosenblatt.uncertainty.column_reference import CellReference, NumberReference

RNG = np.random.default_rng(0)


def single(values: Any) -> Any:
    return np.asarray(values, np.float32)


def column(values: Any) -> Any:
    return np.asarray(values, np.float32)[:, None]


def indicators(cells: Any, n: int) -> Any:
    """One of n features is 1; none where the cell is n."""
    return np.eye(n + 1, dtype=np.float32)[cells][:, :n]


@pytest.mark.parametrize("shift", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("digits", [7, 0])
def test_numbers_are_compared_as_by_kolmogorov_and_smirnov(shift: float, digits: int) -> None:
    known = RNG.normal(size=800).round(digits)
    new = (RNG.normal(size=500) + shift).round(digits)
    reference = NumberReference.of("x", 0, single(known), 1000)
    wanted = ks_2samp(single(known), single(new), method="asymp").pvalue
    found = reference.p_value(column(new), 800)
    assert np.log(found) == pytest.approx(np.log(wanted), rel=0.1, abs=0.1)


def test_fewer_points_are_hardly_less_sharp() -> None:
    known, new = RNG.normal(size=5000), RNG.normal(size=3000) + 0.15
    whole = NumberReference.of("x", 0, single(known), 10_000).p_value(column(new), 5000)
    few = NumberReference.of("x", 0, single(known), 50)
    assert len(few.values) <= 50
    assert whole <= few.p_value(column(new), 5000) < 1e-4


def test_values_beyond_the_range_are_noticed() -> None:
    reference = NumberReference.of("x", 0, single(np.arange(100)), 12)
    for new in (np.full(50, 1e6), np.full(50, -1e6)):
        assert reference.p_value(column(new), 100) < 1e-9


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.3, 0.5, 0.2)])
def test_cells_are_compared_as_by_pearson(shares: tuple[float, ...]) -> None:
    known = RNG.choice(3, 900, p=[0.5, 0.3, 0.2])
    new = RNG.choice(3, 400, p=shares)
    reference = CellReference.of("c", 0, indicators(known, 2), 2)
    counts = [np.bincount(cells, minlength=3) for cells in (new, known)]
    wanted = chi2_contingency(counts, correction=False).pvalue
    assert reference.p_value(indicators(new, 2), 900) == pytest.approx(wanted, rel=1e-4)


def test_one_cell_is_as_likely_as_ever() -> None:
    reference = CellReference.of("c", 0, indicators(np.zeros(50, int), 1), 1)
    assert reference.p_value(indicators(np.zeros(30, int), 1), 50) == 1


def test_cells_never_seen_are_noticed() -> None:
    reference = CellReference.of("c", 0, indicators(RNG.integers(0, 3, 500), 3), 3)
    assert reference.p_value(indicators(np.full(40, 3), 3), 500) < 1e-6
    rarity = reference.rarity(indicators([0, 3], 3), 500)
    assert rarity[0] < 1.5
    assert rarity[1] == pytest.approx(np.log(501))


def test_rarity_is_the_share_of_values_as_far_out() -> None:
    reference = NumberReference.of("x", 0, single(np.arange(1, 100)), 200)
    rarity = reference.rarity(column([50, 3, 97, 99, 199]), 99)
    wanted = -np.log([1, 2 * 4 / 100, 2 * 4 / 100, 2 * 2 / 100, 2 / 100])
    assert rarity[:4] == pytest.approx(wanted[:4], abs=1e-6)
    assert rarity[4] == pytest.approx(wanted[4] + 100)


def test_p_values_of_like_rows_are_uniform_at_least() -> None:
    many = np.array(
        [
            NumberReference.of("x", 0, RNG.normal(size=300).astype(np.float32), 60).p_value(
                column(RNG.normal(size=100)), 300
            )
            for _ in range(600)
        ]
    )
    for level in (0.01, 0.05, 0.2):
        assert np.mean(many <= level) <= level + 4 * np.sqrt(level / 600)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (NumberReference, ((), ())),
        (NumberReference, ((1.0, 1.0), (0.5, 1.0))),
        (NumberReference, ((1.0, 2.0), (1.0, 0.5))),
        (NumberReference, ((1.0,), (0.5, 1.0))),
        (CellReference, ((1.0,),)),
        (CellReference, ((2.0, -1.0),)),
    ],
)
def test_forged_references_are_refused(kind: Any, fields: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="shares"):
        kind("x", 0, *fields)


@pytest.mark.parametrize(
    ("values", "shares"),
    [((0.0, 1.0), (0.5, 1e308)), ((0.0, 1.0), (-0.5, 1.0)), ((0.0, math.inf), (0.5, 1.0))],
)
def test_a_forged_reference_is_refused(values: Any, shares: Any) -> None:
    with pytest.raises(ValueError, match="finite, and their shares between 0 and 1"):
        NumberReference("x", 0, values, shares)
