"""Pictures of explanations: names and cells of any kind, and the fonts that have them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from rosenblatt.explain import Explanation, figure
from rosenblatt.support.picture_text import fonts_for, in_picture

FORMULAS = [r"$\frac{1}{$", "$x_$", r"US$ and $\undefined$", "$$", "\\", "a$"]


def explanation(names: list[str], cell: object, output: str) -> Explanation:
    n = len(names)
    return Explanation(
        values=np.linspace(-1, 1, 2 * n).reshape(2, n),
        base_values=np.zeros(2),
        data=np.array([[cell] * n] * 2, dtype=object),
        feature_names=tuple(names),
        output_names=(output, output),
        standard_errors=np.zeros((2, n)),
    )


def drawn(names: list[str], cell: object, output: str, path: Path) -> list[str]:
    """Without any warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return figure.draw(explanation(names, cell, output), 0, path)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_shown_as_it_is(text: str, tmp_path: Path) -> None:
    assert drawn(FORMULAS, text, text, tmp_path / "why.png") == []


@pytest.mark.parametrize("text", ["W" * 3000, "名" * 3000, "a\nb\x1b[31m\u202e" * 9])
def test_long_names_leave_room_for_the_axes(text: str, tmp_path: Path) -> None:
    drawn([f"{text}{k}" for k in range(15)], text, text, tmp_path / "why.png")


def test_characters_without_a_font_are_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure, "fonts_for", lambda _: [])
    assert set(drawn(["a", "表"], "格", "क", tmp_path / "why.pdf")) == {"表", "格", "क"}


def test_a_font_that_has_the_characters_stands_behind_the_default_one() -> None:
    default = FT2Font(font_manager.findfont(font_manager.FontProperties()))
    others = [
        entry
        for entry in font_manager.fontManager.ttflist
        if entry.name == "STIXGeneral" and entry.style == "normal" and entry.weight == 400
    ]
    known = FT2Font(others[0].fname).get_charmap()
    lacking = [code for code in known if not default.get_char_index(code) and code > 127]
    assert fonts_for(chr(lacking[0]) + "é")
    assert fonts_for("é") == []


def test_texts_are_in_one_line_without_formulas() -> None:
    assert in_picture("a\n$b$") == r"a\n\$b\$"
    assert in_picture("x" * 50, 10) == "x" * 9 + "…"
    assert in_picture("名" * 50, 10) == "名" * 4 + "…"
