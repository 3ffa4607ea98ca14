"""The same rows as eight countries and programs write them, and what their cells mean."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import final

N = 40


@final
@dataclass(frozen=True)
class Row:
    place: str
    day: dt.date
    amount: float
    share: float | None
    label: str


@final
@dataclass(frozen=True)
class WrittenAs:
    """A dialect: its file, how each kind of cell is written, and its words."""

    file: str
    encoding: str
    delimiter: str
    header: Sequence[str]
    places: Sequence[str]
    labels: Sequence[str]
    day: Callable[[dt.date], str]
    amount: Callable[[float], str]
    share: Callable[[float], str]
    line_end: str = "\n"
    has_row_names: bool = False
    missing: str = ""

    def rows(self) -> list[Row]:
        draw = Random(7)
        return [
            Row(
                draw.choice(self.places),
                dt.date(2023, 1, 1) + dt.timedelta(days=draw.randint(0, 500)),
                round(draw.choice([-1, 1, 1]) * 10 ** draw.uniform(1, 6.5), 2),
                None if i in (5, 23) else round(draw.uniform(0, 100), 1),
                draw.choice(self.labels),
            )
            for i in range(N)
        ]

    def data(self) -> bytes:
        """The bytes of the file."""
        cells = [
            (
                r.place,
                self.day(r.day),
                self.amount(r.amount),
                self.missing if r.share is None else self.share(r.share),
                r.label,
            )
            for r in self.rows()
        ]
        text = io.StringIO()
        if self.has_row_names:
            text.write(",".join(f'"{name}"' for name in ["", *self.header]) + self.line_end)
            for i, (place, day, amount, share, label) in enumerate(cells, 1):
                text.write(f'"{i}","{place}",{day},{amount},{share},{label}{self.line_end}')
        else:
            writer = csv.writer(text, delimiter=self.delimiter, lineterminator=self.line_end)
            writer.writerow(self.header)
            writer.writerows(cells)
        return text.getvalue().encode(self.encoding)

    def plain(self) -> str:
        """The same content as other programs write it: plain numbers, ISO dates."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        for r in self.rows():
            writer.writerow([r.place, r.day, r.amount, "" if r.share is None else r.share, r.label])
        return text.getvalue()


def signs(x: float, group: str, decimal: str) -> str:
    return f"{x:,.2f}".replace(",", "\0").replace(".", decimal).replace("\0", group)


def comma(x: float) -> str:
    return str(x).replace(".", ",")


def indian(x: float) -> str:
    whole, decimals = f"{abs(x):.2f}".split(".")
    head, parts = whole[:-3], [whole[-3:]]
    while head:
        parts.insert(0, head[-2:])
        head = head[:-2]
    return f"{'-' if x < 0 else ''}{','.join(parts)}.{decimals}"


def accounting(x: float) -> str:
    return f"(${-x:,.2f})" if x < 0 else f"${x:,.2f}"


DIALECTS = {
    "german": WrittenAs(
        "german.csv",
        "cp1252",
        ";",
        ("Ort", "Datum", "Umsatz", "Anteil", "Güte"),
        ("Köln", "Fürth", "Weißenburg", "Bonn"),
        ("mäßig", "gut"),
        lambda d: f"{d:%d.%m.%Y}",
        lambda x: signs(x, ".", ",") + " €",
        lambda x: comma(x) + " %",
        line_end="\r\n",
    ),
    "french": WrittenAs(
        "french.csv",
        "utf-8-sig",
        ";",
        ("Ville", "Date", "Montant", "Part", "Qualité"),
        ("Orléans", "Besançon", "Nîmes", "Lyon"),
        ("élevée", "moyenne"),
        lambda d: f"{d:%d/%m/%Y}",
        lambda x: signs(x, "\u202f", ","),
        lambda x: comma(x) + "\u00a0%",
        line_end="\r\n",
    ),
    "brazilian": WrittenAs(
        "brazilian.csv",
        "cp1252",
        ";",
        ("Município", "Data", "Preço", "Fração", "Situação"),
        ("São Paulo", "Maceió", "Brasília", "Recife"),
        ("sim", "não"),
        lambda d: f"{d:%d/%m/%Y}",
        lambda x: ("-" if x < 0 else "") + "R$ " + signs(abs(x), ".", ","),
        lambda x: comma(x) + "%",
        line_end="\r\n",
    ),
    "swiss": WrittenAs(
        "swiss.csv",
        "utf-8",
        ";",
        ("Gemeinde", "Datum", "Betrag", "Anteil", "Stufe"),
        ("Zürich", "Genève", "Lugano", "Chur"),
        ("1a", "1b"),
        lambda d: f"{d.day}.{d.month}.{d:%y}",
        lambda x: signs(x, "’", "."),
        lambda x: f"{x}%",
    ),
    "indian": WrittenAs(
        "indian.csv",
        "utf-8",
        ",",
        ("City", "Date", "Amount", "Share", "Grade"),
        ("Mumbai", "Pune", "Delhi", "Chennai"),
        ("A+", "B"),
        lambda d: f"{d:%d-%m-%Y}",
        lambda x: ("-" if x < 0 else "") + "₹" + indian(abs(x)),
        lambda x: f"{x}%",
    ),
    "us accounting": WrittenAs(
        "us_accounting.csv",
        "utf-8",
        ",",
        ("State", "Posted", "Amount", "Share", "Code"),
        ("NC", "NA", "CA", "NY"),
        ("001", "01"),
        lambda d: f"{d.month}/{d.day}/{d.year}",
        accounting,
        lambda x: f"{x}%",
        line_end="\r\n",
    ),
    "chinese": WrittenAs(
        "chinese.csv",
        "gbk",
        ",",
        ("城市", "日期", "金额", "比例", "等级"),
        ("北京", "上海", "广州", "成都"),
        ("甲", "乙"),
        lambda d: f"{d.year}年{d.month}月{d.day}日",
        lambda x: f"{x:,.2f}元",
        lambda x: f"{x}%",
        line_end="\r\n",
    ),
    "r": WrittenAs(
        "r.csv",
        "utf-8",
        ",",
        ("place", "day", "amount", "share", "bought"),
        ("Aarau", "Bern", "Basel", "Chur"),
        ("TRUE", "FALSE"),
        str,
        repr,
        repr,
        has_row_names=True,
        missing="NA",
    ),
}
