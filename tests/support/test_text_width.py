"""Widths beside those of rich, which asks the same tables of Unicode."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from rosenblatt.support.text_width import cut, filled, padded, width_of

TEXTS = ["", "plain", "轮 3/20 [██··] 损失 0.5", "é́", "（中文，English 混排）", "한국어 にほんご"]


@pytest.mark.parametrize("text", TEXTS)
def test_width_is_that_of_a_terminal(text: str) -> None:
    assert width_of(text) == cell_len(text)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", [1, 2, 5, 8, 80])
def test_a_text_is_cut_to_what_fits(text: str, width: int) -> None:
    kept = cut(text, width)
    assert text.startswith(kept)
    assert cell_len(kept) <= width
    assert kept == text or cell_len(text[: len(kept) + 1]) > width


def test_padding_counts_columns() -> None:
    assert padded("行", 5) == "行   "
    assert padded("行", 5, right=True) == "   行"


@pytest.mark.parametrize("width", [10, 21, 40, 79])
def test_a_paragraph_is_filled(width: int) -> None:
    text = "选中：64,32（2,177 个参数），因为它有最高的平均准确率；没有更小的网络。"
    lines = filled(text, width).split("\n")
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in "，；。）" or line[-1] in "（" for line in lines)
    assert all(cell_len(line) >= width - 8 for line in lines[:-1])


def test_a_paragraph_of_narrow_characters_ends_lines_at_blanks() -> None:
    assert filled("one two three", 8) == "one two\nthree"
