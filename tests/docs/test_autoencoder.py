"""docs/autoencoder.md: its Python runs, and both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.data import ignore_convergence

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["autoencoder.md", "autoencoder.zh-CN.md"]


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


@ignore_convergence
def test_the_examples_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {}  # of one block after another
    for block in blocks(PAGES[0]):
        exec(compile(block, PAGES[0], "exec"), known)  # ours, and its running is what is tested
    ours, pca, row, same, score, names = capsys.readouterr().out.splitlines()
    assert float(ours.split()[0]) > float(pca.split()[0])
    assert row.rsplit(maxsplit=1)[1].isdigit()
    assert same == "the same codes: True"
    assert float(score.split()[-1]) > 0.8
    assert names == "['hidden2_0' 'hidden2_1']"


def test_both_languages_show_the_same_code_and_variants() -> None:
    assert blocks(PAGES[0]) == blocks(PAGES[1])
    assert len(blocks(PAGES[0])) == 3
    variants = [re.findall(r"^\| (`[^`]*`)", (DOCS / p).read_text("utf-8"), re.M) for p in PAGES]
    assert len(variants[0]) == 6
    assert variants[0] == variants[1]
