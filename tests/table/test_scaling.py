"""Scaling of numbers, with and without heavy tails."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rosenblatt.table import (
    Number,
    NumberTarget,
    Scaling,
    TableEncoding,
)
from rosenblatt.table.scaling import quantiles
from tests.support.tables import rng


@given(
    arrays(
        np.float64, st.integers(1, 60), elements=st.floats(allow_nan=False, allow_infinity=False)
    )
)
def test_scaling_keeps_order_and_is_finite(x):
    scaling = Scaling.learn(x)
    z = scaling.apply(np.sort(x))
    assert np.isfinite(z).all()
    assert (np.diff(z) >= 0).all()
    assert np.isfinite(scaling.apply(np.array([-1e300, 1e300]))).all()


def test_scaling_without_tails_is_standardisation():
    x = rng().uniform(-3, 7, 1000)
    np.testing.assert_allclose(Scaling.learn(x).apply(x), (x - x.mean()) / x.std(), atol=1e-12)


def test_scaling_with_tails_keeps_the_bulk_apart_and_the_extremes_near():
    x = np.concatenate([rng().normal(size=10_000), [1e6, 1e9]])
    z = Scaling.learn(x).apply(x)
    assert z[:-2].std() > 0.5  # standardising would leave 1e-7
    assert z[:-2].max() < z[-2] < z[-1] - 1  # clipping would make the last two equal
    assert z[-1] < 50
    rare = np.zeros(1_000_000)
    rare[0] = 1
    assert 5 < Scaling.learn(rare).apply(rare)[0] < 50  # standardising: 1000


def test_scaling_has_a_continuous_slope():
    scaling = Scaling(center=0.0, spread=1.0, mean=0.0, std=1.0)
    x = np.linspace(4.9, 5.1, 101)
    slope = np.diff(scaling.apply(x)) / np.diff(x)
    assert slope[0] == pytest.approx(1)
    assert np.abs(np.diff(slope)).max() < 2e-3
    # The inner and the outer tail: t(t(z)).
    inner = 5 * (1 + np.log(100 / 5))
    assert scaling.apply(np.array([100.0]))[0] == pytest.approx(5 * (1 + np.log(inner / 5)))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 99, 100, 101, 1000])
def test_quantiles_are_numpys_inverted_cdf(n):
    x = np.random.default_rng(n).normal(size=n).round(1)
    expected = np.percentile(x, (25, 50, 75), method="inverted_cdf")
    np.testing.assert_array_equal(quantiles(x, 25, 50, 75), expected)


@pytest.mark.parametrize(
    "x",
    [
        rng().normal(size=300_001),
        np.sort(rng().normal(size=300_000)),
        rng().integers(0, 9, 200_000).astype(float),
        np.tile(np.arange(36.0), 8_000),  # of a period that the sample's distance is a multiple of
        np.concatenate([np.zeros(200_000), rng().normal(size=1000)]),
        np.full(140_000, 3.5),
    ],
)
def test_quantiles_of_many_numbers(x):
    percents = (1, 25, 50, 75, 100)
    expected = np.percentile(x, percents, method="inverted_cdf")
    assert quantiles(x, *percents) == expected.tolist()


def test_cells_where_a_column_without_tails_has_them_are_named():
    """A model file holds where logarithms begin as a number of float32: as good as nowhere."""
    scaling = Scaling(0.0, 1.0, 0.0, 1.0, 2.0**127)
    column = Number("x", integral=False, scaling=scaling, indicator=False)
    encoding = TableEncoding((column,), NumberTarget("y", mean=0.0, scale=1.0, reason=""))
    within = encoding.encode({"x": [1.7e38, -1.7e38, 0.0]}, np.float64)
    assert not within.notes
    assert within.X[:, 0].tolist() == [1.7e38, -1.7e38, 0.0]
    beyond = encoding.encode({"x": [1.0, 1.8e38, -1e300]}, np.float64)
    (note,) = beyond.notes
    assert "column 'x' has 2 cells (" in note
    assert "more than 1.7e+38 from 0, where a model file goes on by logarithms" in note
    assert np.isfinite(beyond.X).all()
