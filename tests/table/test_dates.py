"""Dates: lines and circles, the order of their parts, and what is none."""

import json

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import (
    Category,
    Cycle,
    DateOrder,
    TableEncoding,
    TableFormat,
    recognise_table,
)
from tests.support.tables import DAYS, N, column_of, features, learn, table


def test_dates_lie_on_a_line_and_on_circles():
    frame = table(c=DAYS)
    encoding = learn(frame)
    column = encoding.columns[0]
    assert column.cycles == (Cycle.YEAR, Cycle.WEEK, Cycle.DAY)
    X = features(encoding, frame)
    assert np.corrcoef(X["c"], np.arange(N))[0, 1] > 0.999999
    for cycle, wave in ((cycle.value, X[f"c in the {cycle.value}, sine"]) for cycle in Cycle):
        np.testing.assert_allclose(wave**2 + X[f"c in the {cycle}, cosine"] ** 2, 1, atol=1e-5)
    hour = 2 * np.pi * DAYS.hour.to_numpy() / 24
    np.testing.assert_allclose(X["c in the day, sine"], np.sin(hour), atol=1e-4)
    # The same moment, however it is written.
    for other in (
        DAYS.tz_localize("UTC").tz_convert("Asia/Tokyo"),
        DAYS.strftime("%Y-%m-%d %H:%M:%S"),
        DAYS.strftime("%Y-%m-%dT%H:%M:%SZ"),
        DAYS.to_pydatetime(),
        DAYS.astype("datetime64[s]"),
    ):
        np.testing.assert_allclose(features(encoding, frame.assign(c=other)), X, atol=1e-6)


@pytest.mark.parametrize(
    ("freq", "cycles"),
    [
        ("7D", (Cycle.YEAR,)),
        ("D", (Cycle.YEAR, Cycle.WEEK)),
        ("min", (Cycle.DAY,)),
        ("YS", (Cycle.WEEK,)),
    ],
)
def test_dates_have_the_cycles_in_which_they_vary(freq, cycles):
    assert column_of(pd.date_range("2020-01-06", periods=N // 2, freq=freq)).cycles == cycles


def test_missing_dates_are_marked_and_wrong_ones_named():
    cells = list(DAYS.strftime("%Y-%m-%d"))
    cells[7] = ""
    frame = table(c=cells)
    encoding = learn(frame)
    X = features(encoding, frame)
    assert np.flatnonzero(X["c is missing"]).tolist() == [7]
    assert X.loc[7, "c in the week, sine"] == X.loc[7, "c in the week, cosine"] == 0
    for wrong in ("2020-13-01", "soon", 7):
        with pytest.raises(InputError, match=r"'c' has .* in row 3.*not a date"):
            encoding.encode(frame.assign(c=pd.Series([None, None, wrong], dtype=object)))
    with pytest.raises(InputError, match="not a date"):
        encoding.encode(frame.assign(c=1.0))


@pytest.mark.parametrize(
    ("form", "order"),
    [
        ("%d.%m.%Y", DateOrder.DAY_FIRST),
        ("%d/%m/%Y", DateOrder.DAY_FIRST),
        ("%d-%m-%Y", DateOrder.DAY_FIRST),
        ("%m/%d/%Y", DateOrder.MONTH_FIRST),
        ("%m-%d-%Y", DateOrder.MONTH_FIRST),
        ("%b %d, %Y", DateOrder.MONTH_NAMED),
        ("%d %B %Y", DateOrder.MONTH_NAMED),
        ("%d-%b-%Y", DateOrder.MONTH_NAMED),
    ],
)
@pytest.mark.parametrize("time", ["", " %H:%M", " %H:%M:%S", " %I:%M %p"])
def test_the_cells_decide_the_order_of_a_date(form, order, time):
    frame = table(c=DAYS.strftime(form + time))
    encoding = learn(frame)
    assert encoding.columns[0].notation.order is order
    moments = DAYS if time else DAYS.normalize()
    expected = learn(table(c=moments))
    np.testing.assert_array_equal(encoding.encode(frame).X, expected.encode(table(c=moments)).X)
    # A single row that would be unclear by itself is read as the training rows were.
    day = pd.Timestamp("2020-05-04 03:00" if time else "2020-05-04")
    one = frame.head(1)
    read = encoding.encode(one.assign(c=day.strftime(form + time))).X
    np.testing.assert_array_equal(read, encoding.encode(one.assign(c=day)).X)
    np.testing.assert_array_equal(read, encoding.encode(one.assign(c=day.isoformat(" "))).X)
    written = encoding.columns[0].notation.describe()
    assert f"({written})" in encoding.describe()[0].detail
    assert "(" not in expected.describe()[0].detail
    assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


@pytest.mark.parametrize(
    "wrong",
    ["31/02/2020", "31/05-2020", "31/05/2020 25:00", "31 Foo 2020", "9"],
)
def test_a_date_of_another_order_is_named(wrong):
    encoding = learn(table(c=DAYS.strftime("%d/%m/%Y")))
    with pytest.raises(InputError, match=r"row 1, which is not a date as .*\(day-month-year\)"):
        encoding.encode(table(c=[wrong]))


@pytest.mark.parametrize("by", ["/", "-"])
def test_dates_of_an_unclear_order_are_asked_for(by):
    frame = table(c=np.resize([f"01{by}0{k}{by}2020" for k in range(1, 9)], N))
    with pytest.raises(InputError, match=r"'c': .* no cell decides: say --date-order day-first or"):
        learn(frame)
    for order, median in (("day-first", "2020-04-01"), ("month-first", "2020-01-04")):
        encoding = learn(frame, fmt=TableFormat(date_order=order))
        assert median in encoding.describe()[0].detail
        assert TableEncoding.from_dict(json.loads(json.dumps(encoding.to_dict()))) == encoding


def test_another_column_decides_an_unclear_order():
    unclear = np.resize([f"01/0{k}/2020" for k in range(1, 9)], N)
    formats = recognise_table(table(c=unclear, d=DAYS.strftime("%d/%m/%Y")), target="y")
    assert formats.columns[0].notation.order is DateOrder.DAY_FIRST
    assert any("like column 'd'" in note for note in formats.notes)


@pytest.mark.parametrize(
    "text", ["31.13.2020", "32.01.2020", "01/31/2020", "31 Foo 2020", "1.2.2020 13:00 pm"]
)
def test_ambiguous_text_is_not_a_date(text):
    cells = np.resize(["13.01.2020", "14.01.2020", text], N)
    assert isinstance(column_of(cells), Category)


def test_declared_dates_none_of_which_has_the_order_that_is_said():
    fmt = TableFormat(columns={"c": "date"}, date_order="day-first")
    frame = table(c=np.resize(["12/25/2023", "12/26/2023", "soon"], N))
    with pytest.raises(InputError, match="holds no dates, as --column c=date says: '12/25/2023'"):
        recognise_table(frame, target="y", fmt=fmt)
