"""Numeric columns: missing and infinite values, notations, signs."""

import datetime
import json

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import (
    ColumnKind,
    TableEncoding,
    TableFormat,
    recognise_table,
    table_of,
)
from rosenblatt.table.parsing import numbers_of
from rosenblatt.table.recognition import recognise
from tests.support.tables import DAYS, NUMBERS, WORDS, N, features, learn, rng, table


def test_numbers_are_imputed_by_the_median_and_marked():
    values = rng().normal(3, 2, N)
    values[::10] = np.nan
    frame = table(c=values)
    encoding = learn(frame)
    X = features(encoding, frame)
    np.testing.assert_array_equal(X["c is missing"], np.isnan(values))
    present = np.sort(values[~np.isnan(values)])
    imputed = np.where(np.isnan(values), present[(len(present) - 1) // 2], values)
    np.testing.assert_allclose(X["c"], (imputed - present.mean()) / present.std(), atol=1e-5)
    assert "x is missing" not in X


def test_a_missing_value_never_seen_in_training_is_imputed_and_noted():
    frame = table(c=np.arange(N) * 1.5, b=np.resize([True, True, False], N), k=np.resize(WORDS, N))
    encoding = learn(frame)
    holes = frame.astype({"b": object})
    holes.loc[[4, 9], ["c", "b", "k"]] = None
    encoded = encoding.encode(holes)
    X = pd.DataFrame(encoded.X, columns=list(encoding.feature_names))
    np.testing.assert_allclose(X.loc[4, "c"], X.loc[N // 2 - 1, "c"])  # the lower median
    assert X.loc[4, "b"] == 1
    assert X.loc[4, [f"k = {word}" for word in WORDS]].sum() == 0
    assert len(encoded.notes) == 3
    for note in encoded.notes:
        assert "2 missing cells (row 5, row 10)" in note


@pytest.mark.parametrize("column", ["c", "d", "z"])
@pytest.mark.parametrize("sign", [1, -1])
def test_infinite_values_name_column_and_rows(column, sign):
    frame = table(c=NUMBERS, d=pd.array(NUMBERS, dtype="Float64"), z=NUMBERS.astype(str))
    encoding = learn(frame)
    broken = frame.astype({"z": object})
    broken.loc[[2, 7], column] = np.inf * sign
    sentence = rf"column '{column}' holds infinite values \(row 3, row 8\)"
    with pytest.raises(InputError, match=sentence):
        encoding.encode(broken)
    with pytest.raises(InputError, match=sentence):
        learn(broken)


def test_a_few_words_among_numbers_mean_missing():
    cells = [str(v) for v in NUMBERS]
    cells[3] = cells[8] = "Unknown"
    frame = table(c=cells)
    encoding = learn(frame)
    assert encoding.columns[0].words == ("Unknown",)
    X = features(encoding, frame)
    assert np.flatnonzero(X["c is missing"]).tolist() == [3, 8]
    assert any("'Unknown'" in note for note in recognise_table(frame, target="y").notes)
    frame.loc[5, "c"] = "unheard of"
    with pytest.raises(InputError, match="'unheard of' in row 6"):
        encoding.encode(frame)


def test_grouped_thousands_are_read_where_the_column_proves_them():
    frame = table(c=[f"{v:,}" for v in range(0, 4_000_000, 10_000)])
    encoding = learn(frame)
    plain = features(
        learn(table(c=range(0, 4_000_000, 10_000))), table(c=range(0, 4_000_000, 10_000))
    )
    np.testing.assert_array_equal(features(encoding, frame), plain)
    with pytest.raises(InputError, match="'1,2,3'"):
        encoding.encode(frame.assign(c="1,2,3"))
    # A lone "1,234" may be 1.234 elsewhere: never guessed at in a column of plain numbers.
    with pytest.raises(InputError, match="'1,234'"):
        learn(table(c=NUMBERS)).encode(frame.assign(c="1,234"))


def test_words_of_any_type_among_numbers_mean_missing():
    cells = pd.Series(NUMBERS, dtype=object)
    cells[[1, 6]] = datetime.time(8)
    X = features(learn(table(c=cells)), table(c=cells))
    assert np.flatnonzero(X["c is missing"]).tolist() == [1, 6]


def test_numbers_in_an_unclear_notation_are_asked_for():
    frame = table(c=[f"{k % 7 + 1},{k:03}" for k in range(N)]).assign(x=np.arange(N) % 9)
    with pytest.raises(InputError, match=r"'1,000' may be .* say --.*thousands"):
        learn(frame)
    for fmt, first in (({"thousands": ","}, 1000), ({"decimal": ","}, 1)):
        x, _ = numbers_of(
            table_of(frame).by_name["c"], learn(frame, fmt=TableFormat(**fmt)).columns[0].notation
        )
        assert x[0] == first


def test_numbers_with_a_sign_are_read_with_or_without_it():
    frame = table(c=[f"{v}%" for v in NUMBERS])
    encoding = learn(frame)
    plain = learn(table(c=NUMBERS))
    np.testing.assert_array_equal(encoding.encode(frame).X, plain.encode(table(c=NUMBERS)).X)
    read = encoding.encode(table(c=["-5 %", "-5%", "−5%"])).X[:, 0]
    assert len(set(read)) == 1
    assert "1234.5%" in encoding.describe()[0].detail
    for wrong in ("5€", "%", "5%%", "1%2"):
        with pytest.raises(InputError, match="not a number"):
            encoding.encode(table(c=[wrong]))
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


@pytest.mark.parametrize("wrong", ["tall", "1.5m", "1__000", DAYS[0], b"x", 1j])
def test_non_number_in_a_numeric_column_is_named(wrong):
    frame = table(c=NUMBERS)
    encoding = learn(frame)
    cells = pd.Series(NUMBERS, dtype=object)
    cells[[2, 5]] = wrong
    with pytest.raises(InputError, match=r"column 'c' has .* in row 3 \(1 further cell likewise\)"):
        encoding.encode(frame.assign(c=cells))


def test_a_month_with_its_year_does_not_prove_a_decimal_point():
    prices = [f"{k % 900 + 100}.{k * 7 % 1000:03}" for k in range(N)]
    months = [f"{k % 12 + 1:02}.{2020 + k % 5}" for k in range(N)]
    frame = table(month=np.array(months, dtype=float), price=prices).drop(columns="x")
    with pytest.raises(InputError, match=r"'price'.*no cell decides"):
        learn(frame)
    areas = [f"{k % 90},{k % 9}" for k in range(N)]
    formats = recognise_table(frame.assign(area=areas), target="y")
    price = formats.columns[1]
    assert (price.notation.grouping, price.notation.decimal) == (".", ",")


def test_a_dash_for_no_number_may_stand_in_many_rows():
    cells = np.resize(["($1,234.50)", "$2,500.00", "-", "$0.75"], N)
    encoding = learn(table(c=cells))
    assert encoding.columns[0].words == ("-",)
    X = features(encoding, table(c=cells))
    np.testing.assert_array_equal(X["c is missing"], cells == "-")


@pytest.mark.parametrize("declared", [None, "number"])
@pytest.mark.parametrize("others", [["1/2"], ["abc"], ["1/2", "?"], ["NA", "abc"], ["#DIV/0!"]])
def test_bounds_beside_a_few_words_are_no_numbers(others, declared):
    table = table_of({"b": ["<0.5"] * 12 + others})
    if declared is None:
        assert recognise(table, TableFormat())[0].kind is ColumnKind.CATEGORY
        return
    with pytest.raises(InputError, match=r"no column of numbers.*such as '<0.5'"):
        recognise(table, TableFormat(columns={"b": declared}))
