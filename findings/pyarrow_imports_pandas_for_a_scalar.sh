#!/usr/bin/env bash
# pyarrow 26.0.1: where pandas is installed, the first pa.scalar(1) imports all of it, although no frame is near: a third
# of a second in a process that only wanted an Arrow value. Reading a CSV file and computing on its columns do not.
# A program that never meets a frame pays for pandas because of what else stands in its environment.
#
# Seen: after csv.read_csv and a computation: False; after pa.scalar(1): True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

table = csv.read_csv(pa.BufferReader(b"a\nx\ny\n"))
pc.utf8_upper(table.column(0))
print("after csv.read_csv and a computation:", "pandas" in sys.modules)
assert "pandas" not in sys.modules
pa.scalar(1)
print("after pa.scalar(1):", "pandas" in sys.modules)
assert "pandas" in sys.modules
PYTHON
