"""Clipping: bounds by hand, and a run that diverges without and converges with (G14)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.regularization.clipping import ClipNorm, Clipping, ClipValue, NoClipping
from tests.support.members import CLIPPINGS


def test_by_norm_by_hand() -> None:
    g = np.array([3.0, 0.0, -4.0])
    np.testing.assert_allclose(ClipNorm(1.0).clip(g), [0.6, 0, -0.8], rtol=1e-15)
    np.testing.assert_array_equal(ClipNorm(5.0).clip(g), g)
    np.testing.assert_array_equal(ClipNorm(50.0).clip(g), g)
    np.testing.assert_array_equal(ClipNorm(1.0).clip(np.zeros(3)), np.zeros(3))


def test_by_value_by_hand() -> None:
    np.testing.assert_array_equal(
        ClipValue(1.5).clip(np.array([3.0, 0.5, -4.0, -1.5])), [1.5, 0.5, -1.5, -1.5]
    )


def test_a_norm_whose_square_no_float32_holds() -> None:
    g = np.array([3e25, -4e25], np.float32)
    np.testing.assert_allclose(ClipNorm(1.0).clip(g), [0.6, -0.8], rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_norm_whose_square_overflows_or_which_does_itself(dtype: Any) -> None:
    largest = float(np.finfo(dtype).max)
    rtol = 4 * np.finfo(dtype).eps
    for size in (np.sqrt(largest) / 3, np.sqrt(largest), 1e3 * np.sqrt(largest), largest / 5):
        for limit in (1.0, 1e-3, 100.0):
            g = np.array([3 * size, 0, -4 * size], dtype)
            clipped = ClipNorm(limit).clip(g)
            assert clipped.dtype == dtype
            np.testing.assert_allclose(clipped, [0.6 * limit, 0, -0.8 * limit], rtol)
    g = np.full(7, largest, dtype)
    np.testing.assert_allclose(ClipNorm(1.0).clip(g), np.full(7, 7**-0.5), rtol)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_infinity_passes() -> None:
    """As NaN, where it stands."""
    clipped = ClipNorm(1.0).clip(np.array([np.inf, 1e300, 0.0]))
    np.testing.assert_array_equal(clipped, [np.nan, 0, 0])


def test_gradient_within_the_limit_is_unchanged() -> None:
    g = np.array([3e200, -4e200])
    np.testing.assert_array_equal(ClipNorm(6e200).clip(g), g)
    np.testing.assert_array_equal(ClipNorm(np.inf).clip(g), g)
    np.testing.assert_allclose(ClipNorm(1e200).clip(g), [0.6e200, -0.8e200], rtol=1e-15)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("clipping", CLIPPINGS, ids=repr)
def test_nan_passes(clipping: Clipping) -> None:
    """A gradient that is no number must end the run, not be turned into a step."""
    assert np.isnan(clipping.clip(np.array([np.nan, 1.0]))[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("clipping", [*CLIPPINGS, NoClipping()], ids=repr)
def test_float_type_and_argument_stay(clipping: Clipping, dtype: Any) -> None:
    g = np.array([3.0, -4.0], dtype)
    assert clipping.clip(g).dtype == dtype
    np.testing.assert_array_equal(g, [3, -4])
