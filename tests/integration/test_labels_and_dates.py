"""Labels that are no classes, and dates beside numbers: one sentence in every estimator."""

from __future__ import annotations

import warnings
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rosenblatt import MLPClassifier, TableClassifier
from rosenblatt.errors import InputError
from tests.support.each_estimator import ESTIMATORS, LABELS, NUMBERS, TABLES, X

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

CLASSIFIERS = [name for name in ESTIMATORS if name.endswith("Classifier") or name == "Perceptron"]
ON_ARRAYS = [name for name in ESTIMATORS if name not in TABLES]
DAYS = (date(2020, 1, 1), date(2021, 1, 1))
PAIRS: dict[str, tuple[tuple[Any, Any], str]] = {
    "dates": (DAYS, "values of the type date cannot be classes: give their texts"),
    "times": ((datetime(2020, 1, 1), datetime(2021, 1, 1)), "the type datetime cannot be"),
    "durations": ((timedelta(1), timedelta(2)), "the type timedelta cannot be classes"),
    "stamps": ((pd.Timestamp("2020"), pd.Timestamp("2021")), "the type Timestamp cannot be"),
    "periods": ((pd.Period("2020"), pd.Period("2021")), "the type Period cannot be classes"),
    "decimals": ((Decimal(1), Decimal(2)), "the type Decimal cannot be classes"),
    "complex": ((1j, 2j), "the type complex.* cannot be classes"),
    "objects": ((object(), object()), "the type object cannot be classes"),
    "date and number": ((datetime(2020, 1, 1), 1), "the type datetime cannot be classes"),
    "text and number": (("a", 1), "the classes are of several types, int and str"),
    "text and None": (("a", None), "y contains NaN or None"),
    "text and NA": (("a", pd.NA), "y contains NaN or None"),
}


def of_two(pair: tuple[Any, Any]) -> np.ndarray[Any, Any]:
    labels = np.empty(len(X), dtype=object)
    for row, code in enumerate(LABELS):
        labels[row] = pair[code]
    return labels


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("pair", PAIRS)
def test_labels_that_are_no_classes(name: str, pair: str) -> None:
    values, message = PAIRS[pair]
    with pytest.raises(InputError, match=message):
        ESTIMATORS[name][0]().fit(X, of_two(values))


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPEnsembleClassifier", "Perceptron"])
def test_scores_of_dates(name: str) -> None:
    fitted = ESTIMATORS[name][0]().fit(X, LABELS)
    with pytest.raises(InputError, match="the type date cannot be classes"):
        fitted.score(X, of_two(DAYS))


def test_classes_of_partial_fit() -> None:
    with pytest.raises(InputError, match="the type date cannot be classes"):
        MLPClassifier().partial_fit(X, of_two(DAYS), classes=of_two(DAYS)[:2])
    fitted = MLPClassifier().partial_fit(X, LABELS, classes=[0, 1])
    with pytest.raises(InputError, match="the type date cannot be classes"):
        fitted.partial_fit(X, of_two(DAYS))


MOMENTS = pd.date_range("2020", periods=len(X))
TABLES_WITH_TIMES: dict[str, Any] = {
    "dates": pd.DataFrame({"a": X[:, 0], "b": MOMENTS}),
    "dates of a zone": pd.DataFrame({"a": X[:, 0], "b": MOMENTS.tz_localize("UTC")}),
    "durations": pd.DataFrame({"a": X[:, 0], "b": MOMENTS - MOMENTS[0]}),
    "both": pd.DataFrame({"a": MOMENTS, "b": MOMENTS - MOMENTS[0]}),
    "objects": pd.DataFrame({"a": X[:, 0], "b": [DAYS[0]] * len(X)}),
    "periods": pd.DataFrame({"a": X[:, 0], "b": MOMENTS.to_period("D")}),
    "array": np.array([[1.0, DAYS[0]]] * len(X), dtype=object),
    "lists": [[1.0, DAYS[0]]] * len(X),
}


@pytest.mark.parametrize("name", ON_ARRAYS)
@pytest.mark.parametrize("table", TABLES_WITH_TIMES)
def test_dates_beside_numbers(name: str, table: str) -> None:
    make, y = ESTIMATORS[name]
    given = TABLES_WITH_TIMES[table]
    refused = "X has dates or durations beside other cells: turn them into numbers, or take Table"
    with pytest.raises(ValueError, match=refused):
        make().fit(given, y)


@pytest.mark.parametrize("name", ON_ARRAYS)
def test_a_frame_that_is_not_there_yet(name: str) -> None:
    make, y = ESTIMATORS[name]
    lazy = pl.DataFrame(X, schema=["a", "b", "c"]).lazy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=r"X is a LazyFrame.*: collect\(\) it first"):
            make().fit(lazy, y)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("strange", [np.nan, np.inf])
def test_a_column_of_weights_lacks_a_number(name: str, strange: float) -> None:
    weights = np.ones(len(X))
    weights[3] = strange
    frame = pd.DataFrame({"a": X[:, 0], "y": LABELS, "w": weights})
    with pytest.raises(
        InputError, match=r"sample_weight='w' names a column without .* number in row 3"
    ):
        ESTIMATORS[name][0]().fit(frame, target="y", sample_weight="w")


def test_business_days_are_days_without_a_warning() -> None:
    frame = pd.DataFrame({"a": X[:, 0]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, that such periods go
        days = pd.period_range("2020-01-01", periods=len(X), freq="B")
        begin = days.to_timestamp()
        frame["day"] = days
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        fitted = TableClassifier("fast", random_state=0).fit(frame, NUMBERS > 0)
        predicted = fitted.predict_proba(frame)
    frame["day"] = begin
    np.testing.assert_array_equal(fitted.predict_proba(frame), predicted)
