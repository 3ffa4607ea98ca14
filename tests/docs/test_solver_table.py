"""The page of solvers says what the registry says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["solvers.md", "solvers.zh-CN.md"])
@pytest.mark.parametrize("table", ["solvers", "features"])
def test_the_page_is_the_registry(page: str, table: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- {table} -->\n(.*?)\n<!-- end -->", text, flags=re.DOTALL)
    assert found is not None
    assert found[1] == runpy.run_path(str(DOCS / "solver_table.py"))[table]()


@pytest.mark.parametrize("page", ["solvers.md", "solvers.zh-CN.md"])
def test_writing_replaces_the_tables_and_nothing_else(page: str) -> None:
    """A page as it is stays as it is, and a table that has grown old is mended."""
    text = (DOCS / page).read_text(encoding="utf-8")
    written = runpy.run_path(str(DOCS / "solver_table.py"))["written"]
    old = re.sub(r"^\| `(adam|lion)` .*\n", "", text, flags=re.MULTILINE)
    old = old.replace("| dropout | ✓ | – |", "| dropout | – | ✓ |")
    assert text != old
    assert written(text) == text == written(old)
    with pytest.raises(ValueError, match="needs the mark"):
        written(text.replace("<!-- features -->", ""))
