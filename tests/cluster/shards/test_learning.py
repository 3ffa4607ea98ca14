"""The columns of files are learnt as those of one table in memory are."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rosenblatt.cluster.shards import survey
from rosenblatt.cluster.shards.learning import learn_files
from rosenblatt.cluster.shards.manifest import manifest_of
from rosenblatt.cluster.shards.over import Here
from rosenblatt.cluster.shards.split import TRAIN, RowShares
from rosenblatt.errors import InputError
from rosenblatt.table import NumberTarget, TableEncoding, Task, learn_encoding, read_table
from rosenblatt.table.serialization import to_plain
from tests.support.parquet_files import numbers, spread, table_of_kinds

DATA = Path(__file__).parents[4] / "shared" / "data"


def alike(found: Any, expected: Any, at: str = "") -> None:
    """The same plain data, numbers within 1e-12 of each other."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), at
        for key in expected:
            alike(found[key], expected[key], f"{at}/{key}")
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected), at
        for k, (one, other) in enumerate(zip(found, expected, strict=True)):
            alike(one, other, f"{at}/{k}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-12), at
    else:
        assert found == expected, at


def both(table: pa.Table, folder: Path, shares: RowShares) -> tuple[TableEncoding, TableEncoding]:
    """Learnt of files, and of the table by the rows that the shares leave to train on."""
    whole = folder / "whole.parquet"
    manifest = manifest_of(spread(table, folder / "parts", group=len(table) // 9))
    found = learn_files(manifest, Here(), target=table.column_names[-1], shares=shares)
    pq.write_table(table, whole)
    rows = np.flatnonzero(shares.of(0, len(table)) == TRAIN)
    assert found.sizes[0] == sum(found.counts) == len(rows)
    read = read_table(whole).table
    return found.encoding, learn_encoding(read, target=table.column_names[-1], rows=rows)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_columns_of_all_kinds_are_those_of_one_table(
    tmp_path: Path, monkeypatch: Any, share: float
) -> None:
    monkeypatch.setattr(survey, "SAMPLE", 200)
    found, expected = both(table_of_kinds(3_000), tmp_path, RowShares(1, share))
    alike(to_plain(found.columns), to_plain(expected.columns))
    alike(to_plain(found.target), to_plain(expected.target))
    kinds = [type(column).__name__ for column in found.columns]
    assert {"Number", "Date", "Category", "Boolean", "Dropped"} == set(kinds)


def test_files_that_have_a_column_without_a_cell_or_of_a_narrower_type(tmp_path: Path) -> None:
    """As pandas writes them: whole numbers are floats where one is missing, no cell is null."""
    table = table_of_kinds(900)
    whole = np.arange(900) % 7
    table = table.append_column("count", pa.array(whole, pa.int64(), mask=np.arange(900) == 899))
    ends = [0, 200, 500, 900]
    sides = [table.slice(a, b - a) for a, b in itertools.pairwise(ends)]
    empty = ["lonely", "day", "sky", "code", "true"]
    for name in empty:
        place = table.column_names.index(name)
        sides[0] = sides[0].set_column(place, name, pa.nulls(200))
    place = table.column_names.index("count")
    sides[1] = sides[1].set_column(place, "count", sides[1]["count"].cast(pa.int8()))
    sides[2] = sides[2].set_column(place, "count", sides[2]["count"].cast(pa.float64()))
    for k, side in enumerate(sides):
        pq.write_table(side, tmp_path / f"part-{k}.parquet")
    found = learn_files(manifest_of(tmp_path), Here(), target="y", shares=RowShares(0, 0.0))
    one = pa.concat_tables(sides, promote_options="permissive")
    pq.write_table(one, tmp_path / "whole.parquet")
    expected = learn_encoding(
        read_table(tmp_path / "whole.parquet").table, target="y", rows=np.arange(900)
    )
    alike(to_plain(found.encoding.columns), to_plain(expected.columns))
    alike(to_plain(found.encoding.target), to_plain(expected.target))
    kinds = {column.name: type(column).__name__ for column in found.encoding.columns}
    assert [kinds[name] for name in empty] == ["Number", "Date", "Category", "Category", "Boolean"]


def test_whole_numbers_that_floats_of_other_files_do_not_hold(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [2**53 + 1, 2], "y": [0, 1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"x": [0.5, 2.0], "y": [0, 1]}), tmp_path / "b.parquet")
    with pytest.raises(InputError, match=r"a\.parquet has values of 'x' that double, .*one type"):
        learn_files(manifest_of(tmp_path), Here(), target="y", shares=RowShares(0, 0.0))


@pytest.mark.parametrize("name", ["adult", "ames", "bike_sharing"])
def test_real_tables_too(tmp_path: Path, monkeypatch: Any, name: str) -> None:
    path = DATA / f"{name}.parquet"
    if not path.exists():
        pytest.skip("no shared tables beside the repository")
    monkeypatch.setattr(survey, "SAMPLE", 500)
    found, expected = both(pq.read_table(path), tmp_path, RowShares(2, 0.2))
    alike(to_plain(found.columns), to_plain(expected.columns))
    if isinstance(expected.target, NumberTarget):  # whose scale is that of all rows there
        return
    alike(to_plain(found.target), to_plain(expected.target))


def test_a_number_to_predict_is_scaled_by_the_rows_to_train_on(tmp_path: Path) -> None:
    table = numbers(900, 1, classes=False)
    shares = RowShares(0, 0.4)
    target = both(table, tmp_path, shares)[0].target
    y = table.column("y").to_numpy()[shares.of(0, 900) == TRAIN]
    assert isinstance(target, NumberTarget)
    assert (target.mean, target.scale) == pytest.approx((y.mean(), y.std()), rel=1e-12)


def learnt(table: pa.Table, folder: Path, **given: Any) -> Any:
    manifest = manifest_of(spread(table, folder / "parts"))
    options = {"target": "y", "shares": RowShares(), "task": Task.AUTO} | given
    return learn_files(manifest, Here(), **options)


@pytest.mark.parametrize(
    ("column", "cells", "message"),
    [
        ("y", [1.5, float("nan")] * 200, "part-.*: the target 'y' is missing in some rows"),
        ("y", ["a", None] * 200, "the target 'y' is missing in some rows"),
        ("y", ["a", "b", "?", "N/A"] * 100, "the target 'y' is missing in some rows"),
        ("x0", [1.0, float("inf")] * 200, "part-.*: column 'x0' holds infinite values"),
        ("y", ["same"] * 400, "is 'same' in every row"),
    ],
)
def test_what_cannot_be_learnt(tmp_path: Path, column: str, cells: Any, message: str) -> None:
    table = numbers(400, 2)
    at = table.column_names.index(column)
    with pytest.raises(InputError, match=message):
        learnt(table.set_column(at, column, pa.array(cells)), tmp_path)


def test_cells_that_are_read_in_two_ways_are_refused(tmp_path: Path) -> None:
    """Whole numbers of 20 digits are texts, and those before them are numbers."""
    cells = pa.array([5] * 399 + [2**64 - 1], pa.uint64())
    with pytest.raises(InputError, match="column 'x0' is read as int64 in some rows"):
        learnt(numbers(400, 2).set_column(0, "x0", cells), tmp_path)


def test_a_target_that_is_no_column_is_named_beside_one_that_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no target column 'Y': .*'y'"):
        learnt(numbers(400, 2), tmp_path, target="Y")


def test_texts_without_end_are_left_out(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(survey, "MOST_TEXTS", 50)
    table = numbers(400, 1).append_column("t", pa.array([f"t{k % 60}" for k in range(400)]))
    (_, column) = learnt(table, tmp_path).encoding.columns
    assert "free text or an identifier" in column.detail


def test_a_long_text_in_the_first_row_is_not_held_for_every_row(tmp_path: Path) -> None:
    texts = pa.array([" " * 70 + "x" * 40_000, "y"] * 200)  # 65,536 of them are beyond Arrow's 2 GB
    table = numbers(400, 1).append_column("t", texts)
    (_, column) = learnt(table, tmp_path).encoding.columns
    assert sorted(column.categories) == ["x" * 40_000, "y"]
