"""Our shuffle beside NumPy's: the same seed gives the same order and leaves the same state."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rosenblatt.engine import shuffle

GENERATORS: dict[str, Callable[[int], np.random.RandomState]] = {
    "mt19937": np.random.RandomState,
    "pcg64": lambda seed: np.random.RandomState(np.random.PCG64(seed)),
    "philox": lambda seed: np.random.RandomState(np.random.Philox(seed)),
}


@pytest.mark.parametrize("name", GENERATORS)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 700))
def test_the_order_and_the_state_are_numpys(name: str, seed: int, n: int) -> None:
    ours, theirs = GENERATORS[name](seed), GENERATORS[name](seed)
    order, expected = np.arange(n), np.arange(n)
    for _ in range(3):
        shuffle(order, ours)
        theirs.shuffle(expected)
        np.testing.assert_array_equal(order, expected)
    assert ours.randint(2**31) == theirs.randint(2**31)


@pytest.mark.parametrize("n", [2**15, 2**16 - 1, 2**16, 2**16 + 1, 1_000_003])
def test_long_orders(n: int) -> None:
    order, expected = np.arange(n), np.arange(n)
    shuffle(order, np.random.RandomState(3))
    np.random.RandomState(3).shuffle(expected)
    np.testing.assert_array_equal(order, expected)


def test_draws_in_between_are_seen() -> None:
    """A normal number leaves a second one in the generator's state; a shuffle does not touch it."""
    ours, theirs = np.random.RandomState(0), np.random.RandomState(0)
    assert ours.normal() == theirs.normal()
    order, expected = np.arange(50), np.arange(50)
    shuffle(order, ours)
    theirs.shuffle(expected)
    np.testing.assert_array_equal(order, expected)
    assert ours.normal() == theirs.normal()


def test_numpys_global_generator() -> None:
    np.random.seed(5)  # noqa: NPY002
    order = np.arange(100)
    shuffle(order, np.random.mtrand._rand)
    expected = np.arange(100)
    np.random.RandomState(5).shuffle(expected)
    np.testing.assert_array_equal(order, expected)


def test_threads_that_share_a_generator_wait_for_each_other() -> None:
    rng = np.random.RandomState(0)
    orders = [np.arange(5_000) for _ in range(8)]
    threads = [threading.Thread(target=shuffle, args=(order, rng)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), np.arange(5_000))


def test_invalid_order_arrays_are_refused() -> None:
    rng = np.random.RandomState(0)
    for items in (np.arange(5.0), np.arange(10)[::2], np.zeros((2, 2), np.int64)):
        with pytest.raises(TypeError, match="incompatible function arguments"):
            shuffle(items, rng)
