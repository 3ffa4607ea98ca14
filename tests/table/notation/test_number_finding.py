"""What decides how numbers are read, what does not, and what is said about it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rosenblatt.table.notation import NumberFinding, NumberNotation, readings, recognise_numbers
from rosenblatt.table.serialization import from_plain, to_plain


def found(rows: dict[str, int] | list[str], **given: str) -> NumberFinding:
    """What is recognised in these texts, with the numbers of their rows."""
    counts = rows if isinstance(rows, dict) else dict.fromkeys(rows, 1)
    finding = recognise_numbers(pa.array(list(counts)), np.array(list(counts.values())), **given)
    assert finding is not None
    return finding


def values(notation: NumberNotation, *texts: str) -> list[float | None]:
    parsed, strange = notation.parse(pa.array(texts))
    np.testing.assert_array_equal(np.isnan(parsed), strange)
    return [None if bad else value for value, bad in zip(parsed.tolist(), strange, strict=True)]


def texts_where(rows: dict[str, int] | list[str], mask: np.ndarray) -> list[str]:
    return [text for text, chosen in zip(rows, mask, strict=True) if chosen]


@pytest.mark.parametrize(
    ("texts", "with_point", "with_comma"),
    [
        (["1.234", "2.500", "999.125"], 1.234, 1234),
        (["1,234", "2,500", "12,125"], 1234, 1.234),
        (["1,234", "2,500", "0"], 1234, 1.234),  # nothing is nothing anyway
        (["1.234 €", "2.500 €"], 1.234, 1234),
        (["1,250", "5", "80"], 1250, 1.25),  # pieces or kilograms
        (["1,250", "1500", "950"], 1250, 1.25),  # numbers from 1000 on are written without
        (["1,250", "<2,500"], 1250, 1.25),
        (["(1,250)", "$2,500"], -1250, -1.25),
    ],
)
def test_three_digits_behind_every_sign_decide_nothing(texts, with_point, with_comma):
    finding = found(texts)
    assert {a.decimal for a in finding.alternatives} == {".", ","}
    assert finding.notation == finding.alternatives[0]
    assert not finding.evidence
    assert len({values(a, finding.example)[0] for a in finding.alternatives}) == 2
    for decimal, value in ((".", with_point), (",", with_comma)):
        (decided,) = (a for a in finding.alternatives if a.decimal == decimal)
        assert values(decided, texts[0]) == [value]


@pytest.mark.parametrize(
    ("rows", "evidence"),
    [
        (["1.234.567", "1.234"], ["1.234.567"]),
        (["1.234,5", "1.234"], ["1.234,5"]),
        (["12,5", "1,234"], ["12,5"]),
        (["0,125", "1,234"], ["0,125"]),
        (["1234,567", "1,234"], ["1234,567"]),
        (["1,2345", "1,234"], ["1,2345"]),
        (["5,", "1,234"], ["5,"]),
        (["1,234E2", "1,234"], ["1,234E2"]),
        (["45,000", "950", "70,000"], ["950 beside 45,000", "950 beside 70,000"]),
        ({"1,250": 120, "80": 20}, ["80 beside 1,250"]),
        (["12 €", "1,00,000 €"], ["1,00,000 €"]),
        (["12", "5"], [""]),
    ],
)
def test_the_cell_that_decides_is_named(rows, evidence):
    assert found(rows).evidence in evidence
    assert not found(rows).alternatives


def test_an_alternative_reads_the_whole_column():
    (with_comma,) = (a for a in found(["295.544", "310.000"]).alternatives if a.decimal == ",")
    assert values(with_comma, "295.544", "1,5") == [295544, 1.5]


def test_rows_decide_and_not_distinct_texts():
    assert found({"1.5": 3, "2,5": 100, "3,5": 1}).notation.decimal == ","
    assert found({"1.5": 300, "2,5": 100, "3,5": 1}).notation.decimal == "."


@pytest.mark.parametrize(
    ("rows", "strange", "reason"),
    [
        ({"1.5": 9, "2,5": 1}, ["2,5"], "1.5 beside 2,5"),
        ({"1,234.5": 9, "1.234,5": 1}, ["1.234,5"], "1,234.5 beside 1.234,5"),
        ({"5 kg": 9, "7 lb": 1}, ["7 lb"], "5 kg beside 7 lb"),
        ({"5 kg": 5, "7 lb": 5}, ["7 lb"], "5 kg beside 7 lb"),
        ({"5%": 9, "0.5": 1, "0": 1}, ["0.5"], "5% beside 0.5"),
        ({"5": 6, "7 kg": 4}, ["7 kg"], "5 beside 7 kg"),
        ({"5 mW": 5, "7 MW": 2}, ["7 MW"], "5 mW beside 7 MW"),
        ({"5": 9, "two": 1}, ["two"], ""),
    ],
)
def test_what_does_not_fit_is_strange_and_named(rows, strange, reason):
    finding = found(rows)
    assert texts_where(rows, finding.strange) == strange
    assert finding.reason == reason


def test_numbers_without_the_unit_of_the_others_are_told():
    rows = {"5 kg": 9, "7": 1, "0": 1}
    finding = found(rows)
    assert texts_where(rows, finding.bare) == ["7"]
    assert not finding.strange.any()
    assert not found(["5", "7"]).bare.any()


def test_a_word_that_may_multiply_is_not_that_of_numbers_without():
    """In Spanish "61,34 mil" are thousands, and 950 beside them are no thousands."""
    rows = {"61,34 mil": 90, "950": 10, "0": 1}
    assert texts_where(rows, found(rows).strange) == ["950"]


def test_signs_that_contradict_leave_what_proves_nothing_strange():
    """Where points and commas are decimal signs, 1.234 and 3,125 may be either."""
    rows = {"2,5": 900, "1.5": 60, "1.234": 40, "3,125": 5}
    finding = found(rows)
    assert texts_where(rows, finding.strange) == ["1.5", "1.234", "3,125"]
    assert values(finding.notation, "2,5", "1.234", "3,125") == [2.5, None, None]


def test_a_slip_does_not_discredit_a_grouping_that_is_proven():
    rows = {"1,234.50": 900, "1,234": 100, "2,5": 3}
    finding = found(rows)
    assert texts_where(rows, finding.strange) == ["2,5"]
    assert values(finding.notation, "1,234") == [1234]


ERRORS = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"]
LOCAL_ERRORS = ["#BEZUG!", "#WERT!", "#NV", "#¿NOMBRE?", "#¡DIV/0!", "#N/D", "######", "Err:502"]


@pytest.mark.parametrize("error", ERRORS + LOCAL_ERRORS)
def test_errors_of_spreadsheets_are_told_from_words(error):
    rows = {"1.5": 2, error: 9, "none": 1}
    finding = found(rows)
    assert texts_where(rows, finding.errors) == [error]
    assert texts_where(rows, finding.strange) == [error, "none"]


CENSORED = ["<0.5", "< 0.5", ">100", "≥3", "≤ 3", "<=3", "~5", "≈5", "ca. 5", "100+", "less than 5"]


@pytest.mark.parametrize("text", CENSORED)
def test_bounds_are_no_numbers_unless_wanted(text):
    rows = {"1.5": 2, text: 1}
    finding = found(rows)
    assert texts_where(rows, finding.censored) == [text]
    assert texts_where(rows, finding.strange) == [text]
    bound = float("".join(c for c in text.strip(".").replace("ca.", "") if c in "0123456789."))
    assert values(NumberNotation(bounds=True), text) == [bound]


def test_grades_are_no_negative_numbers():
    rows = {"2": 5, "2-": 2, "3+": 2}
    assert texts_where(rows, found(rows).strange) == ["2-", "3+"]
    rows = {"-2": 5, "2-": 2}
    assert texts_where(rows, found(rows).strange) == ["2-"]


def test_the_same_letter_behind_every_number_is_a_unit():
    assert found(["300 K", "290 K"]).notation.unit == "K"
    assert values(found(["300 K", "290 K"]).notation, "1.5 K") == [1.5]
    assert values(found(["300 K", "2 M"]).notation, "1.5 K") == [1500]
    assert found({"2,5 B": 5, "3 Mn": 4, "7": 2}).strange.tolist() == [True, True, False]
    assert readings("5 M") == ()  # millions, or milliards in Indonesian, or a size
    assert readings("5M") == (5e6,)
    assert values(found(["$5m", "$1.5bn"]).notation, "$2m") == [2e6]
    assert found({"5k": 2, "400m": 2}).reason == "5k beside 400m"  # thousands and metres


@pytest.mark.parametrize(
    ("texts", "given", "value"),
    [
        (["1.234", "2.345"], {"decimal": ","}, 1234),
        (["1.234", "2.345"], {"decimal": "."}, 1.234),
        (["1.234", "950"], {"decimal": "."}, 1.234),
        (["1,234", "2,345"], {"thousands": ","}, 1234),
        (["1,234", "2,345"], {"thousands": ""}, 1.234),
        (["1,234", "2,345"], {"thousands": "."}, 1.234),
        (["1,234.5", "2"], {"decimal": ","}, 1234.5),  # what fits no cell is left aside
        (["1.5", "2"], {"decimal": ",", "thousands": "."}, 1.5),
    ],
)
def test_given_signs_decide(texts, given, value):
    finding = found(texts, **given)
    assert not finding.alternatives
    assert values(finding.notation, texts[0]) == [value]


def test_whole_numbers_alone_prove_no_decimal_sign():
    """What they leave open is not read by the notation that was taken for want of another."""
    notation = found(["950", "1200"]).notation
    assert not notation.proven
    assert values(notation, "1.234", "1,234", "12.5", "7") == [None, None, 12.5, 7]
    assert found(["950", "0.5"]).notation.proven
    assert values(found(["950", "0.5"]).notation, "1.234") == [1.234]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234", (1.234, 1234)),
        ("1,234", (1.234, 1234)),
        ("1.5", (1.5,)),
        ("2,5", (2.5,)),
        ("1.234.567", (1234567,)),
        ("1.234,5", (1234.5,)),
        ("1 234", (1234,)),
        ("1,00,000", (100000,)),
        ("12.5K", (12500,)),
        ("(5)", (-5,)),
        ("5-", (-5,)),
        ("12,5 %", (12.5,)),
        ("<5", ()),
        ("5 to 7", ()),
        ("word", ()),
        ("192.168.100.101", ()),
        ("", ()),
    ],
)
def test_readings_of_one_cell(text, expected):
    assert readings(text) == expected


def test_readings_of_another_unit_are_none():
    kilograms = NumberNotation(unit="kg")
    assert readings("5,5 kg", kilograms) == (5.5,)
    assert readings("5,5", kilograms) == (5.5,)
    assert readings("5,5 lb", kilograms) == ()
    assert readings("0.5", NumberNotation(unit="%")) == ()
    assert readings("300,5 K", NumberNotation(unit="K")) == (300.5,)


def test_whole_numbers_keep_their_last_digits():
    notation = NumberNotation(grouping=",")
    texts = ["1234567890123456789", "1,234,567,890,123,456,791", "-9223372036854775808", "007"]
    integers = notation.integers(pa.array(texts))
    assert integers is not None
    assert integers.dtype == np.int64
    assert integers.tolist() == [int(text.replace(",", "")) for text in texts]
    for text in ("9223372036854775808", "1.0", "1e3", "x", "inf", "1,23"):
        assert notation.integers(pa.array(["1", text])) is None


def test_arrays_of_any_layout_are_read():
    texts = ["x", "1,5", "−2,5", None, "3 €", "1.000,5"]
    expected = [1.5, -2.5, np.nan, 3, 1000.5]
    notation = NumberNotation(",", ".", unit="€")
    whole = pa.array(texts)
    for array in (
        whole.slice(1),
        whole.cast(pa.large_string()).slice(1),
        pa.chunked_array([whole.slice(1, 2), whole.slice(3)]),
        whole.dictionary_encode().slice(1),
    ):
        parsed, strange = notation.parse(array)
        np.testing.assert_array_equal(parsed, expected)
        assert not strange.any()
    for empty in (pa.array([], pa.string()), pa.array([None], pa.string())):
        parsed, strange = notation.parse(empty)
        assert np.isnan(parsed).all()
        assert not strange.any()
        assert recognise_numbers(empty, np.zeros(len(empty), dtype=np.int64)) is None


@pytest.mark.parametrize(
    ("notation", "sample"),
    [
        (NumberNotation(), ""),
        (NumberNotation(proven=False), ""),
        (NumberNotation(","), "1234,5"),
        (NumberNotation(",", ".", unit="€"), "1.234,5 €"),
        (NumberNotation(unit="%"), "1234.5%"),
        (NumberNotation(".", ",", indian=True), "1,23,456.5"),
        (NumberNotation(".", ",", multipliers=True), "1,234.5K"),
    ],
)
def test_a_notation_is_described_by_a_sample_and_is_plain_data(notation, sample):
    assert notation.describe() == sample
    assert from_plain(NumberNotation, to_plain(notation), "notation") == notation
    if sample and not notation.multipliers:
        expected = 123456.5 if notation.indian else 1234.5
        assert values(notation, sample) == [expected]
