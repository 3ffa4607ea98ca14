"""Texts of durations against the timedeltas of pandas and datetime, and what columns decide."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt.table.notation.date_order import DateForm
from rosenblatt.table.notation.date_recognition import recognise_dates
from rosenblatt.table.notation.duration_recognition import DurationFinding, recognise_durations
from rosenblatt.table.notation.durations import DurationNotation, TwoParts, seconds_of_durations

R = random.Random(0)
DELTAS = [timedelta(0), timedelta(microseconds=-1)] + [
    timedelta(seconds=R.randint(-(10**6), 10**6), microseconds=R.choice((0, R.randint(0, 10**6))))
    for _ in range(300)
]


def seconds(*texts: str, two_parts: TwoParts = TwoParts.HOURS) -> list[float | None]:
    values, strange = DurationNotation(two_parts).parse(pa.array(texts, pa.string()))
    assert np.array_equal(np.isnan(values), strange)
    return [None if bad else value for value, bad in zip(values.tolist(), strange, strict=True)]


def recognised(texts: list[str]) -> DurationFinding | None:
    distinct, counts = np.unique(np.array(texts, dtype=object), return_counts=True)
    return recognise_durations(pa.array(distinct.tolist(), pa.string()), counts)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:34", 45240),
        ("100:00:00", 360000),
        ("1:02:03.5", 3723.5),
        ("1:02:03,5", 3723.5),
        ("-1:02:03", -3723),
        ("−1:02:03", -3723),
        ("0:05:30", 330),
        ("4:35.2", 275.2),
        ("1 day 02:00", 93600),
        ("1d 02:00:00", 93600),
        ("P1DT2H", 93600),
        ("-PT1H30M", -5400),
        ("PT1.5H", 5400),
        ("PT0.25S", 0.25),
        ("PT0,25S", 0.25),
        ("P2W", 1209600),
        ("P0Y0M1DT1S", 86401),
        ("2h 30m", 9000),
        ("2h30m", 9000),
        ("1h30", 5400),
        ("2 hours 5 minutes", 7500),
        ("2 hours, 5 minutes and 3 seconds", 7503),
        ("1d 2h 3m 4.5s", 93784.5),
        ("1m30s", 90),
        ("1.5 h", 5400),
        ("90 s", 90),
        ("250ms", 0.25),
        ("250 µs", 0.00025),
        ("1s 250ns", 1.00000025),
        ("5'30\"", 330),
        ("5′30″", 330),
        ("2 Std. 5 Min.", 7500),
        ("2 Stunden und 5 Minuten", 7500),
        ("2 heures et 5 minutes", 7500),
        ("2 horas y 5 minutos", 7500),
        ("2 ore e 5 minuti", 7500),
        ("2 uur 5 minuten", 7500),
        ("2 godz. 5 min", 7500),
        ("2 ч 5 мин", 7500),
        ("2小时5分钟", 7500),
        ("2時間5分", 7500),
    ],
)
def test_texts_are_seconds(text, value):
    assert seconds(text) == [pytest.approx(value, rel=1e-15)]


@pytest.mark.parametrize(
    "text",
    [
        *("1:60", "1:02:60", "1:2", "1 days 24:00:00", "P", "PT", "P1Y", "P1M", "P1H", "PT1D"),
        *("30m 2h", "2h 2h", "5 kg", "12", "12.5", "2 h 30 x", "--1:00", "soon", "", "1:05 PM"),
        *("h", "1 2", "-1 days 23:00:00", "1:02:03:04", "1h30.", "9" * 50, "2h 30m later"),
    ],
)
def test_texts_are_no_durations(text):
    assert seconds(text) == [None]


@pytest.mark.parametrize("stored", ["pandas", "python"])
def test_what_other_programs_write_comes_back(stored):
    if stored == "pandas":
        texts = [str(pd.Timedelta(delta)) for delta in DELTAS]
    else:
        texts = [str(delta) for delta in DELTAS]
    assert seconds(*texts) == [delta.total_seconds() for delta in DELTAS]


def test_iso_8601_comes_back():
    deltas = [abs(delta) for delta in DELTAS]
    texts = [pd.Timedelta(delta).isoformat() for delta in deltas]
    assert seconds(*texts) == [delta.total_seconds() for delta in deltas]


@pytest.mark.parametrize(("unit", "per_second"), [("s", 1), ("ms", 10**3), ("us", 10**6)])
def test_stored_durations_are_what_their_texts_are(unit, per_second):
    deltas = pd.Series(DELTAS, dtype="timedelta64[us]").dt.as_unit(unit)
    expected = [ticks / per_second for ticks in deltas.astype(np.int64)]
    stored = seconds_of_durations(pa.array([*deltas.to_numpy(), None], pa.duration(unit)))
    assert stored[:-1].tolist() == seconds(*map(str, deltas)) == expected
    assert np.isnan(stored[-1])


def test_nanoseconds_are_kept():
    stored = pa.array([1, 250, -(10**18) - 1], pa.duration("ns"))
    assert seconds_of_durations(stored).tolist() == [1e-9, 250e-9, -(10**18 + 1) / 10**9]


def test_long_stored_durations_do_not_overflow():
    stored = pa.array([2**40, -(2**40)], pa.duration("s"))
    assert seconds_of_durations(stored).tolist() == [2.0**40, -(2.0**40)]


def test_two_parts_are_what_the_column_says():
    assert seconds("4:35", "1:02:03", two_parts=TwoParts.MINUTES) == [275, 3723]
    finding = recognised(["4:35", "59:10", "1:02:03"])
    assert finding.alternatives == (DurationNotation(TwoParts.MINUTES),)
    assert finding.evidence == "1:02:03"
    finding = recognised(["4:35", "4:35.2"])
    assert finding.alternatives == (DurationNotation(TwoParts.MINUTES),)
    assert finding.evidence == "4:35.2"
    assert finding.notation.describe() == "minutes:seconds"
    for texts in (["4:35", "75:10"], ["4:35", "11:10", "1:02:03"], ["4:35", "5:20"]):
        finding = recognised(texts)
        assert {notation.two_parts for notation in finding.alternatives} == set(TwoParts)
        assert finding.evidence == ""


@pytest.mark.parametrize(
    ("texts", "also_times"),
    [
        (["09:05", "14:30", "24:00"], True),
        (["9:05", "0:15", "14:30"], True),
        (["08:00", "11:30"], True),
        (["09:05:10", "14:30:00"], True),
        (["09:05", "24:01"], False),
        (["1:00:00", "30:00:00"], False),
        (["00:12:00", "00:50:10"], False),
        (["0:05:30", "1:02:03.5"], False),
        (["-1:00", "14:30"], False),
        (["1 days 02:00:00", "0 days 03:00:00"], False),
        (["PT2H", "PT14H"], False),
    ],
)
def test_times_of_day_and_durations_are_told_apart(texts, also_times):
    finding = recognised(texts)
    assert (finding.also_times, finding.strange.any()) == (also_times, False)
    if also_times:
        dates = recognise_dates(pa.array(texts), np.ones(len(texts), np.int64))
        assert (dates.notation.form, dates.strange.any()) == (DateForm.TIME, False)


def test_one_bad_cell_changes_nothing():
    texts = [str(pd.Timedelta(delta)) for delta in DELTAS]
    for bad in ("n.a.", "soon", "17", "1:60"):
        finding = recognised([*texts, bad])
        assert finding.strange.sum() == 1


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["90 s", "80 s"],
        ["5 min", "7 min"],
        ["2w", "3m", "10d"],
        ["12", "13.5"],
        ["1:05 PM", "2:10 AM"],
        ["2023-03-06", "2023-03-07"],
        [f"order {k}" for k in range(20)],
        ["1:1", "2:1", "3:0"],
    ],
)
def test_what_is_no_column_of_durations(texts):
    assert recognised(texts) is None


def test_units_that_differ_make_durations():
    texts = ["90 s", "2 min", "1.5 h"]
    assert not recognised(texts).strange.any()
    assert seconds(*texts) == [90, 120, 5400]
    assert recognised(["45m", "2h 30m"]).strange.tolist() == [False, False]
