"""Any dates in any of the notations come back, or are among what is left open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rosenblatt.table.notation import (
    DateForm,
    DateNotation,
    DateOrder,
    DurationNotation,
    TwoParts,
    are_compact_dates,
    compact_dates,
    date_readings,
    days_of_timestamps,
    from_excel_serials,
    recognise_dates,
    recognise_durations,
    why_no_date,
)
from rosenblatt.table.serialization import from_plain, to_plain

EPOCH = datetime(1970, 1, 1)
DAYS = [
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y %m %d", "%Y%m%d", "%Y年%m月%d日", "%Y. %m. %d."),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %m %Y", "%d. %m. %Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y-%m-%d", "%d-%b-%y", "%d-%b-%Y", "%d %B %Y"),
    *("%B %d, %Y", "%b %d %Y", "%A, %B %d, %Y", "%a %d %b %Y", "%Y-%b-%d", "%d%b%Y"),
]
TIMES = [
    *("", " %H:%M", " %H:%M:%S", "T%H:%M:%S.%f", " %I:%M:%S %p", ", %I:%M%p", " %H.%M", " %Hh%M"),
    *("T%H%M%S", " - %H:%M", " um %H:%M Uhr", " %H:%M:%S,%f", " at %I:%M %p", "_%H:%M:%S"),
]
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31))


@given(
    st.lists(MOMENTS, min_size=3, max_size=40, unique_by=datetime.date),
    st.sampled_from(DAYS),
    st.sampled_from(TIMES),
)
def test_dates_come_back(moments, day, time):
    form = day + time
    texts = [moment.strftime(form) for moment in moments]
    resolved = [datetime.strptime(text, form) for text in texts]
    distinct = list(dict.fromkeys(texts))
    finding = recognise_dates(pa.array(distinct), np.ones(len(distinct), np.int64))
    assert finding is not None, texts
    expected = [(moment - EPOCH) / timedelta(days=1) for moment in resolved]
    read = [notation.parse(pa.array(texts))[0].tolist() for notation in finding.alternatives]
    assert expected in read
    if len(finding.alternatives) == 1:
        assert not finding.strange.any()


@given(st.lists(MOMENTS, min_size=3, max_size=40, unique_by=datetime.date), st.booleans())
def test_dates_without_zeros_come_back(moments, day_first):
    forms = (
        "{0.day}/{0.month}/{0.year} {0.hour}:{0:%M}",
        "{0.month}/{0.day}/{0.year} {0.hour}:{0:%M}",
    )
    texts = [forms[not day_first].format(moment) for moment in moments]
    finding = recognise_dates(pa.array(texts), np.ones(len(texts), np.int64))
    order = DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST
    whole = [moment.replace(second=0, microsecond=0) for moment in moments]
    expected = [(moment - EPOCH) / timedelta(days=1) for moment in whole]
    assert order in [notation.order for notation in finding.alternatives]
    assert DateNotation(order).parse(pa.array(texts))[0].tolist() == expected


@settings(max_examples=40)
@given(st.lists(st.text("0123456789-/.: TZ+年月日wQ,'\"apm", max_size=24), min_size=1, max_size=9))
def test_no_text_is_too_odd(texts):
    counts = np.ones(len(texts), np.int64)
    recognise_dates(pa.array(texts), counts)
    recognise_durations(pa.array(texts), counts)
    for notation in (DateNotation(), DateNotation(DateOrder.DAY_FIRST), DurationNotation()):
        values, strange = notation.parse(pa.array(texts))
        assert np.array_equal(np.isnan(values), strange)
    for text in texts:
        assert why_no_date(text, DateNotation())


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_stored_moments_are_what_their_texts_are(unit):
    moments = [EPOCH, datetime(1700, 2, 28, 23, 59, 59), datetime(2023, 3, 6, 10, 15, 30)]
    stored = pa.array([*moments, None], pa.timestamp(unit))
    days = days_of_timestamps(stored)
    assert np.isnan(days[-1])
    texts = pa.array([str(moment) for moment in moments])
    assert days[:-1].tolist() == DateNotation().parse(texts)[0].tolist()
    zoned = pa.array(moments, pa.timestamp(unit, "Europe/Berlin"))  # in UTC inside
    assert days_of_timestamps(zoned).tolist() == days[:-1].tolist()


def test_stored_dates_and_far_moments():
    dates = pa.array([datetime(2023, 3, 6).date(), None], pa.date32())
    for kind in (pa.date32(), pa.date64()):
        days = days_of_timestamps(dates.cast(kind))
        assert days[0] == 19422
        assert np.isnan(days[1])
    assert days_of_timestamps(pa.array([2**55], pa.timestamp("s")))[0] == 2**55 // 86_400


def test_whole_numbers_are_dates_if_all_are():
    moments = np.arange("1999-12-28", "2000-03-05", dtype="datetime64[D]")
    values = np.array([int(str(day).replace("-", "")) for day in moments])
    assert are_compact_dates(values)
    days, strange = compact_dates(values)
    assert days.tolist() == moments.astype(np.int64).tolist()
    assert not strange.any()
    assert not are_compact_dates(np.append(values, 20000230))
    assert not are_compact_dates(np.append(values, 18991231))
    assert not are_compact_dates(np.append(values, -20000101))
    assert not are_compact_dates(values[:2])
    assert not are_compact_dates(np.array([], np.int64))
    assert compact_dates(np.array([20000230, 20000229]))[1].tolist() == [True, False]


def test_serials_of_spreadsheets_are_days():
    # From the documentation of Excel and its own leap year of 1900.
    serials = np.array([1, 59, 61, 36526, 39448, 44991.427083333336, 2958465, 0, 60, -1, np.nan])
    days, strange = from_excel_serials(serials)
    expected = [
        datetime(1900, 1, 1),
        datetime(1900, 2, 28),
        datetime(1900, 3, 1),
        datetime(2000, 1, 1),
        datetime(2008, 1, 1),
        datetime(2023, 3, 6, 10, 15),
        datetime(9999, 12, 31),
    ]
    assert days[:7].tolist() == [(moment - EPOCH) / timedelta(days=1) for moment in expected]
    assert strange.tolist() == [False] * 7 + [True] * 3 + [False]
    days, strange = from_excel_serials(np.array([0, 37986, -1]), from_1904=True)
    assert days[:2].tolist() == [
        (datetime(1904, 1, 1) - EPOCH).days,
        (datetime(2008, 1, 1) - EPOCH).days,
    ]
    assert strange.tolist() == [False, False, True]


@pytest.mark.parametrize(
    "notation",
    [
        DateNotation(),
        DateNotation(DateOrder.DAY_FIRST, DateForm.WEEK, "cet", True, 30),
        DurationNotation(TwoParts.MINUTES),
    ],
)
def test_notations_go_into_files(notation):
    assert from_plain(type(notation), to_plain(notation), "a notation") == notation


def test_what_one_text_can_be():
    assert date_readings("03/04/2023") == {
        DateOrder.DAY_FIRST: "2023-04-03",
        DateOrder.MONTH_FIRST: "2023-03-04",
    }
    assert date_readings("3 April 2023 10:15Z") == {DateOrder.YEAR_FIRST: "2023-04-03 10:15 UTC"}
    assert date_readings("10:15:30.5") == {DateOrder.YEAR_FIRST: "10:15:30.500000"}
    assert date_readings("03/31/2023") == {DateOrder.MONTH_FIRST: "2023-03-31"}
    assert date_readings("31/02/2023") == date_readings("soon") == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("soon", "no date"),
        ("31/02/2023", "no day of the calendar"),
        ("0000-00-00", "never filled in"),
        ("03/31/2023", "2023-03-31 if read as month-day-year"),
        ("2023-03", "a month"),
        ("2023-03-06 10:15 CET", "CET, which is not certain.*\\+01:00"),
        ("2023-03-06 10:15Z", "with its zone"),
        ("2023-03-06 25:15", "no time of the day"),
        ("Tue 06/03/2023", "with this weekday"),
    ],
)
def test_why_a_text_is_strange(text, why):
    notation = DateNotation(DateOrder.DAY_FIRST)
    assert notation.parse(pa.array([text]))[1].all()
    assert re.search(why, why_no_date(text, notation))
