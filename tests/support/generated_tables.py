"""Tables by seeds, written to every format."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, final

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

from rosenblatt.table import read_table, table_of
from tests.support.table_kinds import MadeColumn, typed_column, written_column

NAMES = [
    "x",
    "Größe",
    "a b",
    "price_eur",
    "Zip",
    "count",
    "v1",
    "name, first",
    "名前",
    "year 2020",
    "id",
]
ROWS = [2, 3, 5, 9, 12, 20, 40, 80, 150]


@final
@dataclass(frozen=True, eq=False)
class MadeTable:
    """Columns by their names; the last one is the target."""

    columns: Mapping[str, MadeColumn]
    delimiter: str
    quoting: Any
    line_end: str
    encoding: str

    @property
    def target(self) -> str:
        return list(self.columns)[-1]

    @property
    def arrow(self) -> pa.Table:
        return pa.table({name: column.array for name, column in self.columns.items()})

    def as_csv(self, delimiter: str) -> bytes:
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter=delimiter, quoting=self.quoting, lineterminator=self.line_end
        )
        writer.writerow(self.columns)
        writer.writerows(zip(*(column.texts for column in self.columns.values()), strict=True))
        return text.getvalue().encode(self.encoding)


def made_table(seed: int) -> MadeTable:
    draw = Random(seed)
    n = draw.choice(ROWS)
    names = [
        name + draw.choice(["", "", " (m²)", f".{i}"])
        for i, name in enumerate(draw.sample(NAMES, draw.randint(2, 5)))
    ]
    columns = {
        name: (written_column if draw.random() < 0.65 else typed_column)(draw, n) for name in names
    }
    return MadeTable(
        columns,
        draw.choice(",,;|"),
        draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        draw.choice(["\n", "\r\n"]),
        draw.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"]),
    )


def pandas_of(table: pa.Table) -> pd.DataFrame:
    """Integers with gaps stay integers, as in the other formats."""
    return table.to_pandas(
        types_mapper={
            pa.int64(): pd.Int64Dtype(),
            pa.uint8(): pd.UInt8Dtype(),
            pa.uint64(): pd.UInt64Dtype(),
            pa.bool_(): pd.BooleanDtype(),
        }.get
    )


def in_every_format(table: MadeTable, folder: Path) -> dict[str, Any]:
    """What each format gives when it is read: a table, or the error."""
    arrow = table.arrow
    for name, delimiter in (("t.csv", table.delimiter), ("t.tsv", "\t")):
        (folder / name).write_bytes(table.as_csv(delimiter))
    pa.parquet.write_table(arrow, folder / "t.parquet")
    pa.feather.write_feather(arrow, str(folder / "t.feather"))
    readers: dict[str, Any] = {
        name: lambda name=name: read_table(folder / name, as_text=(table.target,)).table
        for name in ("t.csv", "t.tsv", "t.parquet", "t.feather")
    }
    readers["pandas"] = lambda: table_of(pandas_of(arrow))
    readers["polars"] = lambda: table_of(pl.from_arrow(arrow))
    return readers
