"""A row given twice is a row of weight 2, and the order of rows does not matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt import TableClassifier, TableRegressor
from rosenblatt.table import ColumnKind, TableFormat, table_of
from rosenblatt.table.recognition import recognise
from rosenblatt.table.row_keys import row_keys
from rosenblatt.tabular import Preset
from rosenblatt.tabular.distinct_rows import DistinctRows, distinct_rows

QUICK = Preset(n_folds=3, epochs=4, fewest_epochs=4)


def shops(n: int = 150) -> pd.DataFrame:
    """Mixed columns, with missing cells."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "street": rng.choice(["Elm", "Oak", "Ash", None], n),
            "size": np.where(np.arange(n) % 10 == 0, np.nan, rng.normal(50, 9, n)),
            "since": pd.Timestamp("1990-01-01") + pd.to_timedelta(rng.integers(0, 9999, n), "D"),
            "open": rng.random(n) < 0.5,
        }
    )


def keys_of(frame: Any, **kinds: ColumnKind) -> Any:
    table = table_of(frame)
    return row_keys(table, recognise(table, TableFormat(columns=kinds)))


@pytest.mark.parametrize("estimator", [TableClassifier, TableRegressor])
def test_weights_stand_for_rows_in_any_order(estimator: Any) -> None:
    frame, rng = shops(), np.random.default_rng(1)
    y = np.where(frame["open"], frame["size"].fillna(50), 40) > 45
    weights = rng.integers(0, 4, len(frame))
    repeated = np.repeat(np.arange(len(frame)), weights)
    shuffled = rng.permutation(len(frame))
    one = estimator(QUICK, random_state=0).fit(frame.iloc[repeated], y[repeated] * 1)
    two = estimator(QUICK, random_state=0).fit(
        frame.iloc[shuffled], y[shuffled] * 1, sample_weight=weights[shuffled]
    )
    np.testing.assert_array_equal(one.predict(frame), two.predict(frame))
    np.testing.assert_allclose(one.validation_score_, two.validation_score_)
    np.testing.assert_array_equal(
        one.network_.members[0].parameters, two.network_.members[0].parameters
    )
    assert one.n_rows_ == len(repeated)


def test_keys_are_equal_where_cells_are() -> None:
    frame = pd.concat([shops(), shops()], ignore_index=True)
    keys = keys_of(frame)
    np.testing.assert_array_equal(keys[:150], keys[150:])
    assert len(np.unique(keys)) == 150
    for column in frame.columns:
        other = frame.copy()
        other.loc[0, column] = other.loc[1:, column][other[column] != other.loc[0, column]].iloc[0]
        assert (keys_of(other) != keys).tolist() == [True] + [False] * 299


def test_keys_do_not_depend_on_where_a_table_is_from() -> None:
    frame = shops()
    texts = pd.DataFrame(
        {
            "street": frame["street"].astype("category"),
            "size": [None if x != x else repr(x) for x in frame["size"]],
            "since": frame["since"].dt.strftime("%Y-%m-%d"),
            "open": frame["open"].map({True: "yes", False: "no"}),
        }
    )
    for other in (texts, pa.Table.from_pandas(frame)):
        np.testing.assert_array_equal(keys_of(other), keys_of(frame))


def test_keys_of_numbers() -> None:
    zeros = keys_of({"x": [0.0, -0.0, 1.5, 2.5]})
    assert zeros[0] == zeros[1]
    large = keys_of({"x": pa.array([2**60, 2**60 + 1, 2**60 + 2])})
    assert len(np.unique(large)) == 3
    same = keys_of({"x": [1.0, 2.0, 1.0], "note": ["a", "b", "c"]}, note=ColumnKind.DROP)
    assert same[0] == same[2]


def distinct(keys: list[int], weights: list[float] | None = None) -> DistinctRows:
    return distinct_rows([np.array(keys)], None if weights is None else np.array(weights))


def test_rows_that_differ_are_kept_in_the_order_of_their_keys() -> None:
    rows = distinct([7, 3, 5])
    assert rows.chosen.tolist() == [1, 2, 0]
    assert rows.places.tolist() == [2, 0, 1]
    assert rows.weights is None
    assert distinct([7, 3, 5, 3, 5, 7]).weights is None  # everything twice
    assert distinct([7, 3, 5], [0.1, 0.1, 0.1]).weights is None


def test_weights_are_counts_whatever_their_unit() -> None:
    given = distinct([1, 1, 1, 2, 3])
    assert given.chosen.tolist() == [0, 0, 0, 3, 4]  # parts, as given
    assert given.weights is None
    assert given.units.tolist() == [0, 0, 0, 1, 2]  # few observations: in one fold
    for unit in (1.0, 2.0, 0.25, 1e300):
        other = distinct([1, 2, 3], [3 * unit, unit, unit])
        assert other.units.tolist() == given.units.tolist()
        assert other.weights is None


def test_parts_of_a_light_row_stay_in_one_fold() -> None:
    weights = np.ones(10_000)
    weights[0], weights[1] = 90, 1000
    rows = distinct_rows([np.arange(10_000)], weights)
    n_parts = np.bincount(rows.chosen)
    assert n_parts[0] > 10  # too heavy for one batch,
    assert len(np.unique(rows.units[rows.chosen == 0])) == 1  # but outside as a whole
    assert len(np.unique(rows.units[rows.chosen == 1])) == n_parts[1]
    assert (n_parts[2:] == 1).all()
    assert rows.weights is not None
    total = np.bincount(rows.chosen, rows.weights)
    np.testing.assert_allclose(total / total[2], weights)
    assert rows.weights.max() < 6 * rows.weights.min() * weights.mean()


def test_other_weights_are_shared_among_the_parts() -> None:
    keys = [1, 1, 1, 2, 2, 3]
    rows = distinct(keys, [2.0, 1, 1, 1, 1, 1])
    shared = rows.shared(np.array([3.0, 0, 0, 2, 4, 9]))
    assert shared is not None
    of_keys = np.bincount(np.array(keys)[rows.chosen], shared)
    np.testing.assert_allclose(of_keys / of_keys.sum(), np.array([0, 3, 6, 9]) / 18)
    assert rows.shared(None) is not None


def test_few_different_rows_are_many_observations() -> None:
    """A table of three truth values: each of its 8 rows is in all folds."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (4000, 3))
    p = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9])[X @ [4, 2, 1]]
    y = rng.random(4000) < p
    fitted = TableClassifier("fast", random_state=0).fit(X, y)
    np.testing.assert_allclose(fitted.predict_proba(X)[:, 1], p, atol=0.08)
    assert abs(fitted.validation_score_ - np.maximum(p, 1 - p).mean()) < 0.02


@pytest.mark.parametrize("kind", ["weights", "repeated"])
def test_few_rows_of_several_weights_are_not_known_outside(kind: str) -> None:
    """Each of 60 rows has more than a hundredth of all weight; noise has no R² outside."""
    scores = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        X, y, counts = rng.normal(size=(60, 2)), rng.uniform(size=60), rng.integers(1, 4, 60)
        rows = np.repeat(np.arange(60), counts) if kind == "repeated" else np.arange(60)
        weights = counts if kind == "weights" else None
        fit = TableRegressor("fast", random_state=0, n_jobs=1).fit(X[rows], y[rows], weights)
        scores.append(fit.validation_score_)
    assert np.mean(scores) < 0.05
