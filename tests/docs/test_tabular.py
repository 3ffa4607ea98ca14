"""docs/tabular.md: its Python runs, and both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["tabular.md", "tabular.zh-CN.md"]


def block(page: str) -> str:
    """All of its code, which is one program."""
    found = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    return "\n".join(found)


@pytest.mark.parametrize("page", PAGES)
def test_the_example_runs(
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(block(page), page, "exec"), {})  # ours, and its running is what is tested
    assert "worst texture" in capsys.readouterr().out
    assert (tmp_path / "cancer.safetensors").exists()


def test_both_languages_show_the_same_code() -> None:
    one, other = (re.sub(r" *#.*", "", block(page)) for page in PAGES)
    assert one == other
