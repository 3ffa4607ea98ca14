"""Rows outside that are later, or that a user names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import (
    GroupKFold,
    PredefinedSplit,
    TimeSeriesSplit,
    cross_val_score,
)

from rosenblatt import TableClassifier, TableRegressor
from rosenblatt.errors import InputError
from rosenblatt.tabular.splits import (
    forward_divisions,
    membership_of,
    newest_rows,
    time_blocks,
)


def drifting(n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    day = pd.date_range("2024-01-01", periods=n // 4).repeat(4)
    x = rng.normal(size=n)
    price = x + np.linspace(0, 3, n) + rng.normal(size=n) / 4
    return pd.DataFrame({"day": day, "x": x, "price": price})


def test_rows_outside_are_later_than_all_rows_inside() -> None:
    rng = np.random.default_rng(0)
    for times in (rng.random(500), rng.integers(7, size=500), np.repeat([1.0, 2.0], [3, 97])):
        times = np.asarray(times, np.float64)
        blocks = time_blocks(times)
        order = np.argsort(times)
        assert (np.diff(blocks[order]) >= 0).all()
        for time in np.unique(times):
            assert len(np.unique(blocks[times == time])) == 1
        divisions = forward_divisions(blocks, 8)
        assert len(divisions) == 8
        for division in divisions:
            assert times[division.train].max() < times[division.validation].min()
        assert times[divisions[0].validation].max() == times.max()


def test_the_newest_rows_are_held_out() -> None:
    times = np.array([5.0, 1, 2, 3, 4, 5, 5, 2, 1, 0])
    assert newest_rows(times, 0.4).tolist() == [0, 4, 5, 6]
    assert newest_rows(times, 0.3).tolist() == [0, 5, 6]
    assert newest_rows(times, 0.2).tolist() == []  # three rows have the last time
    assert newest_rows(times, 0.0).tolist() == []


def test_a_name_an_array_and_texts_of_times_are_the_same() -> None:
    frame = drifting()
    shuffled = frame.sample(frac=1, random_state=0)

    def fitted(given: pd.DataFrame, time: Any) -> Any:
        reg = TableRegressor("fast", random_state=0)
        return reg.fit(given.drop(columns="price"), given["price"], time=time)

    named = fitted(frame, "day")
    wanted = named.predict(frame.drop(columns="price"))
    for given, time in (
        (frame, frame["day"]),
        (frame, frame["day"].dt.strftime("%Y-%m-%d").tolist()),
        (frame, np.arange(600) // 4),
        (shuffled, "day"),
    ):
        again = fitted(given, time)
        np.testing.assert_allclose(again.predict(frame.drop(columns="price")), wanted, atol=1e-5)
    assert named.columns_["day"] == "date"
    # Of random folds the neighbours in time are known: the score is too good for what is to come.
    at_random = TableRegressor("fast", random_state=0).fit(frame, target="price")
    assert named.validation_score_ < at_random.validation_score_


def test_means_of_the_target_are_of_the_past() -> None:
    rng = np.random.default_rng(0)
    scores = []
    for seed in range(3):
        frame = pd.DataFrame(
            {
                "code": np.char.add("c", rng.integers(30, size=2000).astype(str)),
                "x": rng.normal(size=2000),
            }
        )
        y = rng.integers(2, size=2000)
        clf = TableClassifier("fast", random_state=seed).fit(frame, y, time=np.arange(2000))
        scores.append(clf.validation_score_)
    # A fifth of the rows is outside: four standard errors of 1,200.
    assert abs(np.mean(scores) - 0.5) < 4 * 0.5 / np.sqrt(1200), scores


def test_rows_without_a_time_are_left_out() -> None:
    frame = drifting()
    frame.loc[[3, 70], "day"] = pd.NaT
    # The time need not be a feature.
    reg = TableRegressor("fast", random_state=0, columns={"day": "drop"})
    fitted = reg.fit(frame, target="price", time="day")
    assert "2 rows left out: 'day' is missing there" in fitted.notes_
    without = frame.drop(index=[3, 70])
    again = TableRegressor("fast", random_state=0)
    again.fit(without[["x"]], without["price"], time=without["day"])
    np.testing.assert_array_equal(fitted.predict(without), again.predict(without[["x"]]))


def test_folds_are_those_given() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=90), "part": np.arange(90) % 3})
    frame["target"] = frame["x"] + rng.normal(size=90) / 9
    X, y = frame[["x"]], frame["target"]
    named = TableRegressor("fast", random_state=0).fit(frame, target="target", folds="part")
    assert named.feature_names_in_.tolist() == ["x"]
    for folds in (
        frame["part"],
        PredefinedSplit(frame["part"]),
        frame["part"].map("abc".__getitem__),
    ):
        again = TableRegressor("fast", random_state=0).fit(X, y, folds=folds)
        np.testing.assert_array_equal(again.predict(X), named.predict(X))
    part = np.where(frame["part"] == 2, -1, frame["part"])
    assert membership_of(part, 90, y.to_numpy(), None)[:4].tolist() == [
        [2, 1],
        [1, 2],
        [1, 1],
        [2, 1],
    ]
    fitted = TableRegressor("fast", random_state=0).fit(X, y, folds=part)
    assert np.isfinite(fitted.validation_score_)
    later = TableRegressor("fast", random_state=0).fit(X, y, folds=TimeSeriesSplit(4))
    assert np.isfinite(later.validation_score_)
    by_group = TableRegressor("fast", random_state=0)
    by_group.fit(X, y, groups=np.arange(90) // 9, folds=GroupKFold(3))


def test_cross_validation_passes_times_on() -> None:
    frame = drifting(200)
    scores = cross_val_score(
        TableRegressor("fast", random_state=0),
        frame.drop(columns="price"),
        frame["price"],
        cv=TimeSeriesSplit(2),
        params={"time": frame["day"].to_numpy()},
    )
    assert np.isfinite(scores).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"time": "town"}, "the column 'town' holds no times"),
        ({"time": "nowhere"}, "nowhere"),
        ({"time": np.zeros(600)}, "the column 'time' holds no times"),
        ({"folds": np.zeros(600)}, "folds has fewer than two values, so that no rows are outside"),
        ({"folds": np.ma.masked_all(600)}, "folds has fewer than two values"),
        ({"folds": b"ab"}, r"folds has shape \(\), and there are 600 rows"),
        ({"folds": np.zeros(5)}, r"folds has shape \(5,\), and there are 600 rows"),
        ({"folds": 5}, "folds=5 is one number: give a fold for each row, or a splitter"),
        ({"folds": TimeSeriesSplit(5), "time": "day"}, "time and folds both say"),
        ({"groups": "town", "time": "day"}, "groups and time both say"),
        ({"groups": "town", "folds": np.arange(600) % 7}, "the group 'Bern' is in two folds"),
    ],
)
def test_what_divides_no_rows_is_refused(given: dict[str, Any], message: str) -> None:
    frame = drifting().assign(town=np.tile(["Rome", "Oslo", "Bern"], 200))
    with pytest.raises(InputError, match=message):
        TableRegressor("fast").fit(frame, target="price", **given)


def test_groups_beside_validation_rows_are_refused() -> None:
    frame = drifting()
    with pytest.raises(InputError, match="groups and X_val both say"):
        TableRegressor("fast").fit(
            frame[["x"]],
            frame["price"],
            groups=np.arange(600) % 9,
            X_val=frame[["x"]],
            y_val=frame["price"],
        )


def test_a_masked_fold_is_none() -> None:
    frame = drifting(200)
    folds = np.arange(200) % 4
    masked = np.ma.masked_array(folds, folds == 3)
    fit = {"X": frame[["x"]], "y": frame["price"]}
    given = TableRegressor("fast", random_state=0).fit(**fit, folds=masked)
    wanted = TableRegressor("fast", random_state=0).fit(
        **fit, folds=np.where(folds == 3, -1, folds)
    )
    np.testing.assert_array_equal(given.predict(fit["X"]), wanted.predict(fit["X"]))
