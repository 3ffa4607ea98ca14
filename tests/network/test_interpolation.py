"""Features by fixed maps that are linear between knots."""

from __future__ import annotations

import numpy as np
import pytest

from rosenblatt.network import Dense, Interpolation, Network

X_KNOTS, Y_KNOTS = (-1.5, 0.25, 0.75, 4.0), (2.0, -1.0, 0.5, 0.5)


def mapped(layer: Interpolation, rows: np.ndarray) -> np.ndarray:
    return layer.forward({}, {}, rows, None).out


def test_a_map_is_linear_between_knots_and_constant_beyond() -> None:
    layer = Interpolation(1, (0,), (X_KNOTS,), (Y_KNOTS,))
    x = np.array([-1e30, -1.6, -1.5, -0.3, 0.25, 0.3, 0.75, 2.0, 4.0, 4.1, 1e30])
    expected = np.interp(x, X_KNOTS, Y_KNOTS)
    np.testing.assert_allclose(mapped(layer, x[:, None])[:, 0], expected, rtol=1e-14)


def test_features_are_reordered_left_out_and_taken_twice() -> None:
    layer = Interpolation(3, (2, 0, 2), ((0.0, 1.0), (), ()), ((0.0, 10.0), (), ()))
    rows = np.array([[7.0, 8.0, 0.5, 3.0, 4.0]])
    np.testing.assert_array_equal(mapped(layer, rows), [[5.0, 7.0, 0.5, 3.0, 4.0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_no_number_stays_so(dtype: type) -> None:
    layer = Interpolation(1, (0,), (X_KNOTS,), (Y_KNOTS,))
    assert np.isnan(mapped(layer, np.array([[np.nan]], dtype))).all()
    network = Network(1, (layer, Dense(1)))
    assert network.native_forms[0] is not None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((2, (0,), (), ()), "an x and a y for every map"),
        ((2, (2,), ((0.0, 1.0),), ((0.0, 1.0),)), "numbered below 2"),
        ((2, (0,), ((0.0,),), ((0.0,),)), "two knots or more"),
        ((2, (0,), ((0.0, 1.0),), ((0.0, 1.0, 2.0),)), "a y for every x"),
        ((2, (0,), ((1.0, 1.0),), ((0.0, 1.0),)), "increase"),
        ((2, (0,), ((1.0, 1.0 + 1e-12),), ((0.0, 1.0),)), "increase"),
        ((2, (0,), ((0.0, np.inf),), ((0.0, 1.0),)), "not finite"),
        ((2, (0,), ((0.0, 1e300),), ((0.0, 1.0),)), "float32"),
    ],
)
def test_maps_that_are_none(given: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Interpolation(*given)


def test_too_few_inputs() -> None:
    with pytest.raises(ValueError, match="of 2 features got 1"):
        Network(1, (Interpolation(2, (0,), ((),), ((),)), Dense(1)))
