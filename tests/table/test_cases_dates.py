"""Dates, times and durations that can be read one way only, in many spellings."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime
from random import Random

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from tests.support.read_tables import formats, put, read, read_new, train, values

R = Random(0)
MOMENTS = [
    dt.datetime(2023, 1, 1) + dt.timedelta(days=R.randint(0, 700), minutes=R.randint(0, 1439))
    for _ in range(300)
]
LABELS = [R.choice("ab") for _ in MOMENTS]
EPOCH = dt.datetime(1970, 1, 1)
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
RUSSIAN = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"


def month(words, d):
    return words.split()[d.month - 1]


DAYS = {
    "without zeros": lambda d: f"{d.year}-{d.month}-{d.day}",
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dots, year first": lambda d: f"{d:%Y.%m.%d}",
    "dots": lambda d: f"{d:%d.%m.%Y}",
    "dots, no zeros": lambda d: f"{d.day}.{d.month}.{d.year}",
    "two digits": lambda d: f"{d:%d.%m.%y}",
    "american": lambda d: f"{d:%m/%d/%Y}",
    "american, two digits": lambda d: f"{d.month}/{d.day}/{d:%y}",
    "british": lambda d: f"{d:%d/%m/%Y}",
    "dutch": lambda d: f"{d:%d-%m-%Y}",
    "compact": lambda d: f"{d:%Y%m%d}",
    "oracle": lambda d: f"{d:%d-%b-%y}".upper(),
    "english short": lambda d: f"{d:%d-%b-%Y}",
    "english": lambda d: f"{d:%B} {d.day}, {d.year}",
    "english, weekday": lambda d: f"{d:%A}, {d:%B} {d.day}, {d.year}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "chinese, zeros": lambda d: f"{d:%Y年%m月%d日}",
    "german": lambda d: f"{d.day}. {month(GERMAN, d)} {d.year}",
    "french": lambda d: f"{d.day} {month(FRENCH, d)} {d.year}",
    "spanish": lambda d: f"{d.day} de {month(SPANISH, d)} de {d.year}",
    "russian": lambda d: f"{d.day} {month(RUSSIAN, d)} {d.year} г.",
    "korean": lambda d: f"{d.year}년 {d.month}월 {d.day}일",
}
TIMES = {
    "iso": lambda d: f"{d:%Y-%m-%d %H:%M}",
    "iso T": lambda d: f"{d:%Y-%m-%dT%H:%M:%S}",
    "iso Z": lambda d: f"{d:%Y-%m-%dT%H:%M:%SZ}",
    "fractions": lambda d: f"{d:%Y-%m-%d %H:%M:%S}.000",
    "utc": lambda d: f"{d:%Y-%m-%d %H:%M:%S UTC}",
    "offset": lambda d: f"{d + dt.timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00",
    "excel": lambda d: f"{d.year}/{d.month}/{d.day} {d.hour}:{d.minute:02d}",
    "german": lambda d: f"{d:%d.%m.%Y %H:%M}",
    "german, Uhr": lambda d: f"{d:%d.%m.%Y, %H:%M} Uhr",
    "am, pm": lambda d: f"{d:%m/%d/%Y %I:%M %p}",
    "mail": lambda d: format_datetime(d.replace(tzinfo=dt.UTC)),
    "compact": lambda d: f"{d:%Y%m%dT%H%M%S}",
    "apache": lambda d: f"{d:%d/%b/%Y:%H:%M:%S} +0000",
}


def put_column(path, texts):
    return put(path, ["d\ty", *(f"{t}\t{y}" for t, y in zip(texts, LABELS, strict=False))])


def days(moments):
    return [(d - EPOCH).total_seconds() / 86_400 for d in moments]


def midnight(moments):
    return [dt.datetime(d.year, d.month, d.day) for d in moments]


@pytest.mark.parametrize("case", DAYS)
def test_days(tmp_path, case):
    texts = [DAYS[case](d) for d in MOMENTS]
    found = values(read(put_column(tmp_path / "t.tsv", texts), "y").table, "d")
    np.testing.assert_array_equal(found, days(midnight(MOMENTS)))


@pytest.mark.parametrize("case", TIMES)
def test_moments(tmp_path, case):
    texts = [TIMES[case](d) for d in MOMENTS]
    found = values(read(put_column(tmp_path / "t.tsv", texts), "y").table, "d")
    np.testing.assert_allclose(found, days(MOMENTS), rtol=1e-14)


@pytest.mark.parametrize("case", DAYS)
@pytest.mark.parametrize(
    "odd", ["0000-00-00", "unknown", "31.02.2023", "-", "00.00.0000", "20239999"]
)
def test_one_bad_cell_does_not_make_categories(tmp_path, case, odd):
    texts = [DAYS[case](d) for d in MOMENTS]
    texts[150] = odd
    found = values(read(put_column(tmp_path / "t.tsv", texts), "y").table, "d")
    expected = np.array(days(midnight(MOMENTS)))
    expected[150] = np.nan
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("case", DAYS)
def test_new_days_are_read_as_in_training(tmp_path, case):
    texts = [DAYS[case](d) for d in MOMENTS]
    file = read(put_column(tmp_path / "t.tsv", texts), "y")
    encoding = train(file, "y")
    X = encoding.encode(file.table).X
    early = sorted(range(300), key=lambda i: MOMENTS[i].day)[:3]
    new = read_new(put_column(tmp_path / "new.tsv", [texts[i] for i in early]), encoding)
    np.testing.assert_array_equal(encoding.encode(new.table).X, X[early])


ZEROS = {
    "mysql": ("0000-00-00", lambda d: f"{d:%Y-%m-%d}"),
    "mysql, time": ("0000-00-00 00:00:00", lambda d: f"{d:%Y-%m-%d %H:%M:%S}"),
    "dots": ("00.00.0000", lambda d: f"{d:%d.%m.%Y}"),
    "slashes": ("00/00/0000", lambda d: f"{d:%d/%m/%Y}"),
    "compact": ("00000000", lambda d: f"{d:%Y%m%d}"),
}


@pytest.mark.parametrize("case", ZEROS)
@pytest.mark.parametrize("share", [0.01, 0.1])
def test_dates_of_zeros_are_missing(tmp_path, case, share):
    zero, write = ZEROS[case]
    draw = Random(1)
    missing = [draw.random() < share for _ in MOMENTS]
    texts = [zero if m else write(d) for m, d in zip(missing, MOMENTS, strict=True)]
    found = values(read(put_column(tmp_path / "t.tsv", texts), "y").table, "d")
    np.testing.assert_array_equal(np.isnan(found), missing)


@pytest.mark.parametrize(
    ("write", "options"),
    [
        (lambda d: f"{d.day % 12 + 1:02d}/{d.month:02d}/{d.year}", ["day-first", "month-first"]),
        (lambda d: f"{d.day % 12 + 1}.{d.month}.{d:%y}", ["day-first"]),
        (lambda d: f"{d.day % 12 + 1:02d}-{d.month:02d}-{d.year}", ["day-first", "month-first"]),
    ],
)
def test_what_no_cell_decides_is_asked_for(tmp_path, write, options):
    texts = [write(d) for d in MOMENTS]
    path = put_column(tmp_path / "t.tsv", texts)
    found = formats(read(path, "y").table)["d"]
    if found.question:
        assert all(f"--date-order {option}" in found.question for option in options)
        with pytest.raises(InputError, match="--date-order"):
            train(read(path, "y"), "y")
    for order in options:
        day_first = order == "day-first"
        parsed = [
            pd.to_datetime(t.replace("-", "/").replace(".", "/"), dayfirst=day_first, format=f)
            for t in texts
            for f in [("%d/%m/" if day_first else "%m/%d/") + ("%Y" if len(t) == 10 else "%y")]
        ]
        assert list(values(read(path, "y").table, "d", date_order=order)) == days(parsed)


CLOCKS = {
    "hours": lambda d: f"{d:%H:%M}",
    "seconds": lambda d: f"{d:%H:%M:%S}",
    "am, pm": lambda d: f"{d:%I:%M %p}",
    "no zeros": lambda d: f"{d.hour}:{d.minute:02d}",
    "h": lambda d: f"{d.hour}h{d.minute:02d}",
}


@pytest.mark.parametrize("case", CLOCKS)
def test_times_of_day(tmp_path, case):
    texts = [CLOCKS[case](d) for d in MOMENTS]
    table = read(put_column(tmp_path / "t.tsv", texts), "y").table
    hours = np.array([d.hour + d.minute / 60 for d in MOMENTS])
    found = values(table, "d")
    unit = 24 if formats(table)["d"].kind.value == "date" else 1 / 3600
    np.testing.assert_allclose(found * unit, hours, atol=1e-9)


SPANS = [dt.timedelta(days=R.randint(0, 3), seconds=R.randint(0, 86_399)) for _ in range(300)]


def hms(s, days=0):
    return f"{s // 3600 + 24 * days:02d}:{s // 60 % 60:02d}:{s % 60:02d}"


DURATIONS = {
    "pandas": lambda t: str(pd.Timedelta(t)),
    "python": str,
    "hours": lambda t: hms(t.seconds, t.days),
    "iso": lambda t: f"P{t.days}DT{t.seconds // 3600}H{t.seconds // 60 % 60}M{t.seconds % 60}S",
    "words": lambda t: f"{t.days}d {t.seconds // 3600}h {t.seconds // 60 % 60}m {t.seconds % 60}s",
}


@pytest.mark.parametrize("case", DURATIONS)
@pytest.mark.parametrize("target", ["d", "y"])
def test_durations(tmp_path, case, target):
    texts = [DURATIONS[case](t) for t in SPANS]
    table = read(put_column(tmp_path / "t.tsv", texts), target).table
    found = values(table, "d", target)
    np.testing.assert_array_equal(found, [t.total_seconds() for t in SPANS])


def test_months(tmp_path):
    texts = [f"{d:%Y-%m}" for d in MOMENTS]
    found = values(read(put_column(tmp_path / "t.tsv", texts), "y").table, "d")
    np.testing.assert_array_equal(found, days([d.replace(day=1) for d in midnight(MOMENTS)]))


def test_twenty_four_hours(tmp_path):
    texts = [
        f"{d:%Y-%m-%d} 24:00" if i == 7 else f"{d:%Y-%m-%d %H:%M}" for i, d in enumerate(MOMENTS)
    ]
    found = values(read(put_column(tmp_path / "t.tsv", texts), "y").table, "d")
    expected = np.array(days(MOMENTS))
    expected[7] = days([midnight(MOMENTS)[7] + dt.timedelta(days=1)])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_days_of_excel_where_they_are_declared(tmp_path):
    texts = [str((d - dt.datetime(1899, 12, 30)).days) for d in MOMENTS]
    path = put_column(tmp_path / "t.tsv", texts)
    found = values(read(path, "y").table, "d", columns={"d": "date"})
    np.testing.assert_array_equal(found, days(midnight(MOMENTS)))
