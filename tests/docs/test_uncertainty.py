"""docs/uncertainty.md: its Python runs, and both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["uncertainty.md", "uncertainty.zh-CN.md"]


def block(page: str) -> str:
    (found,) = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    return found


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block(PAGES[0]), PAGES[0], "exec"), {})  # ours, and its running is what is tested
    share, differs, columns = capsys.readouterr().out.splitlines()
    assert 0.84 < float(share) < 0.96
    assert differs == "False"
    assert "'name': 'area'" in columns


def test_both_languages_show_the_same_code_and_figures() -> None:
    one, other = (re.sub(r" *#.*", "", block(page)) for page in PAGES)
    assert one == other
    figures = [
        re.findall(r"^\| [a-z_0-9]+ \| \d.*$", (DOCS / p).read_text("utf-8"), re.M) for p in PAGES
    ]
    assert len(figures[0]) >= 10
    assert figures[0] == figures[1]
