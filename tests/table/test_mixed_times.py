"""Dates beside numbers, which Arrow counts as days since 1970."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableClassifier
from rosenblatt.errors import InputError
from rosenblatt.table import table_of
from rosenblatt.tabular.inputs import table_from

DAY = date(2020, 1, 1)
MIXED: list[list[Any]] = [
    [DAY, 1] * 20,
    [1.5, datetime(2020, 1, 1)] * 20,
    [timedelta(1), 3] * 20,
    [DAY, True] * 20,
    [np.datetime64("2020-01-01"), np.int64(5)] * 20,
]


@pytest.mark.parametrize("cells", MIXED)
def test_a_column_of_both_is_refused(cells: list[Any]) -> None:
    for values in (cells, tuple(cells), np.array(cells, dtype=object)):
        with pytest.raises(
            InputError, match="column 'a' cannot be read: it has dates or durations"
        ):
            table_of({"a": values})
    with pytest.raises(InputError, match="column 'time' cannot be read: it has dates"):
        TableClassifier("fast").fit(np.ones((40, 1)), [0, 1] * 20, time=cells)


@pytest.mark.parametrize("cells", MIXED)
def test_in_a_frame_or_an_array_they_are_texts(cells: list[Any]) -> None:
    objects = np.empty((40, 1), dtype=object)
    objects[:, 0] = cells
    for table in (table_of(pd.DataFrame(objects)), table_from(objects)):
        texts = table.columns[0].values.to_pylist()
        assert not any("1970" in str(text) for text in texts)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT, pd.NA])
def test_what_is_missing_is_no_number(missing: Any) -> None:
    cells = [DAY, missing] * 20
    column = table_of(pd.DataFrame({"a": pd.Series(cells, dtype=object)})).columns[0]
    assert column.values.null_count == 20
    assert {str(cell)[:10] for cell in column.values.to_pylist()} == {"2020-01-01", "None"}
