"""Lists that are no array, masks, missing dates: one sentence in every estimator, none is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import RegressorMixin

from rosenblatt import (
    MLPClassifier,
    MLPRegressor,
    ThresholdNeuron,
)
from tests.support.each_estimator import ESTIMATORS, LABELS, NUMBERS, TABLES, WITHOUT_WEIGHTS, X

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

WORDS_OF_NUMPY = ("setting an array element", "inhomogeneous", "could not convert")
RAGGED_X: list[Any] = [
    [[1.0, 2.0, 3.0]] * 39 + [[1.0, 2.0]],
    [[1.0, 2.0, [3.0]]] * 40,
    [[1.0, 2.0, 3.0]] * 39 + [[1.0, 2.0, [3.0, 4.0]]],
    [np.ones(3)] * 39 + [np.ones(2)],
]
RAGGED: list[Any] = [[1] * 39 + [[1, 2]], [[1, 0]] * 39 + [[1, 2, 3]]]
MASK = np.arange(40) % 5 == 0


def fails(message: str, call: Callable[..., Any], *given: Any, **named: Any) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        call(*given, **named)
    said = str(caught.value)
    assert not any(words in said for words in WORDS_OF_NUMPY)
    assert len(said) < 200


def test_ragged_lists(named: Any) -> None:
    name, make, y, fitted = named
    for ragged in RAGGED_X[: 1 if name in TABLES else None]:
        fails("X has rows of different lengths", make().fit, ragged, y)
        fails("X has rows of different lengths", fitted.predict, ragged)
    for ragged in RAGGED:
        of_tables = "sequences of different lengths"
        fails(
            of_tables if name in TABLES else "y has rows of different lengths",
            make().fit,
            X,
            ragged,
        )
        fails("y has rows of different lengths", fitted.score, X, ragged)
    if name not in WITHOUT_WEIGHTS:
        for weights in ([1] * 39 + [[1, 2]], ["a"] * 40, [1j] * 40):
            fails("sample_weight must have one", make().fit, X, y, sample_weight=weights)
        ragged = RAGGED[0]
        fails("sample_weight has rows", fitted.score, X, y, sample_weight=ragged)


def test_masks_are_refused_where_they_would_be_lost(named: Any) -> None:
    name, make, y, fitted = named
    masked_y = np.ma.masked_array(y, MASK)
    masked_X = np.ma.masked_array(X, np.tile(MASK[:, None], 3))
    weights = np.ma.masked_array(np.ones(40), MASK)
    if name not in TABLES:  # for which what is masked is missing
        fails("y has masked values", make().fit, X, masked_y)
        fails("X has masked values", make().fit, masked_X, y)
        fails("X has masked values", fitted.predict, masked_X)
    fails("y has masked values", fitted.score, X, masked_y)
    if name not in WITHOUT_WEIGHTS:
        fails("sample_weight has masked values", make().fit, X, y, sample_weight=weights)
        fails("sample_weight has masked values", fitted.score, X, y, sample_weight=weights)


def test_a_mask_without_masked_values_is_none(named: Any) -> None:
    _, make, y, fitted = named
    none = np.ma.masked_array(y, np.zeros(40, dtype=bool))
    assert fitted.score(X, none) == fitted.score(X, y)
    make().fit(np.ma.masked_array(X, np.zeros(X.shape, dtype=bool)), none)


@pytest.mark.parametrize("make", [MLPClassifier, MLPRegressor])
def test_rows_to_validate_on(make: Any) -> None:
    net, y = make(max_iter=2, early_stopping=True), LABELS
    ragged = RAGGED_X[0]
    fails("X_val has rows", net.fit, X, y, X_val=ragged, y_val=y)
    fails("y_val has rows", net.fit, X, y, X_val=X, y_val=RAGGED[0])
    masked = np.ma.masked_array(y, MASK)
    fails("y_val has masked values", net.fit, X, y, X_val=X, y_val=masked)
    fails("X has rows", MLPRegressor().partial_fit, ragged, y)


def test_single_functions() -> None:
    fitted = MLPRegressor(max_iter=2).fit(X, NUMBERS)
    masked = np.ma.masked_array(X, np.tile(MASK[:, None], 3))
    for call in (fitted.predictor(), ThresholdNeuron((1.0, 1.0, 1.0), 0.0).predict):
        fails("X has rows", call, RAGGED_X[0])
        fails("X has masked values", call, masked)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("shape", [(40,), (40, 1)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
def test_masked_targets_of_a_table_are_missing_ones(name: str, shape: tuple[int, ...]) -> None:
    """As where the target is a column of the frame, with missing cells."""
    make, y = ESTIMATORS[name]
    below = np.where(MASK, np.nan if name == "TableRegressor" else 77, y).reshape(shape)
    by_mask = make().fit(X, np.ma.masked_array(below, MASK.reshape(shape)))
    frame = pd.DataFrame(X, columns=["x0", "x1", "x2"])
    frame["target"] = pd.array(y).astype("Int64" if name == "TableClassifier" else "Float64")
    frame.loc[MASK, "target"] = pd.NA
    by_name = make().fit(frame, target="target")
    assert by_mask.notes_ == by_name.notes_
    assert "8 rows left out: 'target' is missing there" in by_mask.notes_
    np.testing.assert_array_equal(by_mask.predict(X), by_name.predict(frame[["x0", "x1", "x2"]]))


@pytest.mark.parametrize("name", TABLES)
def test_a_target_that_is_masked_throughout(name: str) -> None:
    make, y = ESTIMATORS[name]
    fails("is missing, or not counted, in all", make().fit, X, np.ma.masked_array(y, True))


@pytest.mark.parametrize("unit", ["M8[ns]", "M8[D]", "m8[ms]"])
def test_missing_dates_become_no_numbers(named: Any, unit: str) -> None:
    name, make, y, fitted = named
    times = np.arange(40).astype("i8").astype(unit)
    times[MASK] = "NaT"
    rows = np.tile(times[:, None], 3)
    if name not in TABLES:  # for which they are missing cells
        for missing in (rows, pd.DataFrame(rows), pd.DataFrame(rows).to_numpy()):
            fails("X has dates or durations that are missing", make().fit, missing, y)
            fails("X has dates or durations that are missing", fitted.predict, missing)
        frame = pl.DataFrame(dict(zip("abc", rows.T, strict=True)))
        if unit != "M8[D]":
            fails("X has dates or durations that are missing", make().fit, frame, y)
        for target in (times, pd.Series(times)):
            fails("y has dates or durations that are missing", make().fit, X, target)
    else:
        fails("cannot be classes|predicts numbers", make().fit, X, times)
    if name not in WITHOUT_WEIGHTS:
        said = "sample_weight has dates or durations that are missing"
        fails(said, make().fit, X, y, sample_weight=times)


def test_records_are_no_numbers(named: Any) -> None:
    name, make, y, _ = named
    records = np.zeros(40, dtype=[("a", int), ("b", int)])
    refused = "hold no cells" if name in TABLES else "X has records"
    fails(refused, make().fit, np.stack([records] * 3, axis=1), y)
    refused = "cannot be classes|predicts numbers" if name in TABLES else "y has records"
    fails(refused, make().fit, X, records)


def test_the_na_of_pandas_is_a_missing_cell(named: Any) -> None:
    name, make, y, fitted = named
    if name in TABLES:  # for which it is a missing cell of X too
        return
    cells = X.astype(object)
    cells[3, 1] = pd.NA
    for missing in (cells, cells.tolist(), pd.DataFrame(cells)):
        fails("X has missing cells", make().fit, missing, y)
        fails("X has missing cells", fitted.predict, missing)
    if isinstance(fitted, RegressorMixin):
        fails("y has missing cells", make().fit, X, [*y[:-1], pd.NA])


def test_dates_without_missing_ones_are_still_numbers() -> None:
    times = np.arange(120).astype("M8[D]").reshape(40, 3)
    fitted = MLPRegressor(max_iter=2, random_state=0).fit(times, NUMBERS)
    plain = MLPRegressor(max_iter=2, random_state=0).fit(times.astype(float), NUMBERS)
    np.testing.assert_array_equal(fitted.predict(times), plain.predict(times.astype(float)))
