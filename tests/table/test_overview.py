"""What is shown of each column before any training: range, an example, what is doubtful."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import ColumnOverview, TableFormat, overview_of


def one(cells, fmt=None) -> ColumnOverview:
    (column,) = overview_of({"c": cells}, fmt)
    return column


def test_the_example_shows_the_notation():
    column = one(["7", "812", "1.204.567", "1.204.568,5", "3,25"] * 4)
    assert (column.kind, column.written, column.read) == ("number", "1.204.568,5", "1204568.5")
    assert column.values == "3.25 … 1.20457e+06"
    assert not column.doubts
    assert "decide" in column.evidence


def test_the_example_of_a_date_shows_its_order():
    days = [datetime.date(2023, 1, 1) + datetime.timedelta(days=9 * i) for i in range(40)]
    column = one([f"{day:%m/%d/%Y}" for day in days])
    shown = datetime.datetime.strptime(column.written, "%m/%d/%Y").date()
    assert column.kind == "date"
    assert shown.day > 12
    assert column.read == str(shown)
    assert column.values == f"{days[0]} … {days[-1]}"


def test_what_no_cell_decides_is_a_doubt_with_the_options():
    column = one(["01/02/2023", "03/04/2023", "05/06/2023"] * 5)
    assert len(column.doubts) == 1
    assert "--date-order day-first or --date-order month-first" in column.doubts[0]
    said = one(["01/02/2023", "03/04/2023", "05/06/2023"] * 5, TableFormat(date_order="day-first"))
    assert not said.doubts
    assert said.values == "2023-02-01 … 2023-06-05"


@pytest.mark.parametrize(
    ("said", "seconds"), [("hours:minutes", 21 * 3600), ("minutes:seconds", 21 * 60)]
)
@pytest.mark.parametrize("declared", [{}, {"c": "number"}])
def test_durations_of_two_parts_are_a_doubt_with_the_options(said, seconds, declared):
    cells = ["21:00", "28:30", "100:15"] * 5
    column = one(cells, TableFormat(columns=declared))
    assert column.doubts == (
        "column 'c': '21:00' may be hours:minutes or minutes:seconds, and no cell decides: say"
        " --durations hours:minutes or --durations minutes:seconds",
    )
    decided = one(cells, TableFormat(durations=said, columns=declared))
    assert not decided.doubts
    assert decided.values.startswith(f"{seconds} … ")
    certain = one(["1:02:03", "59:30", "27:30"] * 5, TableFormat(durations=said))  # cells decide
    assert certain.values == "1650 … 3723"


def test_a_question_is_of_a_cell_that_has_two_readings():
    column = one(["soon", *(f"{20 + k}:{k}" for k in range(10, 59))])
    assert "'30:10' may be hours:minutes or minutes:seconds" in column.doubts[0]


def test_durations_are_numbers_where_these_are_said():
    for cells in (["PT4H", "PT30M", "PT7H"], ["27:30:00", "1:00:00", "0:30:00"], ["2h 30m", "1h"]):
        column = one(cells * 5, TableFormat(columns={"c": "number"}))
        assert (column.kind, column.doubts) == ("number", ())
        assert column.values == one(cells * 5).values
    day = one(["12:30:00", "08:15:00", "23:00:00"] * 5, TableFormat(columns={"c": "number"}))
    assert day.values == "29700 … 82800"


def test_what_durations_are_not():
    with pytest.raises(InputError, match="durations cannot be 'hours': give hours:minutes or"):
        TableFormat(durations="hours")


def test_options_can_be_pasted():
    cells = [*map(str, range(10)), "high", "low", "middle", "none at all", "x"] * 3
    (column,) = overview_of({"d e": cells})
    assert column.kind == "category"
    assert "say --column 'd e=number'" in " ".join(column.doubts)


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (["a", "b", "", None] * 5, 10),
        (["a", "n/a", "b", "a"] * 5, 5),
        ([1.5, None, float("nan"), 2.5] * 5, 10),
        (["1,5", "?", "2,5", ""] * 5, 10),
        (["yes", "no", "n/a", "YES"] * 5, 5),
        ([None, "", None, ""] * 5, 20),
        ([float("nan")] * 20, 20),
        (pd.to_datetime(["2023-01-05", None, "2023-01-06", None]).repeat(5), 10),
    ],
    ids=["texts", "words", "numbers", "written numbers", "truth", "none", "NaN", "dates"],
)
def test_missing_cells_are_counted(cells, missing):
    assert one(cells).missing == missing


@pytest.mark.parametrize("declared", ["number", "date", "category", "text", "true/false"])
def test_a_column_of_nan_is_missing_whatever_it_is_declared(declared):
    column = one([float("nan")] * 20, TableFormat(columns={"c": declared}))
    assert (column.missing, column.written) == (20, "")


def test_the_most_frequent_texts_with_their_counts():
    texts = ["red"] * 6 + ["blue"] * 5 + ["green"] * 4 + ["grey"] * 3
    assert one(texts).values == "red 6, blue 5, green 4 and 1 more"


def test_long_texts_show_their_beginning_and_end():
    texts = [f"a very long category, whose {end}" for end in ("beginning", "ending")]
    assert one(texts * 20).values == "a very l…inning 20, a very l…ending 20"


def test_stored_values_are_their_own_example():
    column = one(np.array([1.0, 2.5, 3.0]))
    assert column.written == column.read == "2.5"
    compact = one(np.array([20230318, 20230319, 20240101] * 5))
    assert (compact.kind, compact.written, compact.read) == ("date", "20230318", "2023-03-18")


def test_truth_values():
    column = one(["n/a", "Ja", "ja"] * 2 + ["yes", "no"] * 9)
    assert column.kind == "category"
    column = one(["n/a", "NO", "yes"] * 5)
    assert (column.values, column.written, column.read) == ("true 5, false 5", "NO", "false")


@pytest.mark.parametrize(
    ("cells", "read", "values"),
    [
        (["12:30:15", "00:00", "08:05"] * 5, "12:30:15", "00:00 … 12:30:15"),
        (pa.array([datetime.time(h) for h in range(12)]), "01:00", "00:00 … 11:00"),
        (pa.array([[1], [2]] * 5), "", "its cells hold lists or records, not single values"),
        (["1.5", "inf"] * 5, "inf", "1.5 … inf"),
    ],
    ids=["times", "stored times", "lists", "infinite"],
)
def test_times_lists_and_infinite_numbers(cells, read, values):
    column = one(cells)
    assert (column.read, column.values) == (read, values)


def test_days_of_excel_show_the_number_and_the_day():
    column = one([45000.0, 45001, 45300.5] * 5, TableFormat(columns={"c": "date"}))
    assert (column.written, column.read) == ("45300.5", "2024-01-09 12:00")


def test_dates_of_another_order_than_the_given_one_are_told():
    column = one(["18/04/2023", "25/01/2023"] * 5, TableFormat(date_order="month-first"))
    assert column.kind == "category"
    assert "'18/04/2023', none of them in the order" in column.doubts[0]


def test_bytes_that_are_no_text_are_left_out():
    column = one(pa.array([b"\xff\x00", b"\xfe"] * 5))
    assert column.kind == "left out"
    assert "bytes" in column.values


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(InputError, match="lacks the column 'zip'"):
        one(["a", "b"] * 5, TableFormat(columns={"zip": "category"}))


def test_categories_that_are_bytes_have_no_example():
    cells = pa.DictionaryArray.from_arrays(pa.array([0, 1] * 5), pa.array([b"\xff", b"a"]))
    assert one(cells).written == ""
