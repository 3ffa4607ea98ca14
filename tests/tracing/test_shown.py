"""A trace as text, HTML and LaTeX: the primer's notation, the width, both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier, trace
from rosenblatt.support.text_width import width_of
from rosenblatt.tracing.formula import number, signed, weight
from tests.tracing.shared import by_hand

TEXT = """\
Forward, layer 1: 2 × Tanh
  z_1^(1) = w_11^(1) x_1 + w_12^(1) x_2 + b_1^(1)
          = 0.693147·1 + 0.5·2 + (−1)
          = 0.693147
  a_1^(1) = tanh(z_1^(1)) = 0.6
  z_2^(1) = w_21^(1) x_1 + w_22^(1) x_2 + b_2^(1)
          = (−1.09861)·1 + 1·2 + (−2)
          = −1.09861
  a_2^(1) = tanh(z_2^(1)) = −0.8"""


def wide() -> Any:
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 30)), rng.integers(0, 3, 40)
    clf = MLPClassifier((12, 11), solver="lbfgs", max_iter=500, random_state=0).fit(X, y)
    return trace(clf, X[0], y[0])


def test_w_24_joins_neuron_4_of_the_layer_before_to_neuron_2() -> None:
    symbol = weight(2, 4, 2)
    assert (symbol.letter, symbol.index, symbol.layer) == ("w", "24", 2)
    assert weight(2, 14, 1).index == "2,14"


def test_text() -> None:
    shown = str(by_hand())
    assert TEXT in shown
    assert "δ_1^(2) = ŷ_1 − y_1 = 2.5 − 2 = 0.5" in shown
    assert "w_11^(2) = 2 → 1.97" in shown
    # The path from w_21: to neuron 2 of layer 1, from x_1, which the arrays hold at [0, 1].
    assert "∂J/∂w_21^(1) = δ_2^(1) x_1 = (−0.18)·1 = −0.18" in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_80_columns_hold_it(language: str) -> None:
    for most in (1, 8, 40):
        lines = wide().to_text(language, most).split("\n")
        assert max(map(width_of, lines)) <= 80


def test_large_layers_are_shortened_and_say_so() -> None:
    shown = wide().to_text(most=3)
    assert "Not shown here but in `x`: 27 of the inputs." in shown
    assert "Not shown here but in `layers`: 9 of the units." in shown
    assert len(shown.split("\n")) < 250


def test_languages_have_the_same_numbers() -> None:
    english, chinese = wide().to_text("en"), wide().to_text("zh")
    assert "前向，第 1 层" in chinese
    assert "普通的梯度下降" in chinese

    def equations(shown: str) -> list[str]:
        return [line for line in shown.split("\n") if " = " in line and "θ" not in line]

    assert equations(english) == equations(chinese)
    with pytest.raises(ValueError, match="language='de' is not known: take one of en, zh"):
        wide().to_text("de")


class Tags(HTMLParser):
    """The tags that are open, each closed in turn."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_whole_and_has_no_scripts() -> None:
    tags = Tags()
    shown = by_hand()._repr_html_()
    tags.feed(shown)
    assert not tags.open
    assert tags.seen == {"div", "style", "h4", "table", "tr", "td", "sub", "sup", "i", "p"} - {"p"}
    assert "<i>w</i><sub>11</sub><sup>(2)</sup></td><td>=</td><td>2 → 1.97" in shown


def test_latex_is_mathematics_that_compiles() -> None:
    """Each row by matplotlib's parser, which has no environments."""
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    shown = by_hand(0.5).to_latex() + wide().to_latex(most=3)
    assert r"w_{11}^{(1)} x_{1} + w_{12}^{(1)} x_{2} + b_{1}^{(1)}" in shown
    assert shown.count(r"\begin{align*}") == shown.count(r"\end{align*}") > 6
    assert shown.isascii()
    blocks = re.findall(r"\\begin{align\*}\n(.*?)\n\\end{align\*}", shown, re.DOTALL)
    for row in "".join(f"{block} \\\\\n" for block in blocks).split(" \\\\\n"):
        if row:
            parser.parse(f"${row.replace('&', '')}$")


def test_numbers() -> None:
    assert [number(v) for v in (0.0, -0.0, -1.5, 1e-7, 123456789.0)] == [
        "0",
        "0",
        "−1.5",
        "1e-07",
        "1.23457e+08",
    ]
    assert (signed(-2.0), signed(2.0)) == ("(−2)", "2")
