"""Numbers as people write them: values written out, or read by pandas with the signs given."""

from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt.table.notation import NumberFinding, recognise_numbers

NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


def found(texts: list[str], **given: str) -> NumberFinding:
    finding = recognise_numbers(pa.array(texts), np.ones(len(texts), dtype=np.int64), **given)
    assert finding is not None
    return finding


READ = {
    "plain": (["12", "-3.5", "+4", "1234.25"], [12, -3.5, 4, 1234.25]),
    "decimal comma": (["12,5", "3", "-0,125"], [12.5, 3, -0.125]),
    "german": (["1.234,5", "1.000.000", "950"], [1234.5, 1e6, 950]),
    "german of three digits": (["90.000", "950", "1.250"], [90000, 950, 1250]),
    "english": (["1,234.5", "1,000,000", "950"], [1234.5, 1e6, 950]),
    "english of three digits": (["45,000", "950", "1,200"], [45000, 950, 1200]),
    "indian": (["1,00,000", "12,34,567.5", "1,000"], [100000, 1234567.5, 1000]),
    "swiss": (["1'234.50", "1’234’567", "1ʼ000"], [1234.5, 1234567, 1000]),
    "french": ([f"1{NARROW}234,5", f"12{NBSP}000", "7"], [1234.5, 12000, 7]),
    "blanks": ([f"1{THIN}234", "1 234 567", "12 000"], [1234, 1234567, 12000]),
    "underscores": (["1_000", "12_345_678", "5"], [1000, 12345678, 5]),
    "leading zero proves a decimal": (["0,512", "1,234"], [0.512, 1.234]),
    "four digits prove a decimal": (["1234,567", "1,234"], [1234.567, 1.234]),
    "minus signs": (["\u22125", "–6.5", "- 7", "-8"], [-5, -6.5, -7, -8]),
    "minus signs behind": (["123,45-", "7", "1.000,00-"], [-123.45, 7, -1000]),
    "parentheses": (["(1,234.50)", "7.25", "(3)"], [-1234.5, 7.25, -3]),
    "parentheses and dollars": (["($5)", "$(1,234.50)", "$7", "(8) $"], [-5, -1234.5, 7, -8]),
    "per cent": (["12.5%", "3 %", "-1,000.5 %", "0"], [12.5, 3, -1000.5, 0]),
    "per cent before": (["%12,5", "-%3", "% 0,5"], [12.5, -3, 0.5]),
    "per mille": (["12‰", "3.5 ‰"], [12, 3.5]),
    "euros": (["5 €", "19,99€", "-€ 3,50", "€-4", "6 EUR"], [5, 19.99, -3.5, -4, 6]),
    "codes": (["EUR 5", "EUR1.234,50", "7,25 EUR"], [5, 1234.5, 7.25]),
    "dollars": (["$84,442.19", "-$5", "$-6.5", "US$ 7"], [84442.19, -5, -6.5, 7]),
    "reais": (["R$ 1.234,56", "R$ 0,50"], [1234.56, 0.5]),
    "francs": (["Fr. 5.--", "Fr. 3.50", "Fr. 1'200.-"], [5, 3.5, 1200]),
    "rupees": (["Rs. 1,00,000/-", "₹500", "Rs500/-"], [100000, 500, 500]),
    "crowns": (["1 234,50 Kč", "5 Kč", "Kč 7,-"], [1234.5, 5, 7]),
    "zloty": (["12 345,67 zł", "zł5", "7 PLN"], [12345.67, 5, 7]),
    "roubles": (["5 тыс. руб.", "1,5 млн ₽", "700 руб"], [5000, 1.5e6, 700]),
    "prices a kilogram": (["$12.50/kg", "$3/kg"], [12.5, 3]),
    "percent in parentheses": (["(5%)", "(2.5)%", "7%"], [-5, -2.5, 7]),
    "kilograms": (["5 kg", "7.5kg", "-3 Kg"], [5, 7.5, -3]),
    "degrees": (["20 °C", "-3,5 °C", "21℃"], [20, -3.5, 21]),
    "speeds": (["3.5km/h", "12 km/h"], [3.5, 12]),
    "pixels": (["7px", "12px"], [7, 12]),
    "areas": (["5 m2", "7,5 m²"], [5, 7.5]),
    "years": (["1 year", "2.5 years"], [1, 2.5]),
    "kelvins": (["300 K", "290.5 K"], [300, 290.5]),
    "multipliers": (["12.5K", "1.2M", "3B", "950", "-2k"], [12500, 1.2e6, 3e9, 950, -2000]),
    "words": (["1.2 million", "3 billion", "5 thousand"], [1.2e6, 3e9, 5000]),
    "german words": (["2 Mio", "12,5 Tsd.", "1,25 Mrd."], [2e6, 12500, 1.25e9]),
    "millions of euros": (["2 Mio. €", "0,5 Mrd €", "-7k€"], [2e6, 5e8, -7000]),
    "words of other languages": (["2,5 miljoner", "3 tusen", "5"], [2.5e6, 3000, 5]),
    "polish": (["2,22 mln", "50,54 tys.", "3 miliardy"], [2.22e6, 50540, 3e9]),
    "korean": (["3.08천", "11.24만", "5억"], [3080, 112400, 5e8]),
    "yuan": (["5万元", "3.5亿元", "800元"], [50000, 3.5e8, 800]),
    "chinese": (["5万", "3.5万", "2亿", "900"], [50000, 35000, 2e8, 900]),
    "full width": (["１２．５", "－３", "４５，０００．２５"], [12.5, -3, 45000.25]),
    "arabic": (["١٢٣٫٥", "٤", "١٬٠٠٠"], [123.5, 4, 1000]),
    "persian": (["۱٬۲۳۴٫۵", "۵۰۰"], [1234.5, 500]),
    "pashto": (["۱،۲۳۴٫۵", "۱،۰۰۰"], [1234.5, 1000]),
    "devanagari": (["१२.५", "३"], [12.5, 3]),
    "exponents": (["1e5", "1E+05", "2.5e-3", "-1E0"], [1e5, 1e5, 0.0025, -1]),
    "exponents with comma": (["1,5E3", "2,25e-2"], [1500, 0.0225]),
    "points at an end": ([".5", "5.", "-.25"], [0.5, 5, -0.25]),
    "marks of direction": (["\u200e12.5", "\u200f-3"], [12.5, -3]),
    "a date's look": (["12.2024", "3.5"], [12.2024, 3.5]),
    "infinite": (["inf", "-Infinity", "1.5"], [math.inf, -math.inf, 1.5]),
}


