"""The pages of the laboratory: their code runs, and they name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rosenblatt.lab.registry import experiments

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / name for name in ("lab.md", "lab.zh-CN.md")]

pages = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)


@pages
def test_the_example_runs(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    exec(compile(block, page.name, "exec"), {})
    assert "does not hold" in capsys.readouterr().out


@pages
def test_every_experiment_is_named(page: Path) -> None:
    table = page.read_text("utf-8").partition("[theory.md](theory.md)")[2]
    named = set(re.findall(r"\b[NPLGBF]\d+\b", table))
    assert named == set(experiments())


@pages
def test_verdicts_are_those_of_the_experiments(page: Path) -> None:
    """Where the page says that a claim does not hold, it does not."""
    from rosenblatt.lab import run

    text = page.read_text("utf-8")
    rows = re.findall(r"^\| ([A-Z]\d+) \| [^|]* \| ([^|]*) \|$", text, re.MULTILINE)
    assert rows
    words = {"does not hold": ("does not hold", "不成立"), "holds when": ("holds when", "成立")}
    for id, said in rows:
        verdict = run(id, quick=True).verdict
        assert any(word in said for word in words[verdict]), (id, verdict, said)
