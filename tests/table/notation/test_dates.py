"""Texts of dates against the moments from which datetime, pandas and zoneinfo know them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt.table.notation.date_order import DateForm, DateOrder
from rosenblatt.table.notation.dates import DateNotation

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def days(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) / timedelta(days=1)


def parsed(notation: DateNotation, *texts: str) -> list[float | None]:
    values, strange = notation.parse(pa.array(texts, pa.string()))
    assert np.array_equal(np.isnan(values), strange)
    return [None if bad else value for value, bad in zip(values.tolist(), strange, strict=True)]


DAY = datetime(2023, 3, 6)
TIME = datetime(2023, 3, 6, 10, 15)
AFTERNOON = datetime(2023, 3, 6, 15, 5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-03-06", DAY),
        ("2023-3-6", DAY),
        ("2023/03/06", DAY),
        ("2023.03.06", DAY),
        ("2023. 03. 06.", DAY),
        ("2023 - 03 - 06", DAY),
        ("2023 03 06", DAY),
        ("２０２３－０３－０６", DAY),
        ("٢٠٢٣-٠٣-٠٦", DAY),
        ("2023–03–06", DAY),
        ("20230306", DAY),
        ("2023-03-06 10:15", TIME),
        ("2023-03-06T10:15:00", TIME),
        ("2023/3/6 10:15", TIME),
        ("2023:03:06 10:15:00", TIME),
        ("20230306T101500", TIME),
        ("20230306 1015", TIME),
        ("20230306101500", TIME),
        ("2023-03-06-10.15.00.000000", TIME),
        ("2023-03-06_10:15", TIME),
        ("10:15 2023-03-06", TIME),
        ("2023-03-06 10h15", TIME),
        ("Monday, March 6, 2023", DAY),
        ("Mon 06 Mar 2023", DAY),
        ("March 6th, 2023", DAY),
        ("March 6th, 2023 at 3:05 PM", AFTERNOON),
        ("06-Mar-23", DAY),
        ("6-MAR-2023", DAY),
        ("06MAR2023", DAY),
        ("06MAR2023:10:15:00", TIME),
        ("06-MAR-23 03.05.00.000000000 PM", AFTERNOON),
        ("Mar  6 2023 03:05PM", AFTERNOON),
        ("6. März 2023", DAY),
        ("Montag, 6. März 2023", DAY),
        ("Mo, 6. März 2023 um 10:15 Uhr", TIME),
        ("lundi 6 mars 2023", DAY),
        ("le lundi 6 mars 2023", DAY),
        ("lundi 6 mars 2023 à 10h15", TIME),
        ("6 de marzo de 2023", DAY),
        ("lunes, 6 de marzo de 2023", DAY),
        ("6 de março de 2023", DAY),
        ("lunedì 6 marzo 2023", DAY),
        ("6 maart 2023", DAY),
        ("6 marca 2023", DAY),
        ("6 marca 2023 r.", DAY),
        ("6 марта 2023 г.", DAY),
        ("2023-Mar-06", DAY),
        ("الاثنين، 6 مارس 2023", DAY),
        ("2023/3/6، 10:15 ص", TIME),
        ("Δευτέρα 6 Μαρτίου 2023, 3:05 μ.μ.", AFTERNOON),
        ("6 d’abril del 2023", datetime(2023, 4, 6)),
        ("2023年3月6日", DAY),
        ("2023年03月06日", DAY),
        ("2023年3月6日 星期一", DAY),
        ("2023年3月6日(月)", DAY),
        ("2023年3月6日 下午3:05", AFTERNOON),
        ("2023年3月6日15時5分", AFTERNOON),
        ("2023年三月6日", DAY),
        ("2023년 3월 6일 오후 3:05", AFTERNOON),
        ("2023-03-06 12:05 AM", datetime(2023, 3, 6, 0, 5)),
        ("2023-03-06 12:05 p.m.", datetime(2023, 3, 6, 12, 5)),
        ("2023-03-06 24:00", datetime(2023, 3, 7)),
        ("2023-03-06 23:59:60", datetime(2023, 3, 7)),
        ("2024-02-29", datetime(2024, 2, 29)),
        ("0001-01-01", datetime(1, 1, 1)),
        ("9999-12-31", datetime(9999, 12, 31)),
        ("1969-12-31 23:59:59.999999", datetime(1969, 12, 31, 23, 59, 59, 999999)),
    ],
)
def test_texts_are_moments(text, moment):
    assert parsed(DateNotation(), text) == [days(moment)]


@pytest.mark.parametrize(
    "text",
    [
        *("2023-02-29", "1900-02-29", "2023-13-01", "2023-00-10", "0000-00-00", "1900-00-00"),
        *("2023-04-31", "2023-03-06 24:01", "2023-03-06 10:60", "2023-03-06 25:00"),
        *("2023-03-06 13:05 PM", "2023-03-06 0:05 AM", "Tuesday, March 6, 2023"),
        *("2023", "March", "6 March", "2023-065", "soon", "", "3.5", "12 Main Street 2023"),
        *("2023-03-06 CET", "2023-03/06", "6 Foo 2023", "2023-03", "10:15", "06.03.2023"),
        *("2023-03-06 10:15 CET", "2023-03-06 10:15Z", "x" * 1000),
    ],
)
def test_texts_are_no_dates(text):
    assert parsed(DateNotation(), text) == [None]


@pytest.mark.parametrize(
    "text",
    [
        "2023-03-06T10:15:00.123456+01:00",
        "2023-03-06T09:15:00.123456Z",
        "2023-03-06 09:15:00.123456 UTC",
        "2023-03-06 09:15:00,123456 GMT",
        "2023-03-06 10:15:00.123456789+0100",
        "2023-03-06 10:15:00.1234560+01",
        "2023-03-06 10:15:00.123456 +01:00",
        "2023-03-06 10:15:00.123456 UTC+1",
        "2023-03-06T10:15:00.123456+01:00[Europe/Berlin]",
        "2023-03-06T10:15:00.123456[Europe/Berlin]",
        "2023-03-06 10:15:00.123456 Europe/Berlin",
        "2023-03-06 04:15:00.123456 America/New_York",
        "20230306T101500.123456+0100",
        "Mon, 06 Mar 2023 10:15:00.123456 +0100",
        "2023-03-05 22:45:00.123456 -10:30",
    ],
)
def test_times_with_a_zone_are_instants(text):
    moment = datetime(2023, 3, 6, 9, 15, 0, 123456)
    assert parsed(DateNotation(zone="own"), text) == [days(moment)]


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 06 Mar 2023 10:15:00 +0100",
        "Mon, 06 Mar 2023 09:15:00 GMT",
        "06/Mar/2023:10:15:00 +0100",
        "Mon Mar 06 2023 10:15:00 GMT+0100 (Central European Standard Time)",
        "Mon Mar  6 10:15:00 2023 +0100",
        "Mon Mar  6 09:15:00 UTC 2023",
    ],
)
def test_protocols_write_instants(text):
    assert parsed(DateNotation(zone="own"), text) == [days(datetime(2023, 3, 6, 9, 15))]


def test_hours_that_summer_time_skips_or_repeats_are_strange():
    texts = [
        f"2023-{day} {hour}:30 Europe/Berlin" for day in ("03-26", "10-29") for hour in (1, 2, 3)
    ]
    values = parsed(DateNotation(zone="own"), *texts)
    assert [value is None for value in values] == [False, True, False, False, True, False]
    assert values[2] == days(datetime(2023, 3, 26, 1, 30))
    assert values[3] == days(datetime(2023, 10, 28, 23, 30))


def test_times_in_an_abbreviated_zone_stay_as_they_stand():
    notation = DateNotation(zone="cet")
    assert parsed(
        notation, "2023-03-06 10:15 CET", "2023-07-06 10:15 CEST", "2023-03-06 10:15"
    ) == [
        days(TIME),
        None,
        None,
    ]
    assert notation.describe() == "times in CET, as they stand"


@pytest.mark.parametrize(
    ("order", "value"),
    [(DateOrder.DAY_FIRST, date(2023, 4, 3)), (DateOrder.MONTH_FIRST, date(2023, 3, 4))],
)
def test_the_order_decides(order, value):
    day = (value - EPOCH.date()).days
    for text in (
        "03/04/2023",
        "3/4/2023",
        "03.04.2023",
        "3-4-2023",
        "03 04 2023",
        "3/4/23",
        "3. 4. 23",
    ):
        assert parsed(DateNotation(order), text) == [day]
    assert parsed(DateNotation(), "3/4/23") == [None]
    assert parsed(DateNotation(order), "2023-04-03", "April 3, 2023") == [19450, 19450]


def test_two_digit_years_turn_at_1969():
    texts = [f"{year:02}" for year in range(100)]
    expected = [datetime.strptime(text, "%y").year for text in texts]
    for order, form in (
        (DateOrder.YEAR_FIRST, "{}-01-02"),
        (DateOrder.DAY_FIRST, "02.01.{}"),
        (DateOrder.MONTH_FIRST, "1/2/{}"),
        (DateOrder.MONTH_NAMED, "02-Jan-{}"),
    ):
        got = parsed(DateNotation(order), *map(form.format, texts))
        assert got == [days(datetime(year, 1, 2)) for year in expected]


@pytest.mark.parametrize(
    ("form", "texts", "first"),
    [
        (
            DateForm.MONTH,
            ("2023-04", "04/2023", "2023/4", "April 2023", "2023M04", "Apr-23"),
            (4, 1),
        ),
        (DateForm.MONTH, ("2023年4月", "avril 2023", "апрель 2023 г.", "2023 Apr"), (4, 1)),
        (DateForm.QUARTER, ("2023Q2", "2023-Q2", "Q2 2023", "2Q2023", "2Q23", "T2 2023"), (4, 1)),
        (DateForm.WEEK, ("2023-W14", "2023W14", "W14 2023", "KW 14/2023", "2023-W14-1"), (4, 3)),
    ],
)
def test_months_quarters_and_weeks_are_their_first_day(form, texts, first):
    expected = days(datetime(2023, *first))
    assert parsed(DateNotation(form=form), *texts) == [expected] * len(texts)
    assert parsed(DateNotation(form=form), "2023-04-01") == [None]


@pytest.mark.parametrize(
    "months",
    [
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
        "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października"
        " listopada grudnia",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου"
        " οκτωβρίου νοεμβρίου δεκεμβρίου",
        "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC",
    ],
)
def test_all_months_of_a_language(months):
    names = months.split()
    expected = [days(datetime(2023, number, 9)) for number in range(1, 13)]
    for form in ("9 {} 2023", "{} 9, 2023", "9-{}-2023", "09{}2023", "2023 {} 9"):
        assert parsed(DateNotation(), *(form.format(name) for name in names)) == expected


def test_weeks_of_pandas_begin_with_their_first_day():
    weeks = pd.period_range("2022-12-20", "2024-01-20", freq="W-SUN")
    expected = (weeks.start_time - pd.Timestamp(0)) / pd.Timedelta(days=1)
    notation = DateNotation(form=DateForm.WEEK)
    assert parsed(notation, *weeks.astype(str)) == expected.tolist()
    assert parsed(notation, "2023-01-02/2023-01-09", "2023-01-02/2023-01-32") == [None, None]


def test_weeks_are_those_of_iso_8601():
    days_ = pd.date_range("2014-12-20", "2027-01-20")
    texts = days_.strftime("%G-W%V-%u")
    expected = (days_ - pd.Timestamp(0)) / pd.Timedelta(days=1)
    assert parsed(DateNotation(form=DateForm.WEEK), *texts) == expected.tolist()
    assert (
        parsed(DateNotation(form=DateForm.WEEK), "2021-W53", "2020-W54", "2020-W00") == [None] * 3
    )
    assert parsed(DateNotation(form=DateForm.QUARTER), "2020Q5", "2020Q0") == [None] * 2


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("12:34", 754),
        ("00:00", 0),
        ("9:05", 545),
        ("24:00", 1440),
        ("12:34:30", 754.5),
        ("12:34:30.5", 754 + 30.5 / 60),
        ("1:05 PM", 785),
        ("1:05pm", 785),
        ("1 pm", 780),
        ("12:05 a.m.", 5),
        ("下午3:05", 905),
        ("15時5分", 905),
        ("12h30", 750),
        ("12:34 Uhr", 754),
    ],
)
def test_times_alone_are_parts_of_a_day(text, minutes):
    assert parsed(DateNotation(form=DateForm.TIME), text) == [
        pytest.approx(minutes / 1440, rel=1e-15)
    ]


def test_times_that_no_clock_shows_are_strange():
    texts = [
        "24:01",
        "25:00",
        "12:60",
        "12.30",
        "1230",
        "13:05 PM",
        "-1:00",
        "12",
        "2023-03-06",
        "12:34:56:07",
    ]
    assert parsed(DateNotation(form=DateForm.TIME), *texts) == [None] * len(texts)