@pytest.mark.parametrize(("texts", "values"), READ.values(), ids=READ)
def test_usual_spellings_are_read(texts: list[str], values: list[float]) -> None:
    finding = found(texts)
    assert not finding.alternatives
    assert not finding.strange.any()
    parsed, strange = finding.notation.parse(pa.array(texts))
    assert not strange.any()
    np.testing.assert_array_equal(parsed, values)


@pytest.mark.parametrize(
    ("decimal", "thousands"), [(".", ","), (",", "."), (",", " "), (".", "'"), (".", "_")]
)
def test_pandas_reads_the_same(decimal: str, thousands: str) -> None:
    swap = str.maketrans({",": thousands, ".": decimal})
    numbers = enumerate(np.random.default_rng(3).lognormal(6, 4, 500))
    texts = [f"{x:,.{i % 3 * 2}f}".translate(swap) for i, x in numbers]
    frame = pd.read_csv(
        io.StringIO("\n".join(["x", *texts])), sep=";", decimal=decimal, thousands=thousands
    )
    finding = found(list(dict.fromkeys(texts)))
    assert (finding.notation.decimal, finding.notation.grouping) == (decimal, thousands)
    np.testing.assert_array_equal(finding.notation.parse(pa.array(texts))[0], frame["x"])


NOT_READ = {
    "hexadecimal": ["0x1F", "0xFF", "0x2"],
    "versions": ["1.2.3", "1.10.0"],
    "addresses": ["10.0.0.1", "192.168.1.1"],
    "long addresses": ["192.168.100.101", "192.168.100.102"],
    "phone numbers": ["555-1234", "030/123456"],
    "ranges": ["12-34", "5-7"],
    "dates": ["2023-03-05", "05/03/2023", "5.3.2023"],
    "times": ["10:30", "9:15"],
    "fractions": ["½", "1/2", "3 1/2"],
    "ordinals": ["1st", "2nd", "3rd"],
    "clock": ["10 am", "9 pm"],
    "words": ["red", "green", "5"],
    "codes": ["A5", "B7"],
    "sides of an account": ["1,234.50 CR", "500 Dr", "20 DR"],
    "compounds": ["5-day", "3-bedroom"],
    "bad groups": ["1 2345", "12 34"],
}


@pytest.mark.parametrize("texts", NOT_READ.values(), ids=NOT_READ)
def test_what_is_no_number_is_not_read(texts: list[str]) -> None:
    assert recognise_numbers(pa.array(texts), np.ones(len(texts), dtype=np.int64)) is None
