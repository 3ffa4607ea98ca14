"""docs/agents.md: its Python runs, and both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["agents.md", "agents.zh-CN.md"]


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


def test_the_examples_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gymnasium")
    monkeypatch.chdir(tmp_path)
    learn, keep, repeated = blocks(PAGES[0])
    for block in (learn.replace("200_000", "8_000").replace("475", "40"), keep, repeated):
        exec(compile(block, PAGES[0], "exec"), {})  # ours, and its running is what is tested
    reason, mean, action, caption, *_, of_loaded = capsys.readouterr().out.splitlines()
    assert reason.startswith(("the last 100 episodes", "8000 steps"))
    assert float(mean) > 0
    assert {action, of_loaded} <= {"0", "1"}
    assert caption == "CartPole-v1  step 10  return 10"
    assert (tmp_path / "cartpole.html").exists()


def test_both_languages_show_the_same_code_and_figures() -> None:
    assert blocks(PAGES[0]) == blocks(PAGES[1]) != []
    rows = [re.findall(r"^\| (`?\w.*\d.*) \|$", (DOCS / p).read_text("utf-8"), re.M) for p in PAGES]
    numbers = [[re.findall(r"\d+(?:[.,]\d+)*", row) for row in page] for page in rows]
    assert len(numbers[0]) >= 15
    assert numbers[0] == numbers[1]
