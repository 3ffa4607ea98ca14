"""Columns that are targets, weights or groups, what is no table, and what is said of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from rosenblatt import TableRegressor
from rosenblatt.errors import InputError
from tests.support.houses import FEATURES, classifier, houses, regressor


def test_weights_and_groups_may_be_columns() -> None:
    frame = houses().assign(w=np.arange(240) % 3, g=np.arange(240) // 4)
    X, y = frame[FEATURES], frame["price"]
    given = regressor().fit(X, y, sample_weight=frame["w"], groups=frame["g"])
    named = [
        regressor().fit(frame[[*FEATURES, "w", "g"]], y, sample_weight="w", groups="g"),
        regressor().fit(
            frame[[*FEATURES, "w", "g", "price"]], target="price", sample_weight="w", groups="g"
        ),
        regressor().fit(
            pl.from_pandas(frame[[*FEATURES, "w", "g"]]), y, sample_weight="w", groups="g"
        ),
    ]
    for fitted in named:
        np.testing.assert_array_equal(fitted.predict(frame), given.predict(X))
        assert fitted.feature_names_in_.tolist() == FEATURES
        assert fitted.validation_score_ == given.validation_score_


def test_a_row_without_a_group_is_a_group() -> None:
    frame = houses()
    groups = np.array([None, "a"] * 120, dtype=object)
    alone = np.where(groups == "a", "a", np.arange(240).astype(str))
    fitted, wanted = (
        regressor().fit(frame[FEATURES], frame["price"], groups=g) for g in (groups, alone)
    )
    assert fitted.validation_score_ == pytest.approx(wanted.validation_score_, abs=0.05)
    lonely = np.full(240, np.nan)
    assert regressor().fit(frame[FEATURES], frame["price"], groups=lonely).n_rows_ == 240


@pytest.mark.parametrize(
    ("X", "given", "message"),
    [
        ("frame", {"groups": "twon"}, "lacks the column 'twon'.*'town'"),
        ("frame", {"sample_weight": "town"}, "sample_weight='town' .* no numbers"),
        (
            "frame",
            {"sample_weight": "area", "groups": "area"},
            "'area' cannot be sample_weight and",
        ),
        ("frame", {"groups": "constant"}, "same 'constant', so that none are outside"),
        ("array", {"groups": "town"}, "groups='town' names a column.* give the values"),
    ],
)
def test_columns_that_cannot_be_weights_or_groups(
    X: str, given: dict[str, str], message: str
) -> None:
    frame = houses().assign(constant="a")
    table: Any = frame[[*FEATURES, "constant"]]
    with pytest.raises(InputError, match=message):
        regressor().fit(table if X == "frame" else table.to_numpy(), frame["price"], **given)


@pytest.mark.parametrize("use", ["target", "sample_weight", "groups"])
@pytest.mark.parametrize("cell", [[1, 2], {"a": 1}, b"\xff"])
def test_a_column_of_lists_is_no_target_weight_or_group(use: str, cell: Any) -> None:
    frame = houses().assign(cells=[cell] * 240)[[*FEATURES, "price", "cells"]]
    with pytest.raises(InputError, match="'cells' holds lists, records or bytes"):
        regressor().fit(frame, **{"target": "price", use: "cells"})
    if use == "target":
        with pytest.raises(InputError, match="'price' holds lists, records or bytes"):
            regressor().fit(
                frame.drop(columns="cells"),
                target="price",
                X_val=frame.assign(price=frame["cells"]).drop(columns="cells"),
            )


def test_rows_without_a_target_are_counted() -> None:
    frame = houses()[[*FEATURES, "price"]]
    assert regressor().fit(frame, target="price").notes_ == ()
    frame.loc[:6, "price"] = np.nan
    fitted = regressor().fit(frame, target="price")
    assert fitted.notes_ == ("7 rows left out: 'price' is missing there",)
    assert "note: 7 rows left out" in fitted.summary()


def test_what_was_never_in_question_is_not_noted() -> None:
    frame = houses()
    assert classifier().fit(frame[FEATURES], frame["dear"]).notes_ == ()
    assert regressor().fit(frame[FEATURES], frame["price"]).notes_ == ()


def test_a_linear_model_says_so() -> None:
    frame = houses(2000)
    with pytest.warns(UserWarning, match="linear model"):
        fitted = TableRegressor(time_limit=1e-6).fit(frame[FEATURES], frame["price"])
    summary = fitted.summary()
    assert summary.startswith("TableRegressor: a linear model, ")
    assert "nan" not in summary
    assert "note: no network had an epoch within time_limit=1e-06: a linear model" in summary


def no_tables() -> dict[str, tuple[Any, str]]:
    frame = houses()[FEATURES]
    return {
        "row": (frame.iloc[0], r"single row or column \(a Series\)"),
        "column": (pl.from_pandas(frame)["area"], r"single row or column \(a Series\)"),
        "lazy": (pl.from_pandas(frame).lazy(), r"collect\(\) it first"),
        "text": ("houses.csv", "read it first"),
        "path": (Path("houses.csv"), "rosenblatt.table.read_table"),
    }


@pytest.mark.parametrize("case", no_tables())
def test_what_is_no_table_is_refused(case: str) -> None:
    X, message = no_tables()[case]
    frame = houses()
    fitted = regressor().fit(frame[FEATURES], frame["price"])
    for call in (
        lambda: fitted.predict(X),
        lambda: regressor().fit(X, frame["price"]),
        lambda: regressor().fit(X, target="price"),
    ):
        with pytest.raises(InputError, match=message):
            call()


@pytest.mark.parametrize("kind", ["number", "date"])
def test_messages_name_the_parameter_and_no_option(kind: str) -> None:
    frame = houses()
    with pytest.raises(InputError) as raised:
        regressor(columns={"town": kind}).fit(frame[FEATURES], frame["price"])
    assert f"columns={{'town': '{kind}'}} says" in str(raised.value)
    assert "--" not in str(raised.value)


def test_notes_name_the_parameter_and_no_option() -> None:
    frame = houses()
    sold = frame["built"].dt.strftime("%Y%m%d").astype(int)
    fitted = regressor().fit(frame[FEATURES].assign(sold=sold), frame["price"])
    (note,) = fitted.notes_
    assert note.endswith("if these are numbers, say columns={'sold': 'number'}")


def test_logarithms_of_probabilities() -> None:
    frame = houses()
    fitted = classifier().fit(frame[FEATURES], frame["dear"])
    np.testing.assert_allclose(
        np.exp(fitted.predict_log_proba(frame[FEATURES])), fitted.predict_proba(frame[FEATURES])
    )


def test_a_regressor_names_the_classifier_for_a_column_of_texts() -> None:
    frame: pd.DataFrame = houses()[[*FEATURES, "dear"]]
    with pytest.raises(InputError, match="take TableClassifier"):
        regressor().fit(frame, target="dear")
