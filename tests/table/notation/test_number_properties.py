"""Numbers written in any notation come back exactly, or as one of the alternatives."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import assume, given
from hypothesis import strategies as st

from rosenblatt.table.notation import NumberNotation, readings, recognise_numbers

GROUPINGS = {".": ["", ",", " ", "'", "_", "’", "\u00a0", "\u202f"], ",": ["", ".", " ", "'"]}
UNITS = ["{}", "{} €", "€{}", "€ {}", "EUR {}", "{}%", "{} %", "{} kg", "{}kg", "{} km/h", "{} m²"]
MINUS = ["-{}", "\u2212{}", "{}-", "({})", "- {}"]
DIGITS = ["0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩"]


@st.composite
def columns(draw: st.DrawFn) -> tuple[list[str], list[float]]:
    """Texts of one notation, with as many decimals in all cells, and the values written."""
    decimal = draw(st.sampled_from(sorted(GROUPINGS)))
    grouping = draw(st.sampled_from(GROUPINGS[decimal]))
    n_decimals = draw(st.integers(0, 6))
    unit, minus = draw(st.sampled_from(UNITS)), draw(st.sampled_from(MINUS))
    digits = str.maketrans("0123456789", draw(st.sampled_from(DIGITS)))
    largest = draw(st.sampled_from([10**3, 10**5, 10**9, 10**14]))
    mantissas = draw(st.lists(st.integers(-largest, largest), min_size=1, max_size=12))
    texts = []
    values = [Decimal(m).scaleb(-n_decimals) for m in mantissas]
    for value in values:
        signs = {",": grouping, ".": decimal}
        text = unit.format(f"{abs(value):,.{n_decimals}f}".translate(str.maketrans(signs)))
        texts.append((minus.format(text) if value < 0 else text).translate(digits))
    # 192.168.100.101 is an address of the network.
    assume(not any(re.fullmatch(r"\d{3}(\.\d{3}){3}", text) for text in texts))
    return texts, [float(value) for value in values]


@given(columns())
def test_any_column_comes_back(column: tuple[list[str], list[float]]) -> None:
    texts, values = column
    distinct = list(dict.fromkeys(texts))
    counts = np.array([texts.count(text) for text in distinct])
    finding = recognise_numbers(pa.array(distinct), counts)
    assert finding is not None
    assert not finding.strange.any()
    read = [n.parse(pa.array(texts))[0].tolist() for n in finding.alternatives]
    read = read or [finding.notation.parse(pa.array(texts))[0].tolist()]
    assert values in read
    if finding.alternatives:
        example = pa.array([finding.example])
        assert len({float(n.parse(example)[0][0]) for n in finding.alternatives}) > 1
    for text, value in zip(texts, values, strict=True):
        assert value in readings(text)


@given(columns())
def test_a_recorded_notation_reads_the_value_or_refuses(
    column: tuple[list[str], list[float]],
) -> None:
    """Plain numbers, grouped or with a decimal comma in a new table, are not read as others."""
    texts, values = column
    for notation in (NumberNotation(proven=False), NumberNotation(",", " ", proven=False)):
        read, strange = notation.parse(pa.array(texts))
        assert all(bad or x == y for x, y, bad in zip(read, values, strange, strict=True))


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_floats_as_python_writes_them_come_back(values: list[float]) -> None:
    texts = [repr(value) for value in values]
    distinct = list(dict.fromkeys(texts))
    finding = recognise_numbers(pa.array(distinct), np.ones(len(distinct), dtype=np.int64))
    assert finding is not None
    read = [n.parse(pa.array(texts)) for n in finding.alternatives or (finding.notation,)]
    assert not read[0][1].any()
    assert values in [parsed.tolist() for parsed, _ in read]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1), st.sampled_from(["", ",", "'"]))
def test_integers_of_64_bits_come_back(values: list[int], grouping: str) -> None:
    texts = pa.array([f"{value:,}".replace(",", grouping) for value in values])
    integers = NumberNotation(grouping=grouping).integers(texts)
    assert integers is not None
    assert integers.tolist() == values


@given(st.lists(st.text("0123456789.,' -+()%€kKM<#/!e", min_size=1, max_size=9), min_size=1))
def test_any_texts_are_read_or_strange(texts: list[str]) -> None:
    distinct = list(dict.fromkeys(stripped for text in texts if (stripped := text.strip())))
    finding = recognise_numbers(pa.array(distinct), np.ones(len(distinct), dtype=np.int64))
    if finding is not None:
        parsed, strange = finding.notation.parse(pa.array(distinct))
        np.testing.assert_array_equal(strange, finding.strange)
        np.testing.assert_array_equal(strange, np.isnan(parsed))
        assert not (finding.errors & ~strange).any()
        assert not (finding.censored & ~strange).any()
