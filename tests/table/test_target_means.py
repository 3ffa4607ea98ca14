"""Means of the target by category, beside scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import TargetEncoder

from rosenblatt.table import TableEncoding, Task, learn_encoding, table_of
from rosenblatt.table.target_means import SMOOTHING, averaged, fitted_means, with_means


def data(n: int = 400) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    places = rng.integers(6, size=n)
    return places, rng.normal(size=(n, 1)) + places[:, None]


def test_means_are_those_of_scikit_learn() -> None:
    places, values = data()
    folds = np.arange(len(places)) % 4
    means, _ = fitted_means(places, 6, values, folds)
    theirs = TargetEncoder(smooth=SMOOTHING, target_type="continuous")
    wanted = theirs.fit(places[:, None], values[:, 0]).encodings_[0]
    np.testing.assert_allclose(means[:, 0], wanted, rtol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_row_has_the_mean_of_the_other_folds(weighted: bool) -> None:
    places, values = data(60)
    folds = np.random.default_rng(1).integers(3, size=60)
    weights = np.random.default_rng(2).uniform(0.5, 2, 60) if weighted else None
    _, of_rows = fitted_means(places, 6, values, folds, weights)
    w = np.ones(60) if weights is None else weights / weights.mean()
    mean = np.average(values[:, 0], weights=w)
    for i in range(60):
        others = (folds != folds[i]) & (places == places[i])
        total = (w * values[:, 0])[others].sum() + SMOOTHING * mean
        assert of_rows[i, 0] == pytest.approx(total / (w[others].sum() + SMOOTHING), rel=1e-12)


def test_of_ordered_folds_a_row_has_the_mean_of_earlier_ones() -> None:
    places, values = data(80)
    folds = np.sort(np.random.default_rng(1).integers(5, size=80))
    _, of_rows = fitted_means(places, 6, values, folds, ordered=True)
    for i in range(80):
        earlier = folds < folds[i]
        # Of the first fold there are none: it has one mean, which tells no rows apart.
        mean = values[earlier if folds[i] else folds == 0].mean()
        own = earlier & (places == places[i])
        wanted = (values[own].sum() + SMOOTHING * mean) / (own.sum() + SMOOTHING)
        assert of_rows[i, 0] == pytest.approx(wanted, rel=1e-12)


def test_weight_two_stands_for_a_row_given_twice() -> None:
    places, values = data(60)
    folds = np.arange(60) % 3
    weights = np.random.default_rng(2).integers(1, 4, 60)
    twice = np.repeat(np.arange(60), weights)
    means, _ = fitted_means(places, 6, values, folds, weights / weights.mean())
    same, _ = fitted_means(places[twice], 6, values[twice], folds[twice])
    # Nearly so: weights count by their ratios, and smoothing adds as many rows to either.
    assert np.corrcoef(means[:, 0], same[:, 0])[0, 1] > 0.999


def frame(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    town = rng.choice(list("abcde"), n).astype(object)
    town[::17] = None
    return pd.DataFrame(
        {"town": town, "size": rng.normal(size=n), "kind": rng.choice(list("xyz"), n)}
    )


def encoding(target: str, y: Any) -> tuple[TableEncoding, Any, Any]:
    table = table_of(frame())
    given = frame().assign(target=y)
    kind = Task.REGRESSION if target == "number" else Task.CLASSIFICATION
    plain = learn_encoding(given, target="target", task=kind)
    encoded = plain.encode_target(given)
    folds = np.arange(len(y)) % 5
    rows = np.arange(len(y))
    fitted, means = with_means(plain, table, rows, averaged(plain.target, encoded.y), folds)
    X = fitted.encode(table).X.copy()
    means.write(X, rows)
    return fitted, X, encoded.y


@pytest.mark.parametrize("target", ["number", "two", "many"])
def test_features_of_new_rows_and_of_training_rows(target: str) -> None:
    rng = np.random.default_rng(4)
    y: Any = {
        "number": rng.normal(size=300),
        "two": rng.choice(["no", "yes"], 300),
        "many": rng.choice(list("ABCDEFGH"), 300),
    }[target]
    found, X_train, _ = encoding(target, y)
    n_means = {"number": 1, "two": 1, "many": 5}[target]
    town = found.columns[0]
    assert town.n_features == 5 + 1 + n_means
    X = found.encode(frame()).X
    names = found.feature_names
    means = [k for k, name in enumerate(names) if ": mean of" in name]
    assert len(means) == 2 * n_means
    others = [k for k in range(len(names)) if k not in means]
    np.testing.assert_array_equal(X[:, others], X_train[:, others])
    # Of all rows they are near each other, and not the same.
    assert (X[:, means] != X_train[:, means]).any()
    np.testing.assert_allclose(X_train[:, means].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(X_train[:, means].std(axis=0), 1, rtol=1e-4)
    unseen = found.encode(frame().assign(town="nowhere")).X
    assert (unseen[:, [k for k in means if names[k].startswith("town")]] == 0).all()
    assert TableEncoding.from_dict(found.to_dict()) == found


def test_what_a_row_of_its_own_category_learns_is_not_its_target() -> None:
    rng = np.random.default_rng(5)
    places = np.arange(200)  # every row a category of its own
    values = rng.normal(size=(200, 1))
    means, of_rows = fitted_means(places, 200, values, np.arange(200) % 5)
    assert np.corrcoef(means[:, 0], values[:, 0])[0, 1] > 0.99
    assert abs(np.corrcoef(of_rows[:, 0] + 1e-9 * places, values[:, 0])[0, 1]) < 0.3


def test_rows_outside_have_means_of_the_others_and_leave_none_in_them() -> None:
    rng = np.random.default_rng(6)
    given = frame().assign(target=rng.normal(size=300))
    plain = learn_encoding(given, target="target", task=Task.REGRESSION)
    table, rows, folds = table_of(frame()), np.arange(300), np.arange(300) % 5
    inside, outside = np.flatnonzero(folds != 2), np.flatnonzero(folds == 2)

    def written(y: Any) -> Any:
        encoding, means = with_means(plain, table, rows, averaged(plain.target, y), folds)
        X = encoding.encode(table).X.copy()
        means.write(X, inside, outside)
        columns = means.columns
        return [X[:, c.start] * c.scale + c.center for c in columns]

    y = given["target"].to_numpy()
    changed = y.copy()
    changed[outside] += 100
    for was, now in zip(written(y), written(changed), strict=True):
        np.testing.assert_allclose(was, now, rtol=1e-4, atol=1e-4)
    # Those of the town, by hand.
    town = written(y)[0]
    values = plain.target.standardise(y)
    for i in outside[:20]:
        name = frame()["town"][i]
        same = frame()["town"].isna() if pd.isna(name) else frame()["town"] == name
        others = same.to_numpy()[inside]
        total = values[inside][others].sum() + SMOOTHING * values[inside].mean()
        assert town[i] == pytest.approx(total / (others.sum() + SMOOTHING), rel=1e-4, abs=1e-6)
