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
