"""Files of columns and of costs that have no end, or cells beyond csv's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rosenblatt.errors import InputError
from rosenblatt.table.columns_file import columns_text, read_columns
from rosenblatt.table.format import ColumnKind
from rosenblatt.tabular.decision_text import costs_in

ENDLESS = Path("/dev/zero")
READERS: list[Callable[[Path], Any]] = [read_columns, costs_in]


@pytest.mark.skipif(not ENDLESS.exists(), reason="needs a device without an end")
@pytest.mark.parametrize("read", READERS)
def test_a_device_without_an_end(read: Callable[[Path], Any]) -> None:
    with pytest.raises(InputError, match="/dev/zero has more than 64 MiB: name another file"):
        read(ENDLESS)


def test_a_cell_beyond_those_of_csv(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    path.write_text(f"true,a\n{'x' * 200_000},1\n")
    with pytest.raises(InputError, match="holds no costs"):
        costs_in(path)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_is_whole_is_read(tmp_path: Path, mark: str) -> None:
    kinds = tmp_path / "columns.toml"
    text = columns_text([("città", ColumnKind.CATEGORY, "")])
    kinds.write_bytes((mark + text.replace("\n", "\r\n")).encode())
    assert read_columns(kinds) == {"città": ColumnKind.CATEGORY}
    costs = tmp_path / "costs.csv"
    costs.write_bytes((mark + "true,a,b\r\na,0,1\r\nb,2,0\r\n").encode())
    assert costs_in(costs) == {"a": {"a": 0, "b": 1}, "b": {"a": 2, "b": 0}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a=" + "[" * 1000 + "]" * 1000, "is nested too deeply: it needs a table"),
        ("a=" + "{a=" * 1000 + "1" + "}" * 1000, "is nested too deeply: it needs a table"),
        ("[columns]\n" + ".".join("a" * 200) + " = 1", "names of a hundred parts: it needs"),
        ("[" + " . ".join("a" * 200) + "]", "names of a hundred parts: it needs"),
        ("a = " + "1" * 5000, "is none of columns: it needs a table"),
        ("a = 1", "is none of columns: it needs a table"),
        ("[columns]\na = 1", "is none of columns: it needs a table"),
    ],
)
def test_files_that_are_none_of_columns(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "columns.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_columns(path)


def test_names_with_dots_are_names(tmp_path: Path) -> None:
    name = ".".join("a" * 200)
    path = tmp_path / "columns.toml"
    path.write_text(columns_text([(name, ColumnKind.DATE, name.replace("a", "'"))]))
    assert read_columns(path) == {name: ColumnKind.DATE}
