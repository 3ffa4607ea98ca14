"""Dates beside numbers, times or NaT, and times in a zone beside some in none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from rosenblatt import TableClassifier
from rosenblatt.errors import InputError
from rosenblatt.table import table_of
from rosenblatt.tabular.inputs import table_from

DAY = date(2020, 1, 1)
MIDNIGHT, NOON = datetime(2020, 1, 1), datetime(2020, 1, 1, 12)
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


def test_days_beside_times_are_midnights() -> None:
    """Where a day comes first, Arrow cuts the times to days; where a time does, it fails."""
    for cells in ([DAY, NOON], [NOON, DAY], [DAY, None, pd.Timestamp(NOON)]):
        expected = [NOON if isinstance(cell, datetime) else cell and MIDNIGHT for cell in cells]
        objects = np.array(cells, dtype=object)
        for data in ({"a": cells}, {"a": objects}, pd.DataFrame({"a": objects})):
            assert table_of(data).columns[0].values.to_pylist() == expected


def test_not_a_time_beside_days_is_missing() -> None:
    """Of pandas' NaT in a list, Arrow makes the first day of the year 1."""
    cells = [DAY, pd.NaT, None]
    objects = pd.Series(cells, dtype=object)
    for data in ({"a": cells}, {"a": objects.to_numpy()}, pd.DataFrame({"a": objects})):
        assert table_of(data).columns[0].values.to_pylist() == [MIDNIGHT, None, None]


ZONES: list[list[Any]] = [
    [NOON, NOON.replace(tzinfo=UTC)] * 20,
    [pd.Timestamp(NOON, tz="Asia/Shanghai"), None, NOON, pd.NaT] * 10,
]


@pytest.mark.parametrize("cells", ZONES)
def test_times_in_a_zone_beside_some_in_none_are_no_times(cells: list[Any]) -> None:
    """Arrow takes the latter for UTC, which nobody said."""
    for values in (cells, tuple(cells), np.array(cells, dtype=object)):
        with pytest.raises(InputError, match="column 'a' cannot be read: it has times in a zone"):
            table_of({"a": values})
    column = table_of(pd.DataFrame({"a": pd.Series(cells, dtype=object)})).columns[0]
    assert pa.types.is_string(column.type)
    assert column.values.null_count == sum(cell is None or cell is pd.NaT for cell in cells)


def test_times_in_several_zones_are_moments() -> None:
    cells = [pd.Timestamp(NOON, tz=zone) for zone in ("Asia/Shanghai", "UTC")]
    column = table_of(pd.DataFrame({"a": pd.Series(cells, dtype=object)})).columns[0]
    hours = column.values.cast(pa.timestamp("s", "UTC")).cast(pa.int64()).to_pylist()
    assert hours[1] - hours[0] == 8 * 3600


@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT, pd.NA])
def test_what_is_missing_is_no_number(missing: Any) -> None:
    cells = [DAY, missing] * 20
    column = table_of(pd.DataFrame({"a": pd.Series(cells, dtype=object)})).columns[0]
    assert column.values.null_count == 20
    assert {str(cell)[:10] for cell in column.values.to_pylist()} == {"2020-01-01", "None"}
