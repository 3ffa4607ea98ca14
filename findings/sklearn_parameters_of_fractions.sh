#!/usr/bin/env bash
# scikit-learn 1.9.1: a `Fraction` given for a parameter, which is a `numbers.Real` as the check of parameters asks for, ends
# in NumPy's TypeError about the ufunc 'isnan': neither is it taken, nor refused with the name of the parameter, as a Decimal
# or a text is.
#
# Seen: Fraction TypeError ufunc 'isnan' not supported for the input types
#       Decimal InvalidParameterError The 'alpha' parameter of Ridge must be a float in the range [0.0, inf)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from decimal import Decimal
from fractions import Fraction
from numbers import Real

from sklearn.linear_model import Ridge

seen = {}
for number in (Fraction(1, 2), Decimal("0.5")):
    try:
        Ridge(alpha=number).fit([[0.0], [1.0]], [0.0, 1.0])
    except (TypeError, ValueError) as error:
        kind = type(number).__name__
        seen[kind] = type(error).__name__, str(error)
        print(kind, *seen[kind])
assert isinstance(Fraction(1, 2), Real)
assert seen["Fraction"][0] == "TypeError" and "isnan" in seen["Fraction"][1] and "alpha" not in seen["Fraction"][1]
assert seen["Decimal"][0] == "InvalidParameterError" and "'alpha'" in seen["Decimal"][1]
PYTHON
