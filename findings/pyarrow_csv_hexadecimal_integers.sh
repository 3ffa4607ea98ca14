#!/usr/bin/env bash
# pyarrow 26.0.1: the CSV reader takes 0x1F in a column of integers for 31, also where it infers the type by itself; one
# decimal cell in the same column, and the same text is no number: the column becomes text. pandas 3.1.1 reads text both
# times. Codes such as 0x10 beside 10 thus become 16 and 10.
#
# Seen: [31, 16] int64; with 1.5 beside them ['0x1F', '0x10', '1.5'] string
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import io

import pandas as pd
import pyarrow as pa
from pyarrow import csv


def column(text):
    values = csv.read_csv(pa.BufferReader(text)).column(0)
    return values.to_pylist(), str(values.type)


alone, mixed = column(b"a\n0x1F\n0x10\n"), column(b"a\n0x1F\n0x10\n1.5\n")
print(alone, mixed)
assert alone == ([31, 16], "int64")
assert mixed == (["0x1F", "0x10", "1.5"], "string")
assert pd.read_csv(io.BytesIO(b"a\n0x1F\n0x10\n"))["a"].tolist() == ["0x1F", "0x10"]
PYTHON
