"""Points and commas: decided by all cells, by other columns, or asked for; never guessed."""

from __future__ import annotations

from random import Random

import numpy as np
import pandas as pd
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import NumberTarget
from tests.support.read_tables import put, read, read_new, train, values

R = Random(0)
AREAS = [R.randint(200, 1500) for _ in range(300)]  # tenths of a square metre
PRICES = [a * 350 + R.randint(-5000, 5000) for a in AREAS]


def dotted(n):
    return f"{n:,}".replace(",", ".")


def areas_and_prices(path):
    lines = [
        f"{a // 10},{a % 10};{R.randint(1, 5)};{dotted(p)}"
        for a, p in zip(AREAS, PRICES, strict=True)
    ]
    return put(path, ["area;rooms;price", *lines])


def test_dots_group_thousands_in_the_target(tmp_path):
    path = areas_and_prices(tmp_path / "a1.csv")
    expected = pd.read_csv(path, sep=";", decimal=",", thousands=".")
    file = read(path, "price")
    encoding = train(file, "price")
    np.testing.assert_array_equal(values(file.table, "area"), expected["area"])
    assert isinstance(encoding.target, NumberTarget)
    np.testing.assert_array_equal(encoding.encode_target(file.table).y, expected["price"])
    assert encoding.target.mean == pytest.approx(np.mean(PRICES))


def test_dots_group_thousands_beside_numbers_below_a_thousand(tmp_path):
    people = [R.choice([950, 90_000, 120, 1_500, 800]) for _ in range(300)]
    path = put(tmp_path / "t.csv", ["place;people", *(f"p{n};{dotted(n)}" for n in people)])
    expected = pd.read_csv(path, sep=";", thousands=".")["people"]
    np.testing.assert_array_equal(values(read(path, "people").table, "people", "people"), expected)


def test_commas_group_thousands_in_a_tsv(tmp_path):
    pay = [R.choice([R.randint(100, 999), R.randint(1000, 9999)]) for _ in range(300)]
    lines = [f"{v:,}\t{'high' if v > 3000 else 'low'}" for v in pay]
    path = put(tmp_path / "a2.tsv", ["pay\tband", *lines])
    expected = pd.read_csv(path, sep="\t", thousands=",")["pay"]
    file = read(path, "band")
    np.testing.assert_array_equal(values(file.table, "pay"), expected)
    assert np.median(expected) == np.median(values(file.table, "pay"))
    encoding = train(file, "band")
    new = put(tmp_path / "new.tsv", ["pay", "1,500", "600", "9,000"])
    plain = pd.DataFrame({"pay": [1500, 600, 9000]})
    X = encoding.encode(read_new(new, encoding).table).X
    np.testing.assert_array_equal(X, encoding.encode(plain).X)


@pytest.mark.parametrize("n_whole", [1, 199, 250, 398])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_first_rows_are_whole_numbers(tmp_path, n_whole, delimiter):
    v = [R.randint(0, 9) if i < n_whole else R.randint(1, 18) / 2 + 0.25 for i in range(400)]
    lines = [f"{x:g}".replace(".", ",") + delimiter + "ab"[x > 4] for x in v]
    path = put(tmp_path / "a3.csv", [f"v{delimiter}k", *lines])
    expected = pd.read_csv(path, sep=delimiter, decimal=",")["v"]
    np.testing.assert_array_equal(values(read(path, "k").table, "v"), expected)


def test_decimal_commas_in_quotation_marks(tmp_path):
    v = [R.randint(0, 99) / 10 for _ in range(300)]
    lines = ['"' + f"{x:.1f}".replace(".", ",") + '",' + R.choice("ab") for x in v]
    path = put(tmp_path / "t.csv", ["x,k", *lines])
    expected = pd.read_csv(path, decimal=",")["x"]
    np.testing.assert_array_equal(values(read(path, "k").table, "x"), expected)


OTHERS = {  # one column of another kind, which once decided for a whole file
    "months": lambda i: f"{i % 12 + 1:02d}.2024",
    "versions": lambda i: f"{i % 3}.{i % 7}.{i % 5}",
    "pieces": lambda i: dotted(1000 + 250 * (i % 9)),
    "clock": lambda i: f"{i % 24}.{i % 60:02d}",
    "dates": lambda i: f"{i % 28 + 1:02d}.03.2023",
    "lists": lambda i: f"{i % 3},{i % 5},{i % 7}",
}


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("share", [1.0, 0.01])
def test_another_column_does_not_decide_for_this_one(tmp_path, other, share):
    rows = range(300)
    cells = [OTHERS[other](i) if i / 300 < share else "" for i in rows]
    v = [R.randint(0, 999) / 10 for _ in rows]
    path = put(
        tmp_path / "t.csv",
        [
            "o;v;k",
            *(
                f"{c};{str(x).replace('.', ',')};{i % 2}"
                for i, c, x in zip(rows, cells, v, strict=True)
            ),
        ],
    )
    np.testing.assert_array_equal(values(read(path, "k").table, "v"), v)


