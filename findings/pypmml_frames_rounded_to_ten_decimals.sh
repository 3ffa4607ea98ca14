#!/usr/bin/env bash
# pypmml 1.5.8: predictions for a DataFrame are rounded to ten decimals, whatever their size: 3.3e-13 becomes 0.0. For a row
# given as a dictionary they have all their digits.
#
# Seen, a model y = x (a row, the same in a frame): 0.3333333333333333 0.33333333330000003, 3.3333333333333334e-13 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pypmml==1.5.8 pandas==2.3.3 setuptools==80.9.0
cat > "$folder/line.pmml" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4">
  <Header/>
  <DataDictionary>
    <DataField name="x" optype="continuous" dataType="double"/>
    <DataField name="y" optype="continuous" dataType="double"/>
  </DataDictionary>
  <RegressionModel functionName="regression">
    <MiningSchema>
      <MiningField name="x"/>
      <MiningField name="y" usageType="target"/>
    </MiningSchema>
    <RegressionTable intercept="0">
      <NumericPredictor name="x" coefficient="1"/>
    </RegressionTable>
  </RegressionModel>
</PMML>
XML
"$folder/venv/bin/python" -W ignore - "$folder/line.pmml" <<'PYTHON'
import sys

import pandas as pd
from pypmml import Model

model = Model.fromFile(sys.argv[1])
third, tiny = 1 / 3, 1e-12 / 3
rows = [model.predict({"x": x})["predicted_y"] for x in (third, tiny)]
frame = list(model.predict(pd.DataFrame({"x": [third, tiny]}))["predicted_y"])
for row, cell in zip(rows, frame):
    print("row", row, "frame", float(cell))
assert rows == [third, tiny]
assert abs(frame[0] - third) > 1e-12 and frame[1] == 0.0
PYTHON
