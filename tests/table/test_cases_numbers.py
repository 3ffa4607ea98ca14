"""Numbers as countries, programs and trades write them, as features, targets and in new rows."""

from __future__ import annotations

import csv
from random import Random

import numpy as np
import pytest

from rosenblatt.table import NumberTarget
from tests.support.read_tables import read, read_new, train, values

N = 300
DRAW = Random(0)
AREAS = [DRAW.randint(200, 1500) for _ in range(N)]
PRICES = [a * 350 + DRAW.randint(-5000, 5000) for a in AREAS]
AMOUNTS = [round(DRAW.uniform(-50_000, 90_000), 2) for _ in range(N)]
SIZES = [abs(a) for a in AMOUNTS]
COUNTS = [DRAW.choice([DRAW.randint(100, 999), DRAW.randint(1000, 99_999)]) for _ in range(N)]
MILLIONS = [DRAW.randint(100, 90_000_000) for _ in range(N)]
SHARES = [round(DRAW.uniform(0, 100), 1) for _ in range(N)]


def us(x):
    return f"{x:,}"


def swapped(text, group, decimal):
    return text.replace(",", "\0").replace(".", decimal).replace("\0", group)


def indian(n):
    head, parts = str(n)[:-3], [str(n)[-3:]]
    while head:
        parts.insert(0, head[-2:])
        head = head[:-2]
    return ",".join(parts)


def brackets(x):
    return f"({-x:,.2f})" if x < 0 else f"{x:,.2f}"


def wide(x):
    return str(x).translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.-"})


# How a column is written, and the numbers that are meant.
SPELLINGS = {
    "dots group": (lambda n: swapped(us(n), ".", ","), COUNTS),
    "german": (lambda x: swapped(f"{x:,.2f}", ".", ","), AMOUNTS),
    "decimal comma": (lambda x: str(x).replace(".", ","), SHARES),
    "commas group": (us, COUNTS),
    "us": (lambda x: f"{x:,.2f}", AMOUNTS),
    "french, no-break": (lambda x: swapped(f"{x:,.2f}", "\u00a0", ","), AMOUNTS),
    "french, narrow": (lambda x: swapped(f"{x:,.2f}", "\u202f", ","), AMOUNTS),
    "french, thin": (lambda x: swapped(f"{x:,.2f}", "\u2009", ","), AMOUNTS),
    "swedish, space": (lambda x: swapped(f"{x:,.2f}", " ", ","), AMOUNTS),
    "swiss": (lambda x: swapped(f"{x:,.2f}", "’", "."), AMOUNTS),
    "swiss, ascii": (lambda x: swapped(f"{x:,.2f}", "'", "."), AMOUNTS),
    "swiss, whole": (lambda n: swapped(us(n), "'", "."), COUNTS),
    "underscores": (lambda n: f"{n:_}", COUNTS),
    "indian": (indian, MILLIONS),
    "unicode minus": (lambda x: str(x).replace("-", "\u2212"), AMOUNTS),
    "en dash as minus": (lambda x: str(x).replace("-", "\u2013"), AMOUNTS),
    "brackets": (brackets, AMOUNTS),
    "brackets, dollars": (
        lambda x: f"(${-x:,.2f})" if x < 0 else f"${x:,.2f}",
        AMOUNTS,
    ),
    "minus behind": (lambda x: f"{abs(x)}-" if x < 0 else str(x), AMOUNTS),
    "plus": (lambda x: f"{x:+.2f}", AMOUNTS),
    "percent": (lambda x: f"{x}%", SHARES),
    "percent, comma": (lambda x: f"{x} %".replace(".", ","), SHARES),
    "per mille": (lambda x: f"{x} ‰", SHARES),
    "dollars": (lambda x: f"${x:,.2f}", SIZES),
    "dollars, minus": (lambda x: f"-${-x:,.2f}" if x < 0 else f"${x:,.2f}", AMOUNTS),
    "pounds": (lambda x: f"£{x:,.2f}", SIZES),
    "yen": (lambda n: f"¥{n:,}", COUNTS),
    "yuan": (lambda n: f"{n}元", COUNTS),
    "euros": (lambda x: swapped(f"{x:,.2f} €", ".", ","), AMOUNTS),
    "EUR": (lambda n: f"{n} EUR", COUNTS),
    "reais": (lambda x: "R$ " + swapped(f"{x:,.2f}", ".", ","), SIZES),
    "rupees": (lambda n: f"₹{indian(n)}", MILLIONS),
    "francs": (lambda x: "CHF " + swapped(f"{x:,.2f}", "'", "."), SIZES),
    "roubles": (lambda x: swapped(f"{x:,.2f} ₽", "\u00a0", ","), SIZES),
    "zloty": (lambda x: swapped(f"{x:,.2f} zł", " ", ","), SIZES),
    "dollars, full": (lambda n: f"{n},- kr", COUNTS),
    "kilograms": (lambda x: f"{x} kg", SHARES),
    "kilograms, no blank": (lambda x: f"{x}kg", SHARES),
    "square metres": (lambda x: f"{x} m²".replace(".", ","), SHARES),
    "degrees": (lambda x: f"{x}°C", SHARES),
    "miles per hour": (lambda x: f"{x} km/h", SHARES),
    "thousands": (lambda x: f"{x}K", [x * 1000 for x in SHARES]),
    "millions": (lambda x: f"{x}M", [x * 1_000_000 for x in SHARES]),
    "full width": (wide, SHARES),
    "arabic digits": (
        lambda n: str(n).translate({ord("0") + k: 0x0660 + k for k in range(10)}),
        COUNTS,
    ),
    "exponents": (lambda x: f"{x:.1e}", [float(f"{x:.1e}") for x in SHARES]),
    "exponents, comma": (
        lambda x: f"{x:.3E}".replace(".", ","),
        [float(f"{x:.3e}") for x in AMOUNTS],
    ),
    "zeros in front": (lambda n: f"{n:08d}", COUNTS),
}
DIVISORS = {"thousands": 1000, "millions": 1_000_000}


