#!/usr/bin/env bash
# pandas 3.1.1: read_csv(thousands=...) removes the sign wherever it stands, not only between groups of three digits. With
# thousands="." and decimal=",", as German tables need for 1.234,5, a column of plain 1.5 and 2.25 in the same file becomes 15
# and 225, as integers and without a warning. 2024,01 with thousands="," becomes 202401. The same in both engines.
#
# Seen: b [15 225], month [202401 202402]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PYTHON'
from io import StringIO

import pandas as pd

for engine in ("c", "python"):
    german = StringIO("a;b\n1.234,5;1.5\n2.000,5;2.25\n")
    frame = pd.read_csv(german, sep=";", decimal=",", thousands=".", engine=engine)
    print(engine, "a", frame["a"].to_numpy(), "b", frame["b"].to_numpy())
    assert frame["a"].tolist() == [1234.5, 2000.5]
    assert frame["b"].tolist() == [15, 225]
    months = pd.read_csv(StringIO("month\n2024,01\n2024,02\n"), sep=";", thousands=",", engine=engine)
    print(engine, "month", months["month"].to_numpy())
    assert months["month"].tolist() == [202401, 202402]
PYTHON
