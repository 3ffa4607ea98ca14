"""No member of a product is left out of the sample that `make unit` runs."""

from __future__ import annotations

from itertools import product

import pytest

from tests.support.sampling import sample


@pytest.mark.parametrize("every", [2, 5, 6, 17, 1000])
@pytest.mark.parametrize("lengths", [(17, 17), (16, 17, 3), (6, 10), (4,)])
def test_every_value_of_every_axis_is_met(lengths: tuple[int, ...], every: int) -> None:
    cases = [dict(zip("abc", places, strict=False)) for places in product(*map(range, lengths))]
    kept = sample(cases, every)
    for axis, length in zip("abc", lengths, strict=False):
        assert {cases[number][axis] for number in kept} == set(range(length))
    assert kept.issuperset(range(0, len(cases), every))
    assert len(kept) <= -(-len(cases) // every) + sum(lengths)


def test_axes_without_common_factors_need_no_more_than_every_kth() -> None:
    cases = [{"a": i, "b": j} for i in range(16) for j in range(10)]
    assert sample(cases, 7) == set(range(0, 160, 7))
