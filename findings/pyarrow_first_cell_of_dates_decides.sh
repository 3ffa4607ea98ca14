#!/usr/bin/env bash
# pyarrow 26.0.1: of a list of days and times, the first cell decides what becomes of the others, and nothing is said.
# - A day before a time makes a column of days: the time of day is gone. In the other order there is an error.
# - A time without a zone before one in a zone is kept, and the other becomes its UTC, without a zone; in the other order
#   the time without a zone is taken for UTC.
# - pandas' NaT beside days is 1 January of the year 1, unless from_pandas=True is given.
# A pandas column of objects with days before times loses the times by to_parquet in the same way.
#
# Seen: date32[day] for [2024-01-01, 2024-01-01 12:00], 2024-01-01 04:00 for 12:00+08:00 behind 12:00, and 0001-01-01 for NaT
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys
from datetime import date, datetime, timedelta, timezone

import pandas as pd
import pyarrow as pa

day, noon = date(2024, 1, 1), datetime(2024, 1, 1, 12)
east = noon.replace(tzinfo=timezone(timedelta(hours=8)))


def shown(name: str, cells: list) -> pa.Array:
    array = pa.array(cells)
    print(f"{name}: {array.type}, {[str(cell) for cell in array.to_pylist()]}")
    return array


assert shown("day, time", [day, noon]).to_pylist() == [day, day]
try:
    pa.array([noon, day])
except pa.ArrowTypeError as error:
    print("time, day:", error)
else:
    raise AssertionError("time, day: no error")
assert shown("no zone, zone", [noon, east]).to_pylist() == [noon, datetime(2024, 1, 1, 4)]
first = shown("zone, no zone", [east, noon]).to_pylist()
assert first[1] - first[0] == timedelta(hours=8)
assert shown("day, NaT", [day, pd.NaT]).to_pylist() == [day, date(1, 1, 1)]
assert pa.array([day, pd.NaT], from_pandas=True).to_pylist() == [day, None]

path = f"{sys.argv[1]}/days.parquet"
pd.DataFrame({"at": pd.Series([day, noon], dtype=object)}).to_parquet(path)
read = pd.read_parquet(path)["at"].tolist()
print("by to_parquet:", read)
assert read == [day, day]
PYTHON
