"""Maps of numbers against scikit-learn's transform and the closed form."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import QuantileTransformer

from rosenblatt.tabular.networks.maps import (
    IDENTITY,
    OFF_CLIPPED,
    OFF_QUANTILES,
    Map,
    normal_quantiles,
    smoothly_clipped,
)


def at(found: Map, x: np.ndarray) -> np.ndarray:
    return np.interp(x, found.x, found.y)


@pytest.mark.parametrize("n", [40, 3000, 40_000])
@pytest.mark.parametrize("draw", ["standard_normal", "standard_exponential", "standard_cauchy"])
def test_quantiles_are_those_of_scikit_learn(n: int, draw: str) -> None:
    x = getattr(np.random.default_rng(n), draw)(n).astype(np.float32).astype(np.float64)
    n_quantiles = max(min(n // 30, 1000), 10)
    theirs = QuantileTransformer(
        n_quantiles=n_quantiles, output_distribution="normal", subsample=10**9
    ).fit_transform(x[:, None])[:, 0]
    # The transform of scikit-learn ends at 5.2, as ours does.
    assert np.abs(at(normal_quantiles(x), x) - theirs).max() < 2 * OFF_QUANTILES


def test_equal_numbers_have_the_middle_of_their_shares() -> None:
    x = np.repeat([0.0, 1.0, 2.0], [6000, 3000, 1000])
    got = at(normal_quantiles(x), np.array([0.0, 1.0, 2.0]))
    np.testing.assert_allclose(got, [-0.524, 0.674, 1.645], atol=0.02)  # shares 0.3, 0.75, 0.95


def test_clipped_units_are_the_formula() -> None:
    x = np.random.default_rng(0).standard_t(2, 5000)
    low, center, high = np.percentile(x, [25, 50, 75])
    z = (x - center) / (high - low)
    expected = z / np.sqrt(1 + z**2 / 9)
    assert np.abs(at(smoothly_clipped(x), x) - expected).max() < 2 * OFF_CLIPPED


def test_where_quartiles_are_one_the_whole_range_counts() -> None:
    x = np.array([0.0] * 90 + [1.0] * 10)
    expected = 2 / np.sqrt(1 + 4 / 9)  # (1 - 0) over half of the range, 0.5
    np.testing.assert_allclose(
        at(smoothly_clipped(x), np.array([0.0, 1.0])), [0, expected], atol=2e-3
    )


@pytest.mark.parametrize("map_of", [normal_quantiles, smoothly_clipped])
def test_constants_stay_as_they_are(map_of: object) -> None:
    assert map_of(np.full(5, 3.0)) == IDENTITY  # type: ignore[operator]


@pytest.mark.parametrize("map_of", [normal_quantiles, smoothly_clipped])
def test_beyond_the_rows_a_map_is_constant(map_of: object) -> None:
    found = map_of(np.random.default_rng(1).normal(size=500))  # type: ignore[operator]
    far = at(found, np.array([-1e6, -1e9, 1e6, 1e9]))
    assert far[0] == far[1]
    assert far[2] == far[3]
