#!/usr/bin/env bash
# pandas 3.1.1: Series.dt.total_seconds() of durations just below zero is off from the twelfth digit on. -1 µs gives
# -1.0000000000287557e-06, where Python's timedelta.total_seconds() gives -1e-06; +1 µs is right in both. The difference is
# that of a sum: whole days below (-1), and the rest of a day above (86399.999999 s), which has no room for such digits.
# A duration and its negative then differ in size, and equal durations read from text and from a column differ, too.
#
# Seen: -1 µs -1.0000000000287557e-06, -3 µs -2.9999999999752447e-06, +1 µs 1e-06
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import timedelta

import pandas as pd

for microseconds in (-1, -3, 1, 3):
    exact = timedelta(microseconds=microseconds)
    assert exact.total_seconds() == microseconds / 1e6
    (seconds,) = pd.Series([exact]).dt.total_seconds()
    print(f"{microseconds:+} µs", repr(float(seconds)), "Python:", exact.total_seconds())
    assert (seconds == exact.total_seconds()) == (microseconds > 0)
PYTHON
