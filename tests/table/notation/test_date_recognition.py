"""What a column of texts decides about its dates, and what it leaves open."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt.table.notation.date_order import DateForm, DateOrder
from rosenblatt.table.notation.date_recognition import DateFinding, recognise_dates

R = random.Random(0)
MOMENTS = [
    datetime(2023, 1, 1) + timedelta(days=R.randint(0, 700), minutes=R.randint(0, 1439))
    for _ in range(300)
]
DAY_FIRST, MONTH_FIRST = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
YEAR_FIRST, MONTH_NAMED = DateOrder.YEAR_FIRST, DateOrder.MONTH_NAMED


def recognised(texts: list[str], given: DateOrder | None = None) -> DateFinding | None:
    distinct, counts = np.unique(np.array(texts, dtype=object), return_counts=True)
    return recognise_dates(pa.array(distinct.tolist(), pa.string()), counts, given)


def orders(finding: DateFinding | None) -> list[DateOrder]:
    assert finding is not None
    assert finding.notation == finding.alternatives[0]
    return [notation.order for notation in finding.alternatives]


@pytest.mark.parametrize(
    ("form", "order"),
    [
        ("%Y-%m-%d", YEAR_FIRST),
        ("%Y/%m/%d %H:%M", YEAR_FIRST),
        ("%Y.%m.%d", YEAR_FIRST),
        ("%Y%m%d", YEAR_FIRST),
        ("%Y%m%dT%H%M%S", YEAR_FIRST),
        ("%y-%m-%d", YEAR_FIRST),
        ("%y/%m/%d", YEAR_FIRST),
        ("%d.%m.%Y", DAY_FIRST),
        ("%d.%m.%y", DAY_FIRST),
        ("%d/%m/%Y %H:%M", DAY_FIRST),
        ("%d/%m/%y", DAY_FIRST),
        ("%d-%m-%y", DAY_FIRST),
        ("%d %m %Y", DAY_FIRST),
        ("%m/%d/%Y", MONTH_FIRST),
        ("%m/%d/%y %I:%M %p", MONTH_FIRST),
        ("%m-%d-%Y", MONTH_FIRST),
        ("%m.%d.%Y", MONTH_FIRST),
        ("%A, %B %d, %Y", MONTH_NAMED),
        ("%a %d %b %Y", MONTH_NAMED),
        ("%d-%b-%y", MONTH_NAMED),
        ("%a %b %d %H:%M:%S %Y", MONTH_NAMED),
    ],
)
def test_a_column_is_read_as_pandas_reads_it_with_its_format(form, order):
    texts = sorted({moment.strftime(form) for moment in MOMENTS})
    finding = recognised(texts)
    assert orders(finding) == [order]
    assert not finding.strange.any()
    expected = (pd.to_datetime(texts, format=form) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    np.testing.assert_array_equal(finding.notation.parse(pa.array(texts))[0], expected)


def test_the_cell_that_decides_is_named():
    assert recognised(["03/04/2023", "31/03/2023"]).evidence == "31/03/2023"
    assert recognised(["03/04/2023", "03/31/2023"]).evidence == "03/31/2023"
    assert recognised(["2023-03-04", "2023-03-31"]).evidence == ""


def test_what_no_cell_decides_is_left_open():
    finding = recognised(["03/04/2023", "05/06/2023", "11/12/2023"])
    assert set(orders(finding)) == {DAY_FIRST, MONTH_FIRST}
    assert finding.evidence == ""
    assert set(orders(recognised(["03/04/05", "05/06/07"]))) == {DAY_FIRST, MONTH_FIRST, YEAR_FIRST}
    # Sorted by day or by month: neither is a proof.
    assert len(orders(recognised([f"{k:02}/05/2023" for k in range(1, 13)]))) == 2
    for given in (DAY_FIRST, MONTH_FIRST):
        assert orders(recognised(["03/04/2023", "05/06/2023"], given)) == [given]


def test_a_given_order_that_the_cells_deny_makes_them_strange():
    texts = ["01/31/2023", "02/30/2023", "03/31/2023", "13/01/2023"]
    finding = recognised(texts, DAY_FIRST)
    assert orders(finding) == [DAY_FIRST]
    assert finding.strange.tolist() == [True, True, True, False]
    assert recognised(["order 1", "order 2"], DAY_FIRST) is None


def test_points_put_the_day_first_unless_a_cell_denies_it():
    assert orders(recognised(["03.04.2023", "05.06.2023"])) == [DAY_FIRST]
    assert orders(recognised(["03.04.2023", "05.16.2023"])) == [MONTH_FIRST]


def test_a_weekday_decides():
    finding = recognised(["Mon 06/03/2023", "Tue 04/04/2023", "03/04/2023"])
    assert orders(finding) == [DAY_FIRST]
    assert finding.evidence == "Mon 06/03/2023"


def test_one_bad_cell_changes_nothing():
    good = [moment.strftime("%d/%m/%Y") for moment in MOMENTS]
    for bad in ("n.a.", "31/02/2023", "00/00/0000", "12/31/2023", "soon", "17", "2023"):
        finding = recognised([*good, bad])
        assert orders(finding) == [DAY_FIRST]
        distinct = np.unique(np.array([*good, bad], dtype=object)).tolist()
        assert [text for text, odd in zip(distinct, finding.strange, strict=True) if odd] == [bad]


def test_proofs_of_both_orders_leave_it_open():
    texts = [f"{k}/1/2023" for k in range(1, 32)] + [f"1/{k}/2023" for k in range(13, 32)]
    assert set(orders(recognised(texts))) == {DAY_FIRST, MONTH_FIRST}


def test_dates_that_can_mean_one_thing_stand_beside_any_order():
    texts = ["31/03/2023", "01/04/2023", "2023-04-02", "3 April 2023"]
    finding = recognised(texts)
    assert orders(finding) == [DAY_FIRST]
    assert finding.notation.parse(pa.array(texts))[0].tolist() == [19447, 19448, 19449, 19450]


def test_few_open_cells_among_certain_ones_are_strange():
    finding = recognised([*(moment.strftime("%Y-%m-%d") for moment in MOMENTS), "03/04/2023"])
    assert orders(finding) == [YEAR_FIRST]
    assert finding.strange.sum() == 1


def test_zero_dates_are_strange_however_many():
    texts = ["0000-00-00"] * 900 + ["2023-03-06"] * 100
    finding = recognised(texts)
    assert finding.strange.tolist() == [True, False]
    assert recognised(["0000-00-00"] * 3) is None


def test_zoned_and_naive_times_are_not_mixed():
    zoned = [f"2023-03-{day:02} 10:15:00+0{day % 3}:00" for day in range(1, 21)]
    finding = recognised([*zoned, "2023-03-21 10:15:00", "2023-03-22"])
    assert finding.notation.zone == "own"
    assert finding.strange.sum() == 2
    naive = [text[:19] for text in zoned]
    finding = recognised([*naive, "2023-03-21 10:15:00Z", "2023-03-21 10:15 EST"])
    assert finding.notation.zone == ""
    assert finding.strange.sum() == 2
    assert recognised([f"{text} CET" for text in naive]).notation.zone == "cet"


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("%Y-%m", DateForm.MONTH),
        ("%B %Y", DateForm.MONTH),
        ("%m/%Y", DateForm.MONTH),
        ("%G-W%V", DateForm.WEEK),
        ("%H:%M", DateForm.TIME),
        ("%I:%M:%S %p", DateForm.TIME),
    ],
)
def test_cells_that_name_more_or_less_than_a_day(form, value):
    finding = recognised([moment.strftime(form) for moment in MOMENTS])
    assert (finding.notation.form, finding.strange.any()) == (value, False)
    assert value.value in finding.notation.describe()


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [str(year) for year in range(1990, 2024)],
        [f"{k / 7:.3f}" for k in range(300)],
        [f"{k}.{k % 12 + 1}" for k in range(300)],
        [f"{k}" for k in range(20230101, 20230200)],
        ["20230306", "20230307"],
        [f"2023-{k:03}" for k in range(1, 300)],
        [f"{year}-{(year + 1) % 100:02}" for year in range(2000, 2012)],
        [f"{R.randint(0, 99):02}-{R.randint(0, 99):02}-{R.randint(0, 99):02}" for _ in range(300)],
        [f"1.{k % 5}.{k}" for k in range(40)],
        [f"192.168.{k}.1" for k in range(40)],
        [f"order {k} of May" for k in range(40)],
        ["may", "march", "Monday", "am", "Z"],
        [f"{k}:{k}" for k in range(10)],
        [f"M{k}" for k in range(10)],
    ],
)
def test_what_is_no_column_of_dates(texts):
    assert recognised(texts) is None


def test_texts_of_any_arrow_type_are_read():
    texts = ["31/03/2023", "01/04/2023", "x" * 10_000]
    counts = np.ones(3, np.int64)
    plain = pa.array(texts)
    for array in (
        plain.cast(pa.large_string()),
        pa.chunked_array([plain.slice(0, 1), plain.slice(1)]),
        pa.array(["junk", *texts]).slice(1),
        plain.cast(pa.string_view()),
    ):
        finding = recognise_dates(array, counts)
        assert finding.strange.tolist() == [False, False, True]
        assert finding.evidence == "31/03/2023"
