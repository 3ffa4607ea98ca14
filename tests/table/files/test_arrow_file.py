"""Parquet and Arrow files: every type, names that are no text, and pandas' metadata."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from rosenblatt.errors import InputError
from rosenblatt.table import TableFormat, learn_encoding, overview_of, table_of
from rosenblatt.table.files import read_table

DAY = dt.date(2020, 1, 1)
MOMENT = dt.datetime(2001, 9, 9, 1, 46, 40)
BILLION = 10**9  # seconds: MOMENT
TYPES = {
    "nothing": (pa.nulls(2), "string", [None, None]),
    "unsigned": (pa.array([2**64 - 1, None], pa.uint64()), "string", [str(2**64 - 1), None]),
    "unsigned, short": (pa.array([2**63 - 1, None], pa.uint64()), "int64", [2**63 - 1, None]),
    "single": (pa.array(np.array([0.1, 2], np.float32)), "double", [0.1, 2.0]),
    "decimal of cents": (pa.array([Decimal("1.65"), None]), "double", [1.65, None]),
    "half": (pa.array(np.array([1.5, 2], np.float16)), "double", [1.5, 2.0]),
    "decimal": (pa.array([Decimal("1.50"), None]), "double", [1.5, None]),
    "whole decimal": (pa.array([Decimal(5), None], pa.decimal128(9, 0)), "int64", [5, None]),
    "long decimal": (pa.array([Decimal(10**30), None]), "string", [str(10**30), None]),
    "large text": (pa.array(["a", None], pa.large_string()), "string", ["a", None]),
    "text view": (pa.array(["a", None], pa.string_view()), "string", ["a", None]),
    "text in bytes": (pa.array([b"a", None]), "string", ["a", None]),
    "bytes": (pa.array([b"\xff", None]), "binary", [b"", None]),
    "view of bytes": (pa.array([b"\xff", None], pa.binary_view()), "binary", [b"", None]),
    "date": (pa.array([DAY, None]), "timestamp[s]", [dt.datetime(2020, 1, 1), None]),
    "known zone": (
        pa.array([BILLION, None], pa.timestamp("s", "UTC")),
        "timestamp[s, tz=UTC]",
        [MOMENT.replace(tzinfo=dt.UTC), None],
    ),
    "unknown zone": (
        pa.array([BILLION, None], pa.timestamp("s", "Mars/Phobos")),
        "timestamp[s, tz=UTC]",
        [MOMENT.replace(tzinfo=dt.UTC), None],
    ),
    "time": (
        pa.array([60_000_000_000, None], pa.time64("ns")),
        "time64[us]",
        [dt.time(0, 1), None],
    ),
    "list": (pa.array([[1], None]), "list<item: null>", [[], None]),
    "list of views": (
        pa.array([["a"], None], pa.list_(pa.string_view())),
        "list<item: null>",
        [[], None],
    ),
    "categories of lists": (
        pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int8()), pa.array([[1], [2]])),
        "list<item: null>",
        [[], None],
    ),
    "runs": (
        pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array(["a"])),
        "string",
        ["a", "a"],
    ),
    "categories": (
        pa.array(["a", None]).dictionary_encode(),
        "dictionary<values=string, indices=int32, ordered=0>",
        ["a", None],
    ),
    "categories of numbers": (
        pa.array([3, 1]).dictionary_encode(),
        "dictionary<values=string, indices=int32, ordered=0>",
        ["3", "1"],
    ),
    "eight-bit truth": (
        pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0], pa.int8())),
        "bool",
        [True, False],
    ),
}
if hasattr(pa, "decimal32"):
    for short in (pa.decimal32, pa.decimal64):
        TYPES[f"whole {short(5, 0)}"] = (
            pa.array([Decimal(5), None], short(5, 0)),
            "int64",
            [5, None],
        )
        TYPES[f"{short(5, 2)}"] = (
            pa.array([Decimal("1.65"), None], short(5, 2)),
            "double",
            [1.65, None],
        )


NOTED = (
    "decimal",
    "decimal32(5, 2)",
    "decimal64(5, 2)",
    "decimal of cents",
    "long decimal",
    "unsigned",
    "text in bytes",
    "unknown zone",
)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_is_read_converted_or_left(tmp_path, name):
    values, kind, expected = TYPES[name]
    table = pa.table({"column": values})
    with pa.ipc.new_file(str(tmp_path / "t.arrow"), table.schema) as writer:
        writer.write_table(table)
    file = read_table(tmp_path / "t.arrow")
    (cells,) = file.table.columns
    assert str(cells.type) == kind
    assert cells.values.to_pylist() == expected
    assert bool(file.notes) == (name in NOTED)
    assert cells.take(np.array([1, 0])).values.to_pylist() == expected[::-1]
    assert len(overview_of(file.table)) == 1


def test_text_that_is_no_utf8_is_refused(tmp_path):
    offsets = pa.py_buffer(np.array([0, 1], np.int32).tobytes())
    broken = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"\xff")])
    pq.write_table(pa.table({"a": broken}), tmp_path / "t.parquet")
    with pytest.raises(InputError, match=r"t\.parquet.*UTF-8|t\.parquet cannot be read"):
        read_table(tmp_path / "t.parquet")


def test_columns_whose_names_are_no_text(tmp_path):
    frame = pd.DataFrame({0: [0.5, 1.5], 1: [1, 2]})
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").table.names == ("0", "1")
    frame.columns = pd.MultiIndex.from_tuples([("t", "x"), ("t", "y")])
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").table.names == ("('t', 'x')", "('t', 'y')")


@pytest.mark.parametrize(
    ("index", "names"),
    [
        (pd.RangeIndex(2), ("a",)),
        (pd.RangeIndex(5, 9, 2, name="key"), ("key", "a")),
        (pd.Index(["p", "q"]), ("a",)),
        (pd.Index(["p", "q"], name="key"), ("key", "a")),
    ],
)
def test_an_index_with_a_name_is_a_column(tmp_path, index, names):
    pd.DataFrame({"a": [1, 2]}, index=index).to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet").table
    assert table.names == names
    if "key" in names:
        assert table.by_name["key"].values.to_pylist() == list(index)


@pytest.mark.parametrize(
    "said",
    [b"{broken", b"[]", b'{"index_columns": 3}', b'{"columns": [1]}', b"[" * 100_000],
    ids=["broken", "list", "index", "columns", "deep"],
)
def test_damaged_metadata_of_pandas_is_no_obstacle(tmp_path, said):
    table = pa.table({"a": [1, 2]}).replace_schema_metadata({b"pandas": said})
    pq.write_table(table, tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").table.by_name["a"].values.to_pylist() == [1, 2]


def test_categories_and_months_of_pandas(tmp_path):
    months = pd.period_range("2023-01", periods=3, freq="M")
    frame = pd.DataFrame({"code": pd.Categorical([3, 1, 3]), "month": months})
    frame.to_parquet(tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet").table.by_name
    assert found["code"].is_declared_category
    assert found["code"].values.to_pylist() == ["3", "1", "3"]
    assert found["month"].values.to_pylist() == [dt.datetime(2023, m, 1) for m in (1, 2, 3)]


@pytest.mark.parametrize(
    "said", [b"junk", b'{"freq": 5}', b"[" * 50_000], ids=["junk", "5", "deep"]
)
def test_damaged_metadata_of_a_type_is_no_obstacle(tmp_path, said):
    about = {b"ARROW:extension:name": b"pandas.period", b"ARROW:extension:metadata": said}
    schema = pa.schema([pa.field("a", pa.int64(), metadata=about)])
    with pa.ipc.new_file(str(tmp_path / "t.arrow"), schema) as writer:
        writer.write_table(pa.Table.from_arrays([pa.array([1, 2])], schema=schema))
    with suppress(InputError):  # pandas knows the type where it is imported, and may refuse it
        (cells,) = read_table(tmp_path / "t.arrow").table.columns
        assert cells.values.to_pylist() == [1, 2]


def test_a_name_twice_is_refused_in_every_format(tmp_path):
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    orc.write_table(twice, tmp_path / "t.orc")
    pq.write_table(twice, tmp_path / "t.parquet")
    for name in ("t.orc", "t.parquet"):
        with pytest.raises(InputError, match="'a'"):
            read_table(tmp_path / name)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("first", [-(2**63) + 1, 2**63 - 40, 0])
@pytest.mark.parametrize("declared", ["date", "true/false", "category", None])
def test_timestamps_at_the_ends_of_their_type(unit, first, declared):
    """They are read, or refused with a sentence; Python's dates do not reach as far."""
    stamps = pa.array([first + i for i in range(40)], pa.timestamp(unit))
    data = {"c": stamps, "y": ["p", "q"] * 20}
    fmt = TableFormat(columns={"c": declared} if declared else {})
    with suppress(InputError):
        overview_of(data, fmt)
    with suppress(InputError):
        learn_encoding(data, target="y", fmt=fmt).encode(data)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_midnights_are_written_as_dates(unit):
    day = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit] * 86_400
    (days,) = table_of({"c": pa.array([0, day, None], pa.timestamp(unit))}).columns
    assert days.distinct.strings == ["1970-01-01", "1970-01-02"]
    (times,) = table_of({"c": pa.array([0, day + 1], pa.timestamp(unit))}).columns
    assert times.distinct.strings[0].startswith("1970-01-01 00:00:00")


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_categories_of_bytes_are_left_out_as_bytes_are(tmp_path, suffix: str) -> None:
    """In a frame and in files, of categories and of cells, pandas' metadata or not."""
    cells = [[b"\xff\xfe", b"\xfd", b"ok"][i % 3] for i in range(60)]
    frame = pd.DataFrame({"c": pd.Categorical(cells), "b": cells, "a": range(60)})
    arrow = pa.Table.from_pandas(frame)
    path = tmp_path / f"t.{suffix}"
    for table in (arrow, arrow.replace_schema_metadata(None)):
        if suffix == "parquet":
            pq.write_table(table, path)
        else:
            with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
                file.write_table(table)
        for read in (read_table(path).table, table_of(frame), table_of(table)):
            said = {c.name: c.values for c in overview_of(read, TableFormat()) if c.name != "a"}
            assert set(said.values()) == {
                "its cells hold bytes or other data, not text, numbers or times"
            }
