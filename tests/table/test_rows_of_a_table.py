"""Some rows of a table, by their numbers or by marks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rosenblatt.table import Table


def test_marked_rows_are_those_of_their_numbers() -> None:
    texts = pa.chunked_array([["a", None], ["b", "a", "c"]])
    table = Table.from_arrow(
        pa.table({"x": [1.5, None, 2.5, 3.5, 4.5], "t": texts, "c": texts.dictionary_encode()})
    )
    first = table.take(np.array([0, 1, 3, 4]))
    for whole in (table, first):
        kept = np.arange(len(whole)) % 3 > 0
        found, expected = whole.where(kept), whole.take(np.flatnonzero(kept))
        assert len(found) == len(expected) == int(kept.sum())
        for one, other in zip(found.columns, expected.columns, strict=True):
            assert one.values.to_pylist() == other.values.to_pylist()
            names = [[cells.row_name(k) for k in range(len(cells))] for cells in (one, other)]
            assert names[0] == names[1]
    assert table.where(np.ones(5, bool)) is table