def test_both_decimal_signs_in_one_file(tmp_path):
    us, german = ([R.randint(0, 999) / 100 for _ in range(200)] for _ in range(2))
    lines = [
        f"{u};{str(g).replace('.', ',')};{R.choice('ab')}" for u, g in zip(us, german, strict=True)
    ]
    table = read(put(tmp_path / "t.csv", ["u;g;k", *lines]), "k").table
    np.testing.assert_array_equal(values(table, "u"), us)
    np.testing.assert_array_equal(values(table, "g"), german)


AMBIGUOUS = {
    "three decimals or thousands": [f"{i}.{100 + i}" for i in range(1, 90)],
    "with a comma": [f"{i},{100 + i}" for i in range(1, 90)],
    "with a unit": [f"{i}.{100 + i} kg" for i in range(1, 90)],
    "negative": [f"-{i}.{100 + i}" for i in range(1, 90)],
    "percent": [f"{i},{100 + i} %" for i in range(1, 90)],
}


@pytest.mark.parametrize("case", AMBIGUOUS)
@pytest.mark.parametrize("as_target", [False, True])
def test_what_no_cell_decides_is_asked_for(tmp_path, case, as_target):
    texts = AMBIGUOUS[case]
    lines = [f"{t}\t{i % 7 + 1}" for i, t in enumerate(texts)]
    path = put(tmp_path / "t.tsv", ["v\tk", *lines])
    target = "v" if as_target else "k"
    with pytest.raises(InputError, match=r"'v'.*no cell decides: say --(decimal|thousands)"):
        train(read(path, target), target)
    sign = "," if "," in texts[0] else "."
    for said, factor in (({"decimal": sign}, 1), ({"thousands": sign}, 1000)):
        table = read(path, target, **said).table
        digits = [float(t.strip(" kg%").replace(",", ".")) * factor for t in texts]
        np.testing.assert_allclose(values(table, "v", target, **said), digits)


@pytest.mark.parametrize("position", [0, 150, 299])
@pytest.mark.parametrize(
    ("cell", "thousand"),
    [("1.234.567", True), ("1.234,5", True), ("12.5", False), ("0.125", False), ("1234.5", False)],
)
def test_one_cell_decides_for_its_column(tmp_path, position, cell, thousand):
    texts = [f"{i % 90 + 1}.{100 + i}" for i in range(300)]
    texts[position] = cell
    path = put(tmp_path / "t.tsv", ["v\tk", *(f"{t}\t{i % 2}" for i, t in enumerate(texts))])
    table = read(path, "k").table
    options = {"thousands": ".", "decimal": ","} if thousand else {}
    expected = pd.read_csv(path, sep="\t", **options)["v"]
    np.testing.assert_array_equal(values(table, "v"), expected)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (["1,500", "9,000"], None),
        (["1500.5", "1,234.5"], [1500.5, 1234.5]),
        (["1.5", "2"], [1.5, 2]),
        (["1.234.567", "0,5"], [1234567, 0.5]),
    ],
)
def test_new_rows_in_another_notation_are_read_where_that_is_certain(tmp_path, new, expected):
    """Training has decimal commas: 1,500 is 1.5 there, and never another number in silence."""
    v = [R.randint(0, 999_999) / 100 for _ in range(200)]
    lines = [f"{x}\t{R.choice('ab')}".replace(".", ",") for x in v]
    encoding = train(read(put(tmp_path / "t.tsv", ["v\tk", *lines]), "k"), "k")
    file = read_new(put(tmp_path / "new.tsv", ["v\tk", *(f"{t}\ta" for t in new)]), encoding)
    encoded = encoding.encode(file.table)
    expected = expected or [1.5, 9]
    np.testing.assert_array_equal(
        encoded.X, encoding.encode(pd.DataFrame({"v": expected})).X, str(encoded.notes)
    )
    assert bool(encoded.notes) == (new[0] not in ("1,500",))


def test_new_rows_that_may_be_two_numbers_are_refused_with_both(tmp_path):
    v = [R.randint(0, 999_999) / 100 for _ in range(200)]
    lines = [f"{x}\t{R.choice('ab')}".replace(".", ",") for x in v]
    encoding = train(read(put(tmp_path / "t.tsv", ["v\tk", *lines]), "k"), "k")
    new = put(tmp_path / "new.tsv", ["v\tk", "1.234\ta", "5.678\tb"])
    with pytest.raises(InputError, match=r"'1.234' in row 1.*1.234.*1234"):
        encoding.encode(read_new(new, encoding).table)


def test_forty_five_thousand_beside_smaller_numbers(tmp_path):
    pay = [950, 1200, 38000, 41000, 45000, 50000, 61000, 70000]
    n = [R.choice(pay) for _ in range(300)]
    lines = [f'"{v:,}",{"yes" if v > 45000 else "no"}' for v in n]
    path = put(tmp_path / "g.csv", ["salary,bought", *lines])
    file = read(path, "bought")
    np.testing.assert_array_equal(
        values(file.table, "salary"), pd.read_csv(path, thousands=",")["salary"]
    )
    encoding = train(file, "bought")
    new = put(tmp_path / "new.csv", ["salary", '"65,000"', '"1,000"'])
    X = encoding.encode(read_new(new, encoding).table).X
    plain = encoding.encode(pd.DataFrame({"salary": [65_000, 1_000]})).X
    np.testing.assert_array_equal(X, plain)
