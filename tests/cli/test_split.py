"""Every row in one part, every class in proportion, every class to train on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt.cli.split import split_rows


@settings(max_examples=100)
@given(
    groups=st.lists(st.integers(0, 5), min_size=1, max_size=80),
    validation=st.floats(0, 0.49),
    test=st.floats(0, 0.49),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_row_is_in_one_part_and_every_group_is_trained_on(
    groups, validation, test, seed
) -> None:
    codes = np.array(groups)
    split = split_rows(codes, validation, test, seed)
    together = np.concatenate([split.train, split.validation, split.held_out])
    np.testing.assert_array_equal(np.sort(together), np.arange(len(codes)))
    assert set(codes[split.train]) == set(codes)


@pytest.mark.parametrize("sizes", [(500, 500), (900, 90, 10), (333, 333, 334)])
def test_classes_are_in_proportion(sizes: tuple[int, ...]) -> None:
    codes = np.repeat(np.arange(len(sizes)), sizes)
    split = split_rows(codes, 0.1, 0.2, seed=4)
    assert len(split.held_out) == 200
    assert len(split.validation) == 100
    for part, share in [(split.held_out, 0.2), (split.validation, 0.1), (split.train, 0.7)]:
        found = np.bincount(codes[part], minlength=len(sizes))
        # A class's places are spread evenly: a part has its share to within one row at each end.
        assert np.abs(found - share * np.array(sizes)).max() <= 2


def test_the_parts_are_shuffled_and_the_seed_decides() -> None:
    codes = np.zeros(1000)
    one, same, other = (split_rows(codes, 0.1, 0.2, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.train, same.train)
    np.testing.assert_array_equal(one.held_out, same.held_out)
    assert not np.array_equal(one.held_out, other.held_out)
    for part in (one.train, one.held_out, one.validation):
        assert abs(np.corrcoef(np.arange(len(part)), part)[0, 1]) < 0.25
        assert abs(part.mean() - 499.5) < 100
