"""docs/explain.md: its Python runs, and both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["explain.md", "explain.zh-CN.md"]


def block(page: str) -> str:
    (found,) = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    return found


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block(PAGES[0]), PAGES[0], "exec"), {})
    assert "(20, 30)" in capsys.readouterr().out


def test_both_languages_show_the_same_code() -> None:
    one, other = (re.sub(r" *#.*", "", block(page)) for page in PAGES)
    assert one == other
