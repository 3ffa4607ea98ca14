"""Cells that are no sample weights are shown as they are written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from rosenblatt.errors import InputError
from rosenblatt.table import table_of
from rosenblatt.table.files import read_table
from rosenblatt.table.weights import weights_of_cells

WRITTEN = {
    "nan": "missing, as 'nan' and empty cells are",
    "NA": "missing, as 'NA' and empty cells are",
    "": "missing",
    "-1": "-1",
    "heavy": "heavy",
    "inf": "inf",
    "h" * 99: "h" * 57 + "...",
}


@pytest.mark.parametrize("cell", WRITTEN)
def test_of_a_text_file(tmp_path: Path, cell: str) -> None:
    cells = [cell if i == 7 else str(i % 5) for i in range(60)]
    (tmp_path / "t.csv").write_text("a,w\n" + "".join(f"{i},{w}\n" for i, w in enumerate(cells)))
    weights = read_table(tmp_path / "t.csv").table.by_name["w"]
    with pytest.raises(InputError, match="every weight must be a number of 0 or more") as refused:
        weights_of_cells(weights)
    assert f"column 'w', row 8, is {WRITTEN[cell]}: every" in str(refused.value)


@pytest.mark.parametrize(("cell", "said"), [(None, "missing"), (float("nan"), "nan")])
def test_of_numbers(cell: float | None, said: str) -> None:
    weights = table_of(pa.table({"w": pa.array([1.0, cell, 2.0])})).by_name["w"]
    with pytest.raises(InputError, match=f"row 2, is {said}: "):
        weights_of_cells(weights)


@pytest.mark.parametrize("kind", [pa.timestamp("ms"), pa.timestamp("s"), pa.date64()], ids=str)
def test_of_dates_beyond_pythons(kind: pa.DataType) -> None:
    days = pa.array([2**62 // 86_400_000 * 86_400_000], pa.int64())
    weights = table_of(pa.table({"w": days.cast(kind)})).by_name["w"]
    with pytest.raises(InputError, match=r"row 1, is .+: every weight must be a number"):
        weights_of_cells(weights)
