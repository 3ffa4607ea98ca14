"""docs/curvature.md: its Python runs, both languages show the same, and every name is listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rosenblatt import curvature

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["curvature.md", "curvature.zh-CN.md"]


def text(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def block(page: str) -> str:
    (found,) = re.findall(r"```python\n(.*?)```", text(page), re.DOTALL)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_example_runs(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block(page), page, "exec"), {})  # ours, and its running is what is tested
    assert "λ_max = " in capsys.readouterr().out


def test_both_languages_show_the_same_code() -> None:
    one, other = (re.sub(r" *#.*", "", block(page)) for page in PAGES)
    assert one == other


@pytest.mark.parametrize("page", PAGES)
def test_every_name_is_listed(page: str) -> None:
    listed = "".join(re.findall(r"^\| (`[^|]*)\|", text(page), re.MULTILINE))
    made = {"GradientFlow", "GradientNoise"}  # what functions return
    assert all(f"`{name}" in listed for name in set(curvature.__all__) - made)
