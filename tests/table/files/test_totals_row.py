"""A last row that sums up the others."""

import pytest

from rosenblatt.table import read_table

ROWS = ["a,1,2.5", "b,2,0.5", "a,4,1.25", "c,8,3"]


def read(tmp_path, last):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["g,n,v", *ROWS, last]) + "\n", encoding="utf-8")
    return read_table(path)


@pytest.mark.parametrize(
    "last", ["Total,15,7.25", "Summe,15,7.25", "合计,15,0", "Grand total:,15,7.25"]
)
def test_a_row_of_totals_is_left_out(tmp_path, last):
    file = read(tmp_path, last)
    assert len(file.table) == len(ROWS)
    assert any("sums up the others" in note for note in file.notes)
    assert file.table.by_name["n"].values.to_pylist() == [1, 2, 4, 8]


@pytest.mark.parametrize("last", ["Total,16,7.5", "Average,3.75,1.8125"])
def test_a_row_that_sums_up_nothing_stays_and_is_noted(tmp_path, last):
    file = read(tmp_path, last)
    assert len(file.table) == len(ROWS) + 1
    assert any("taken for a row like the others" in note for note in file.notes)


@pytest.mark.parametrize("last", ["d,15,7.25", "Totally,15,7.25"])
def test_other_last_rows_are_rows(tmp_path, last):
    file = read(tmp_path, last)
    assert len(file.table) == len(ROWS) + 1
    assert not file.notes
