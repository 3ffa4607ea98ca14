#!/usr/bin/env bash
# jpmml-evaluator 0.16.0 (JPMML-Evaluator): a row with a missing x ends in an error where a derived field is
# if(and(isNotMissing(x), equal(x, 1)), 10, 20): both operands of "and" are computed, and "equal" takes no missing value.
# pypmml 1.5.8 gives 20. if(isMissing(x), 20, if(equal(x, 1), 10, 20)) is 20 in both.
#
# Seen: and: JPMML MissingArgumentException, pypmml 20.0; if: JPMML 20.0, pypmml 20.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet jpmml-evaluator==0.16.0 jpype1==1.7.1 pypmml==1.5.8 pandas==2.3.3 setuptools==80.9.0
cat > "$folder/one.py" <<'PYTHON'
import sys

X, EQUAL = '<FieldRef field="x"/>', '<Apply function="equal"><FieldRef field="x"/><Constant dataType="double">1</Constant></Apply>'
TEN, TWENTY = ('<Constant dataType="double">%d</Constant>' % n for n in (10, 20))
FORMS = {
    "and": f'<Apply function="if"><Apply function="and"><Apply function="isNotMissing">{X}</Apply>{EQUAL}</Apply>{TEN}{TWENTY}</Apply>',
    "if": f'<Apply function="if"><Apply function="isMissing">{X}</Apply>{TWENTY}<Apply function="if">{EQUAL}{TEN}{TWENTY}</Apply></Apply>',
}
DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4">
  <Header/>
  <DataDictionary>
    <DataField name="x" optype="continuous" dataType="double"/>
    <DataField name="y" optype="continuous" dataType="double"/>
  </DataDictionary>
  <TransformationDictionary>
    <DerivedField name="d" optype="continuous" dataType="double">%s</DerivedField>
  </TransformationDictionary>
  <RegressionModel functionName="regression">
    <MiningSchema>
      <MiningField name="x"/>
      <MiningField name="y" usageType="target"/>
    </MiningSchema>
    <Output><OutputField name="out" feature="predictedValue" optype="continuous" dataType="double"/></Output>
    <RegressionTable intercept="0"><NumericPredictor name="d" coefficient="1"/></RegressionTable>
  </RegressionModel>
</PMML>
"""
scorer, form = sys.argv[1:]
text = DOCUMENT % FORMS[form]
try:
    if scorer == "JPMML":
        from jpmml_evaluator import make_evaluator

        print(make_evaluator(text.encode()).evaluate({"x": None})["out"])
    else:
        from pypmml import Model

        print(Model.fromString(text).predict({"x": None})["out"])
except Exception as error:
    print("MissingArgumentException" if "MissingArgument" in str(error) else repr(error)[:200])
PYTHON
run() { "$folder/venv/bin/python" -W ignore "$folder/one.py" "$1" "$2" 2>/dev/null | tail -1; }
seen="and: JPMML $(run JPMML and), pypmml $(run pypmml and); if: JPMML $(run JPMML if), pypmml $(run pypmml if)"
echo "$seen"
test "$seen" = "and: JPMML MissingArgumentException, pypmml 20.0; if: JPMML 20.0, pypmml 20.0"
