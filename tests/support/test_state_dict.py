"""States as plain values and arrays: parts, merging, copying, and those of random generators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.support.state_dict import StateDict, generator_state, load_generator_state

GENERATORS = [np.random.MT19937, np.random.PCG64, np.random.Philox, np.random.SFC64]


def state(**values: Any) -> StateDict:
    return StateDict(values, {f"{name}_array": np.full(2, value) for name, value in values.items()})


def test_parts_are_named_with_a_dot() -> None:
    whole = StateDict.of_parts(optimizer=state(step=1), rate=state(step=2))
    assert whole.values == {"optimizer.step": 1, "rate.step": 2}
    assert list(whole.arrays) == ["optimizer.step_array", "rate.step_array"]


def test_a_part_is_what_was_put_in() -> None:
    one = state(step=1)
    whole = StateDict.of_parts(optimizer=one, optimizer_of_another=state(step=2))
    found = whole.part("optimizer")
    assert found.values == one.values
    assert found.arrays.keys() == one.arrays.keys()
    assert found.arrays["step_array"] is one.arrays["step_array"]
    assert whole.part("none") == StateDict()


def test_parts_of_parts() -> None:
    inner = StateDict.of_parts(b=state(c=3))
    whole = StateDict.of_parts(a=inner)
    assert whole.values == {"a.b.c": 3}
    assert whole.part("a").part("b").values == {"c": 3}


def test_merged_states_keep_their_names() -> None:
    merged = StateDict.merged(state(a=1), state(b=2))
    assert merged.values == {"a": 1, "b": 2}
    assert list(merged.arrays) == ["a_array", "b_array"]


def test_an_array_is_copied_over_another() -> None:
    target = np.zeros(3)
    StateDict({}, {"theta": np.arange(3.0)}).copy_to(target, "theta")
    assert target.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "target", [np.zeros(4), np.zeros((3, 1)), np.zeros(3, np.float32), np.zeros(3, int)]
)
def test_another_shape_or_type_is_refused_and_nothing_written(target: Any) -> None:
    before = target.copy()
    with pytest.raises(ValueError, match=r"theta has the shape \(3,\) in float64"):
        StateDict({}, {"theta": np.ones(3)}).copy_to(target, "theta")
    np.testing.assert_array_equal(target, before)


@pytest.mark.parametrize("kind", GENERATORS)
def test_a_generator_goes_on_where_it_stood(kind: Any) -> None:
    rng = np.random.RandomState(kind(3))
    rng.standard_normal(7)  # an odd number: half a pair of normal numbers is kept
    saved = generator_state(rng)
    expected = [rng.standard_normal(5), rng.permutation(9), rng.random_sample(3)]
    other = np.random.RandomState(kind(4))
    load_generator_state(other, saved)
    for array, found in zip(
        expected,
        [other.standard_normal(5), other.permutation(9), other.random_sample(3)],
        strict=True,
    ):
        np.testing.assert_array_equal(found, array)


def test_a_generator_of_another_kind_is_refused() -> None:
    saved = generator_state(np.random.RandomState(np.random.PCG64(0)))
    with pytest.raises(ValueError, match="no state of the generator MT19937"):
        load_generator_state(np.random.RandomState(0), saved)


@pytest.mark.parametrize("place", [-1, 625, 10**9])
def test_a_place_beyond_the_generators_buffer_is_refused(place: int) -> None:
    """NumPy would read outside its buffer."""
    rng = np.random.RandomState(0)
    saved = generator_state(rng)
    saved.values["state"]["state"]["pos"] = place
    with pytest.raises(ValueError, match="no state of the generator"):
        load_generator_state(rng, saved)
