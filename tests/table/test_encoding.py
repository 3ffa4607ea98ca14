"""Columns to features: recognition, imputation, scaling, categories, dates, plain data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import (
    TableEncoding,
    TableFormat,
    learn_encoding,
    read_table,
)
from tests.support.tables import DAYS, NUMBERS, WORDS, N, learn, table

DATA = Path(__file__).parents[3] / "shared" / "data"


def test_columns_in_any_order_extra_and_absent():
    frame = table(length=NUMBERS, color=np.resize(WORDS, N), idle=np.ones(N))
    encoding = learn(frame)
    X = encoding.encode(frame).X
    shuffled = frame[["color", "y", "x", "length"]].assign(note="hello", more=1)
    encoded = encoding.encode(shuffled)
    np.testing.assert_array_equal(encoded.X, X)
    assert encoded.notes == ("2 unknown columns ignored: 'note', 'more'",)
    np.testing.assert_array_equal(encoding.encode(frame.drop(columns=["y", "idle"])).X, X)
    with pytest.raises(InputError, match=r"lacks the column 'color': did you mean 'colour'\?"):
        encoding.encode(frame.rename(columns={"color": "colour"}))
    with pytest.raises(InputError, match=r"lacks the columns 'length', 'x': it has 'color'"):
        encoding.encode(frame[["color"]])
    with pytest.raises(InputError, match="'color' occurs more than once"):
        encoding.encode(pd.concat([frame, frame[["color"]]], axis=1))


def test_rows_are_encoded_alike_whatever_stands_beside_them():
    frame = table(
        a=np.where(NUMBERS % 3 == 0, np.nan, NUMBERS), b=np.resize(WORDS, N), c=DAYS
    ).sample(frac=1, random_state=0)
    encoding = learn(frame)
    X = encoding.encode(frame).X
    for row in (0, 7, N - 1):
        np.testing.assert_array_equal(encoding.encode(frame.iloc[[row]]).X[0], X[row])
    assert encoding.encode(frame.iloc[:0]).X.shape == (0, X.shape[1])


def test_rows_without_a_target_teach_nothing():
    frame = table(c=NUMBERS)
    frame.loc[5:, "y"] = None
    frame.loc[:4, "y"] = ["a", "b", "a", "b", "b"]
    assert learn(frame).columns == learn(frame.head(5)).columns


def test_no_column_left_to_learn_from():
    frame = table(c=["same"] * N).drop(columns="x")
    with pytest.raises(InputError, match=r"no column is left to learn 'y' from \(c: constant"):
        learn(frame)
    with pytest.raises(InputError, match="it is the only one"):
        learn(frame[["y"]])


def test_many_dropped_columns_make_one_note():
    frame = table(**{f"p{k}": np.zeros(N) for k in range(60)}, e=np.full(N, np.nan))
    encoding = learn(frame)
    assert encoding.notes[1:] == (
        "60 columns are left out, constant: 'p0', 'p1', 'p2', ...",
        "column 'e' is left out, all cells are missing",
    )


def test_describe_has_a_line_a_column():
    frame = table(c=np.resize(WORDS, N), d=DAYS, e=np.resize([True, False], N), f=np.ones(N))
    lines = learn(frame).describe()
    assert [(line.name, line.kind, line.n_features) for line in lines] == [
        ("c", "category", 3),
        ("d", "date", 7),
        ("e", "true/false", 1),
        ("f", "left out", 0),
        ("x", "number", 1),
        ("y", "target", 0),
    ]
    assert lines[0].detail == "3 categories"
    assert "median 2020-02-28" in lines[1].detail
    assert lines[5].detail == "2 classes: 'a', 'b'"


def test_text_columns_are_those_that_must_stay_as_written(tmp_path):
    frame = table(zip=np.resize(["01234", "X1", "00777"], N), n=np.arange(N) % 9)
    frame.to_csv(tmp_path / "train.csv", index=False)
    encoding = learn(read_table(tmp_path / "train.csv").table)
    assert encoding.text_columns == ("zip", "y")
    frame.head(1).to_csv(tmp_path / "new.csv", index=False)
    new = read_table(tmp_path / "new.csv", as_text=encoding.text_columns).table
    assert encoding.encode(new).notes == ()


@pytest.mark.parametrize(
    ("name", "n_features", "kinds"),
    [
        ("flights", 246, {"tailnum": 101, "dep_delay": 1, "temp": 2}),
        ("ames", None, {"Alley": 3, "Lot.Frontage": 2, "Central.Air": 1, "MS.SubClass": 15}),
        ("adult", 108, {"workclass": 9, "age": 1, "sex": 2}),
        ("kddcup99", 113, {"num_outbound_cmds": 0, "service": 63}),
    ],
)
def test_real_tables(name, n_features, kinds):
    path = DATA / f"{name}.parquet"
    if not path.exists():
        pytest.skip("the benchmark data are not here")
    frame = read_table(path).table
    encoding = learn_encoding(frame, target="target")
    lines = {line.name: line.n_features for line in encoding.describe()}
    assert {key: lines[key] for key in kinds} == kinds
    encoded = encoding.encode(frame)
    assert n_features in (None, encoded.X.shape[1])
    assert encoded.notes == ()
    assert np.isfinite(encoded.X).all()
    assert np.abs(encoded.X).max() < 50
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


def test_a_table_through_csv_is_encoded_as_through_parquet(tmp_path):
    path = DATA / "adult.parquet"
    if not path.exists():
        pytest.skip("the benchmark data are not here")
    frame = pd.read_parquet(path).head(3000)
    frame.to_csv(tmp_path / "t.csv", index=False, sep=";", na_rep="?")
    again = read_table(tmp_path / "t.csv").table
    encoding = learn_encoding(frame, target="target")
    assert learn_encoding(again, target="target") == encoding
    np.testing.assert_array_equal(encoding.encode(again).X, encoding.encode(frame).X)


def test_zeros_before_a_code_may_be_lost_and_are_never_added():
    """As by programs that take codes for numbers, and give 7 or 7.0 back for 007."""
    cells = ["007", "12", "x", "0"]
    encoding = learn_encoding(
        {"code": cells * 10, "y": np.arange(40.0) ** 2},
        target="y",
        fmt=TableFormat(columns={"code": "category"}),
    )

    def features(cell):
        return encoding.encode({"code": [cell]}).X[0].tolist()

    known = {cell: features(cell) for cell in cells}
    for same, cell in (("7", "007"), ("7.0", "007"), ("12.0", "12"), ("-0", "0")):
        assert features(same) == known[cell]
    for new in ("07", "0007", "012", "012.0", "00"):
        assert features(new) == features("never seen")
        assert features(new) not in known.values()
