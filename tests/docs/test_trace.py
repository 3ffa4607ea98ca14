"""docs/trace.md: its Python runs, and both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["trace.md", "trace.zh-CN.md"]


def block(page: str) -> str:
    return "".join(re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL))


@pytest.mark.parametrize("page", PAGES)
def test_the_example_runs(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block(page), page, "exec"), {})  # ours, and its running is what is tested
    assert "∂J/∂w_24^(1) = δ_2^(1) x_4" in capsys.readouterr().out


def test_both_languages_show_the_same_code() -> None:
    one, other = (re.sub(r" *#.*", "", block(page)) for page in PAGES)
    assert one == other
