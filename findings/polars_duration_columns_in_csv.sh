#!/usr/bin/env bash
# polars 2.1.0: DataFrame.write_csv refuses a table that has a Duration column, with a ComputeError, though it writes every
# other type of time (dates, datetimes, times of the day), and JSON holds the duration as "PT3602S". A table that
# read_csv and a subtraction of two columns have made cannot be saved as CSV until that column is cast.
#
# Seen: "datatype duration[μs] cannot be written to CSV"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet polars==2.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import datetime as dt

import polars as pl

moment = dt.datetime(2023, 3, 18, 12, 30)
others = {"date": [moment.date()], "moment": [moment], "time": [moment.time()]}
print(pl.DataFrame(others).write_csv())
lasted = pl.DataFrame({"lasted": [dt.timedelta(hours=1, seconds=2)]})
print(lasted.write_json())
try:
    lasted.write_csv()
except pl.exceptions.ComputeError as error:
    print(error)
    assert "duration" in str(error)
else:
    raise AssertionError("a Duration column was written")
PYTHON
