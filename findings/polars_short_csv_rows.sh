#!/usr/bin/env bash
# polars 2.1.0: read_csv fills a row that is cut short with nulls and says nothing, by the same defaults by which a row with
# one field too many is an error. A file that was cut in the middle of a row, or a row with a line break in an unquoted
# cell, is read as a whole one.
#
# Seen: [1, 4, 7] ['x', None, 'y'] [3, None, 9]; the longer row: ComputeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet polars==2.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import io

import polars as pl

frame = pl.read_csv(io.BytesIO(b"a,b,c\n1,x,3\n4\n7,y,9\n"))
print(frame["a"].to_list(), frame["b"].to_list(), frame["c"].to_list())
assert frame["b"].to_list() == ["x", None, "y"]
assert frame["c"].to_list() == [3, None, 9]
try:
    pl.read_csv(io.BytesIO(b"a,b,c\n1,x,3\n4,z,6,7\n"))
except Exception as error:
    print("the longer row:", type(error).__name__)
else:
    raise SystemExit("a row with a field too many is read as well")
PYTHON
