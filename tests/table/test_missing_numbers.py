"""Numbers that mean a missing cell, such as -999, and whole numbers beyond the digits of floats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import TableFormat, learn_encoding, read_table, recognise_table, table_of

SENTINEL = TableFormat(missing=("-999",))


@pytest.mark.parametrize("kind", [int, float, str])
@pytest.mark.parametrize("ending", ["csv", "parquet", None])
def test_a_number_that_means_missing_is_missing_in_every_format(tmp_path: Path, kind, ending):
    x = np.where(np.arange(60) % 6 == 0, -999, np.arange(60))
    frame = pd.DataFrame({"x": x.astype(kind), "y": ["a", "b"] * 30})
    table: object = frame
    if ending:
        getattr(frame, f"to_{ending}")(tmp_path / f"t.{ending}", index=False)
        table = read_table(tmp_path / f"t.{ending}", SENTINEL).table
    encoding = learn_encoding(table, target="y", fmt=SENTINEL)
    X = encoding.encode(table).X
    assert encoding.feature_names == ("x", "x is missing")
    np.testing.assert_array_equal(X[:, 1], x == -999)
    present = x[x != -999]
    assert np.median(X[x != -999, 0]) == pytest.approx(0, abs=0.2)
    assert encoding.columns[0].scaling.center == np.sort(present)[(len(present) - 1) // 2]
    for other in (int, float, str):
        again = encoding.encode(frame.assign(x=x.astype(other))).X
        np.testing.assert_array_equal(again, X)


def test_without_the_option_it_is_a_number():
    frame = pd.DataFrame({"x": [-999, 1, 2, 3] * 10, "y": ["a", "b"] * 20})
    assert learn_encoding(frame, target="y").feature_names == ("x",)


def test_as_the_target_its_rows_are_left_out():
    frame = pd.DataFrame({"x": range(40), "y": [1.5, -999, 2.25, 7.0] * 10})
    target = recognise_table(frame, target="y", fmt=SENTINEL).target
    encoded = target.encode(table_of(frame).by_name["y"])
    assert encoded.rows.sum() == 30
    assert target.mean == pytest.approx(np.mean([1.5, 2.25, 7.0]))


@pytest.mark.parametrize("kind", [int, str])
def test_whole_numbers_that_differ_beyond_a_float_are_told_apart_as_text_too(kind):
    numbers = [1234567890123456789, 1234567890123456791] * 10
    frame = pd.DataFrame({"x": [kind(n) for n in numbers], "y": ["a", "b"] * 10})
    encoding = learn_encoding(frame, target="y")
    for other in (int, str):
        X = encoding.encode(frame.assign(x=[other(n) for n in numbers])).X
        np.testing.assert_array_equal(X[:, 0], [-1, 1] * 10)


def test_a_column_declared_a_number_names_what_is_none():
    frame = pd.DataFrame({"x": ["1.5", "two", "three"] * 10, "y": ["a", "b"] * 15})
    with pytest.raises(InputError, match=r"--column x=number says: half .* such as 'two'"):
        learn_encoding(frame, target="y", fmt=TableFormat(columns={"x": "number"}))