def spelt(case):
    write, meant = SPELLINGS[case]
    return [write(v / DIVISORS[case] if case in DIVISORS else v) for v in meant], meant


def put_column(path, name, texts, delimiter=",", **others):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow([name, *others])
        writer.writerows(zip(texts, *others.values(), strict=True))
    return path


LABELS = [DRAW.choice("ab") for _ in range(N)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("case", SPELLINGS)
def test_a_column_of_numbers_in_any_spelling(tmp_path, case, delimiter):
    texts, meant = spelt(case)
    path = put_column(tmp_path / "t.csv", "v", texts, delimiter, y=LABELS)
    file = read(path, "y")
    np.testing.assert_allclose(values(file.table, "v"), meant, rtol=1e-14)


@pytest.mark.parametrize("case", SPELLINGS)
def test_a_target_in_any_spelling(tmp_path, case):
    texts, meant = spelt(case)
    path = put_column(tmp_path / "t.csv", "v", texts, x=range(N))
    file = read(path, "v")
    encoding = train(file, "v")
    assert isinstance(encoding.target, NumberTarget)
    np.testing.assert_allclose(encoding.encode_target(file.table).y, meant, rtol=1e-14)


@pytest.mark.parametrize("case", SPELLINGS)
def test_new_rows_are_read_as_in_training(tmp_path, case):
    """A few rows that prove nothing by themselves, in the middle of the others in training."""
    texts, _ = spelt(case)
    path = put_column(tmp_path / "t.csv", "v", texts, y=LABELS)
    encoding = train(read(path, "y"), "y")
    X = encoding.encode(read(path, "y").table).X
    for first in (0, 77, 200):
        new = put_column(
            tmp_path / "new.csv", "v", texts[first : first + 3], y=LABELS[first : first + 3]
        )
        X_new = encoding.encode(read_new(new, encoding).table).X
        np.testing.assert_array_equal(X_new, X[first : first + 3])


@pytest.mark.parametrize("case", SPELLINGS)
@pytest.mark.parametrize("odd", [0, 150, 299])
def test_one_odd_cell_does_not_make_categories(tmp_path, case, odd):
    texts, meant = spelt(case)
    texts = [*texts[:odd], ["-", "two", "#DIV/0!"][odd % 3], *texts[odd + 1 :]]
    path = put_column(tmp_path / "t.csv", "v", texts, y=LABELS)
    found = values(read(path, "y").table, "v")
    assert np.isnan(found[odd])
    present = np.arange(N) != odd
    np.testing.assert_allclose(found[present], np.asarray(meant)[present], rtol=1e-14)
