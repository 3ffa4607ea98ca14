"""Files are found, compared, and missed where they are gone or have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rosenblatt.cluster.shards.manifest import manifest_of
from rosenblatt.errors import InputError
from tests.support.parquet_files import numbers, spread


def test_a_folder_a_pattern_and_a_list_name_the_same_files(tmp_path: Path) -> None:
    folder = spread(numbers(500, 2), tmp_path / "data")
    found = manifest_of(folder)
    assert found == manifest_of(f"{folder}/*.parquet") == manifest_of(sorted(folder.iterdir()))
    assert found.n_rows == 500
    assert [g.first for g in found.groups] == [0, 55, 155, 222, 322, 422]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"x0": [1.0]}, "no column 'y', which .*part-0"),
        ({"x0": [1.0], "y": ["no"], "z": [1]}, "has a column 'z', which .* has not"),
        ({"x0": ["1"], "y": ["no"]}, "column 'x0' is string in .*part-1.* and double in .*part-0"),
        ({"x0": [1.0], "y": [True]}, "column 'y' is bool in .*part-1.* and string in .*part-0"),
    ],
)
def test_files_whose_columns_differ(tmp_path: Path, other: dict[str, Any], message: str) -> None:
    pq.write_table(numbers(5, 1), tmp_path / "part-0.parquet")
    pq.write_table(pa.table(other), tmp_path / "part-1.parquet")
    with pytest.raises(InputError, match=message):
        manifest_of(tmp_path)


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no Parquet file in"):
        manifest_of(tmp_path)
    with pytest.raises(InputError, match="there is no Parquet file in"):
        manifest_of(f"{tmp_path}/*.parquet")
    with pytest.raises(InputError, match="there is no file"):
        manifest_of(tmp_path / "a.parquet")
    pq.write_table(numbers(0, 1), tmp_path / "a.parquet")
    with pytest.raises(InputError, match="has no rows"):
        manifest_of(tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"id,x\n1,2\n3,4\n")
    with pytest.raises(InputError, match=r"a\.parquet cannot be read as Parquet"):
        manifest_of(tmp_path)


@pytest.mark.parametrize(
    "given",
    [np.zeros((8, 3)), pd.DataFrame({"a": [1]}), [[1, 2]], [b"a"], b"a", 5, None, {"a": 1}.items()],
    ids=lambda given: type(given).__name__,
)
def test_what_names_no_files(given: Any) -> None:
    """Such as a frame, which a table learner takes with the name of its target."""
    with pytest.raises(InputError, match=r"^with target= Parquet files are named, .{,160}$"):
        manifest_of(given)


@pytest.mark.parametrize("given", ["a" * 5000, "a\0b", "a/" * 5000, ["a" * 5000]], ids=len)
def test_paths_that_no_file_can_have(given: Any) -> None:
    with pytest.raises(InputError, match=r"^there is no .{,120}: check the path$"):
        manifest_of(given)


def test_a_file_that_is_gone_or_has_changed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"x": np.arange(100.0)})
    pq.write_table(table, path)
    (file,) = manifest_of(tmp_path).files
    with file.opened() as read:
        assert read.metadata.num_rows == 100
    pq.write_table(pa.table({"x": np.arange(100.0)[::-1] + 1}), path)
    with pytest.raises(InputError, match=r"a\.parquet has changed since"), file.opened():
        pass
    path.unlink()
    with (
        pytest.raises(InputError, match=r"a\.parquet was there when .*No such file"),
        file.opened(),
    ):
        pass
