"""docs/pictures.md: its Python runs, and both languages show the same."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from rosenblatt.network import Dense, Network, Reshape, residual_network
from tests.support.data import ignore_convergence

mpl.use("agg")
DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["pictures.md", "pictures.zh-CN.md"]


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


@ignore_convergence
def test_the_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}  # of one block after another
    for block in blocks(PAGES[0]):
        exec(compile(block, PAGES[0], "exec"), names)  # ours, and its running is what is tested
    plt.close("all")
    score, shape, weights, varied, moved, *seen = capsys.readouterr().out.splitlines()
    assert seen == ["(16, 3, 3, 1)", "(4, 4, 16)", "(8, 8, 1)", "297"]
    assert float(score) > 0.85
    assert float(varied) > 0.85
    assert float(moved) > 0.7  # 0.67 without augmentation
    assert shape == "(8, 8, 1)"
    assert weights == "[(3, 3, 1, 8), (128, 32), (32, 10)]"


def test_both_languages_show_the_same_code_and_counts() -> None:
    assert blocks(PAGES[0]) == blocks(PAGES[1])
    counts = [
        re.findall(r"\d+,\d{3}(?:,\d{3})?", (DOCS / page).read_text("utf-8")) for page in PAGES
    ]
    assert counts[0] == counts[1] == ["61,706", "60,965,224", "61,100,840", "175,818"]
    layers = (Reshape((32, 32, 3)), *residual_network(), Dense(10))
    assert Network(32 * 32 * 3, layers).n_parameters == 175_818
