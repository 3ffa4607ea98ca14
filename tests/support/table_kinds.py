"""Columns of many kinds, as the texts of a file and as typed values where formats have types."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, final

import numpy as np
import pyarrow as pa

Cells = list[str | None]


@final
@dataclass(frozen=True, eq=False)
class MadeColumn:
    """The cells as a text file has them, and as an array of the type that other formats have."""

    texts: Cells
    array: pa.Array


def grouped(x: float, sign: str, decimal: str, digits: int) -> str:
    return f"{x:,.{digits}f}".replace(",", "\0").replace(".", decimal).replace("\0", sign)


def indian(n: int) -> str:
    head, tail = str(n)[:-3], str(n)[-3:]
    parts = []
    while head:
        parts.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*parts, tail])


def day(draw: Random) -> dt.date:
    return dt.date(2019, 1, 1) + dt.timedelta(days=draw.randint(0, 2000))


def moment(draw: Random) -> dt.datetime:
    return dt.datetime(2019, 1, 1) + dt.timedelta(seconds=60 * draw.randint(0, 2_000_000))


WRITTEN: dict[str, Callable[[Random], str]] = {
    "plain": lambda d: str(round(d.gauss(0, 100), d.randint(0, 3))),
    "whole": lambda d: str(d.randint(-20, 2000)),
    "digits": lambda d: str(d.randint(0, 9)),
    "zeros": lambda d: f"{d.randint(0, 99):04d}",
    "german": lambda d: grouped(d.uniform(0, 5000), ".", ",", 2),
    "german, whole": lambda d: grouped(d.randint(100, 90_000), ".", ",", 0),
    "decimal comma": lambda d: f"{d.uniform(0, 50):.1f}".replace(".", ","),
    "three decimals": lambda d: f"{d.uniform(0, 9):.3f}",
    "us": lambda d: grouped(d.uniform(0, 90_000), ",", ".", 2),
    "us, whole": lambda d: f"{d.randint(100, 90_000):,}",
    "french": lambda d: grouped(d.uniform(0, 90_000), d.choice("\u00a0\u202f"), ",", 2),
    "swiss": lambda d: grouped(d.uniform(0, 90_000), "’", ".", 2),
    "indian": lambda d: indian(d.randint(1000, 9_000_000)),
    "accounting": lambda d: (lambda v: f"({v:,.2f})" if d.random() < 0.3 else f"{v:,.2f}")(
        d.uniform(1, 3000)
    ),
    "minus": lambda d: f"{d.gauss(0, 30):.2f}".replace("-", "\u2212"),
    "percent": lambda d: f"{d.uniform(0, 100):.1f}%",
    "dollars": lambda d: f"${d.uniform(0, 3000):,.2f}",
    "euros": lambda d: grouped(d.uniform(0, 3000), ".", ",", 2) + " €",
    "kilograms": lambda d: f"{d.uniform(0, 200):.1f} kg",
    "thousands": lambda d: f"{d.uniform(1, 900):.1f}K",
    "exponents": lambda d: f"{d.gauss(0, 1) * 10 ** d.randint(-5, 9):.3e}",
    "codes": lambda d: f"{d.randint(1, 9)}E{d.randint(1, 5)}",
    "long": lambda d: str(1234567890123456789 + d.randint(0, 40)),
    "iso": lambda d: str(day(d)),
    "iso time": lambda d: str(moment(d)),
    "dots": lambda d: f"{day(d):%d.%m.%Y}",
    "two digits": lambda d: f"{day(d):%d.%m.%y}",
    "us date": lambda d: f"{day(d):%m/%d/%Y}",
    "english": lambda d: f"{day(d):%d %b %Y}",
    "compact": lambda d: f"{day(d):%Y%m%d}",
    "zone": lambda d: f"{moment(d):%Y-%m-%dT%H:%M:%SZ}",
    "time": lambda d: f"{moment(d):%H:%M}",
    "month": lambda d: f"{day(d):%Y-%m}",
    "span": lambda d: f"{d.randint(0, 3)} days {d.randint(0, 23):02d}:{d.randint(0, 59):02d}:00",
    "month point year": lambda d: f"{day(d):%m.%Y}",
    "colours": lambda d: d.choice(["red", "green", "blue"]),
    "countries": lambda d: d.choice(["NA", "ZA", "ZW", "BW"]),
    "illnesses": lambda d: d.choice(["None", "Insomnia", "Apnea"]),
    "answers": lambda d: d.choice(["yes", "no"]),
    "spellings": lambda d: d.choice(["Yes", "yes", "NO", "no"]),
    "truth": lambda d: d.choice(["TRUE", "FALSE"]),
    "bits": lambda d: d.choice("01"),
    "signs": lambda d: d.choice(["-1", "+1"]),
    "grades": lambda d: d.choice(["A+", "A", "B-", "C"]),
    "bins": lambda d: d.choice(["1-5", "6-10", "11-20", ">20"]),
    "versions": lambda d: f"{d.randint(1, 3)}.{d.randint(0, 12)}.{d.randint(0, 3)}",
    "names": lambda d: f"customer-{d.randint(0, 10**6)}",
    "prose": lambda d: " ".join(
        d.choice(["the", "quick", "fox, red", 'said "no"', "ran"]) for _ in range(6)
    ),
    "places": lambda d: d.choice(["Zürich", "São Paulo", "東京", "O'Fallon", "a;b", "x|y"]),
    "lines": lambda d: d.choice(["one\ntwo", "one", "two"]),
    "constant": lambda d: "same",
    "infinite": lambda d: d.choice(["inf", "1.5", "2.5", "3.25"]),
    "shares": lambda d: d.choice(["0.5", "<0.5", "1.5", "7.25"]),
}

TYPED: dict[str, tuple[Any, Callable[[Random], Any], Callable[[Any], str]]] = {
    "int64": (pa.int64(), lambda d: d.randint(-50, 5000), str),
    "few": (pa.int64(), lambda d: d.randint(1, 5), str),
    "uint8": (pa.uint8(), lambda d: d.randint(0, 255), str),
    "years": (pa.int64(), lambda d: d.randint(1950, 2023), str),
    "compact": (pa.int64(), lambda d: int(f"{day(d):%Y%m%d}"), str),
    "compact, open": (
        pa.int64(),
        lambda d: d.choice([0, 99999999]) if d.random() < 0.1 else int(f"{day(d):%Y%m%d}"),
        str,
    ),
    "large": (pa.int64(), lambda d: 2**62 + d.randint(0, 999), str),
    "float64": (pa.float64(), lambda d: d.gauss(0, 10), repr),
    "rounded": (pa.float64(), lambda d: round(d.uniform(0, 30), 1), repr),
    # Text alone does not say what 12.345 is: 0.123 can be one thing only.
    "three": (pa.float64(), lambda d: round(d.uniform(0, 1), 3), repr),
    "halves": (pa.float64(), lambda d: d.randint(0, 9) / 2, repr),
    "whole floats": (pa.float64(), lambda d: float(d.randint(0, 9)), repr),
    "float32": (
        pa.float32(),
        lambda d: float(np.float32(round(d.uniform(0, 30), {3: 6}.get(n := d.randint(1, 5), n)))),
        lambda v: str(np.float32(v)),
    ),
    "decimal": (
        pa.decimal128(12, 2),
        lambda d: decimal.Decimal(d.randint(0, 99_999)) / 100,
        lambda v: f"{v:.2f}",
    ),
    "uint64": (pa.uint64(), lambda d: 2**63 + d.randint(0, 99), str),
    "bool": (pa.bool_(), lambda d: d.random() < 0.4, str),
    "date": (pa.date32(), day, str),
    "timestamp": (pa.timestamp("s"), moment, str),
    "duration": (
        pa.duration("s"),
        lambda d: dt.timedelta(seconds=d.randint(0, 300_000)),
        lambda v: f"{v.days} days {dt.timedelta(seconds=v.seconds)!s:0>8}",
    ),
    # Texts of the first hour after midnight alone would be minutes and seconds.
    "clock": (pa.time32("s"), lambda d: moment(d).time().replace(hour=d.randint(12, 23)), str),
}

MISSING: list[list[str | None]] = [
    [None],
    ["", None],
    ["NA"],
    ["n/a", ""],
    ["?"],
    ["null", "NULL"],
    ["-"],
    ["NaN", "nan"],
    ["None"],
    ["unknown"],
    ["#DIV/0!", "#REF!"],
    ["-999"],
    ["n.a."],
    ["missing", None],
    [" "],
]


def written_column(draw: Random, n: int, kind: str | None = None) -> MadeColumn:
    """Texts, the same in every format; some of them words for missing."""
    make = WRITTEN[kind or draw.choice(list(WRITTEN))]
    texts: Cells = [make(draw) for _ in range(n)]
    if draw.random() < 0.3:  # as in tables where an entity has many rows
        texts = [draw.choice(texts[: max(2, n // 6)]) for _ in texts]
    for words in draw.sample(MISSING, draw.choice([0, 0, 0, 1, 1, 2])):
        share = draw.choice([0.0, 0.02, 0.2])
        for i in range(n):
            if draw.random() < share:
                texts[i] = draw.choice(words)
    return MadeColumn(texts, pa.array(texts, pa.string()))


def typed_column(draw: Random, n: int, kind: str | None = None) -> MadeColumn:
    """Typed values where formats have types, their usual texts in text files."""
    arrow_type, make, text = TYPED[kind or draw.choice(list(TYPED))]
    share = draw.choice([0.0, 0.0, 0.03, 0.3])
    cells = [None if draw.random() < share else make(draw) for _ in range(n)]
    texts = [None if cell is None else text(cell) for cell in cells]
    return MadeColumn(texts, pa.array(cells, arrow_type))
