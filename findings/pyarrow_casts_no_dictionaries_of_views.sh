#!/usr/bin/env bash
# pyarrow 26.0.1 with polars 2.1.0: a categorical column of polars that passes by Arrow's C stream arrives as a
# dictionary of string views, and `cast` of pyarrow makes no texts of it, plain or as views, while `to_arrow`
# of polars gives large strings, which do cast. Casting the dictionary by itself and taking its values by the indices
# works for both.
#
# Seen: dictionary<values=string_view, indices=uint32, ordered=0>: ArrowNotImplementedError; ['red', None, 'blue']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 polars==2.1.0
"$folder/venv/bin/python" - <<'PYTHON'
import polars as pl
import pyarrow as pa

texts = ["red", None, "blue"]
frame = pl.DataFrame({"colour": pl.Series(texts, dtype=pl.Categorical)})
column = pa.table(frame).column("colour")
print(column.type)
assert column.type.value_type == pa.string_view()
for decode in (lambda: column.cast(pa.string()), lambda: column.cast(pa.string_view())):
    try:
        decode()
    except pa.ArrowNotImplementedError as error:
        print(type(error).__name__)
    else:
        raise AssertionError("it casts now")
assert frame.to_arrow().column("colour").cast(pa.string()).to_pylist() == texts
(chunk,) = column.chunks
taken = chunk.dictionary.cast(pa.string()).take(chunk.indices)
print(taken.to_pylist())
assert taken.to_pylist() == texts
PYTHON
