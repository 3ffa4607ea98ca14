#!/usr/bin/env bash
# shap 0.51.0: `shap.Explainer(f, frame)` accepts a data frame with a column of texts, and fails when it is called: its
# masker compares the cells by NumPy's isclose, which subtracts them. A frame of numbers works with the same function.
#
# Seen: TypeError: unsupported operand type(s) for -: 'str' and 'str'; (2, 2)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet shap==0.51.0 numpy==2.4.6 pandas==3.1.1
"$folder/venv/bin/python" - <<'PYTHON'
import pandas as pd
import shap


def f(frame):
    return pd.DataFrame(frame).iloc[:, 1].astype(float).to_numpy()


frame = pd.DataFrame({"town": ["Ulm", "Bonn", "Ulm", "Kiel"], "area": [1.0, 2.0, 3.0, 4.0]})
try:
    shap.Explainer(f, frame)(frame.head(2))
except TypeError as error:
    print(f"TypeError: {error}")
    assert "'str' and 'str'" in str(error)
else:
    raise AssertionError("texts are explained now")
numbers = frame.assign(town=[0.0, 1.0, 0.0, 2.0])
values = shap.Explainer(f, numbers)(numbers.head(2)).values
print(values.shape)
assert values.shape == (2, 2)
PYTHON
