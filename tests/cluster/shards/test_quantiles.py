"""Quantiles and moments of parts, against those of the whole."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.cluster.shards.moments import Moments
from rosenblatt.cluster.shards.quantiles import (
    WHOLE,
    Bracket,
    Counter,
    Counts,
    around,
    key_of,
    merged,
    narrowed,
)
from rosenblatt.support.types import FloatArray
from rosenblatt.table.scaling import place_of

RNG = np.random.default_rng(0)
NUMBERS = {
    "normal": RNG.standard_normal(20_000),
    "tailed": np.exp(8 * RNG.standard_normal(20_000)),
    "signed and tailed": RNG.standard_normal(20_000) ** 9,
    "ties": np.repeat([-3.0, 0.0, -0.0, 1.0, 5.0], 4_000),
    "near one number": 1e9 + RNG.integers(0, 9_000, 20_000) * 2.0**-20,
    "extremes": np.concatenate([np.full(5_000, -1e308), np.linspace(-5e-324, 1e308, 15_000)]),
    "one": np.array([2.5]),
}


def counts_in(x: FloatArray, bracket: Bracket, block: int) -> Counts:
    counter = Counter(bracket)
    for first in range(0, len(x), block):
        counter.add(x[first : first + block])
    return counter.counts


def selected(parts: list[FloatArray], at: float | Bracket, place: int) -> tuple[float, int]:
    """The number at a place, and the passes that it took."""
    passes = 0
    while isinstance(at, Bracket):
        first, *others = (counts_in(part, at, 1_000) for part in parts)
        for other in others:
            first = merged(first, other)
        assert first.n == sum(map(len, parts))
        at = narrowed(first, place)
        passes += 1
    return at, passes


@pytest.mark.parametrize("name", NUMBERS)
def test_the_number_at_a_place_is_exact(name: str) -> None:
    x = NUMBERS[name]
    parts = np.array_split(RNG.permutation(x), 7)
    ordered = np.sort(x)
    for place in {0, len(x) // 4, len(x) // 2, len(x) - 1}:
        found, passes = selected(parts, WHOLE, place)
        assert found == ordered[place]
        assert passes <= 6


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("percent", [25, 50, 75])
def test_a_sample_makes_the_passes_fewer_and_changes_nothing(name: str, percent: int) -> None:
    x = NUMBERS[name]
    parts = np.array_split(x, 7)
    place = place_of(percent, len(x))
    expected = np.sort(x)[place]
    near = around(np.sort(RNG.choice(x, min(len(x), 2_000))), percent)
    found, passes = selected(parts, near, place)
    assert found == expected
    assert passes <= (2 if len(x) > 1 else 6)
    misled = around(np.sort(x)[: len(x) // 9 + 1], percent)
    assert selected(parts, misled, place)[0] == expected


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_both_zeros_are_above_a_bracket_that_ends_before_them(zero: float) -> None:
    x = np.array([-1.0, zero, zero, 1.0])
    below = Bracket(0, key_of(0.0) - 1)
    counts = counts_in(x, below, 4)
    assert (counts.below, counts.counts.sum()) == (0, 1)
    assert narrowed(counts, 1) == Bracket(key_of(0.0), WHOLE.high)


def test_moments_are_those_of_all() -> None:
    x = 1e6 + RNG.standard_normal(10_001)  # a sum of squares would lose half its digits
    total = Moments()
    for part in np.split(x, [0, 3, 3, 5_000]):
        total = total.merged(Moments.of(part))
    assert total.n == len(x)
    assert total.mean == pytest.approx(x.mean(), rel=1e-14)
    assert total.std == pytest.approx(x.std(), rel=1e-12)
    assert Moments().std == 0
