"""docs/layers.md: its Python runs, both languages show the same, and every layer is listed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rosenblatt.network import Network
from rosenblatt.network.registration import REGISTRY

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["layers.md", "layers.zh-CN.md"]
# What a block or an embedding consists of, and what holds other layers.
PARTS = {
    "ActivationLayer",
    "Affine",
    "Branches",
    "Convolution",
    "Dropout",
    "EnsembleAffine",
    "GaussianNoise",
    "NormalizationLayer",
    "PackedAffine",
    "Periodic",
    "Pieces",
    "Residual",
    "Sequential",
}


def text(page: str) -> str:
    return (DOCS / page).read_text("utf-8")


def blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text(page), re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_run(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, pictures, second = blocks(page)
    left: dict[str, object] = {}
    exec(compile(second, page, "exec"), {})  # ours, and its running is what is tested
    assert float(capsys.readouterr().out) < 0.1
    exec(compile(pictures, page, "exec"), {})
    assert capsys.readouterr().out.endswith("61706\n")
    exec(compile(first, page, "exec"), left)
    error, _ = capsys.readouterr().out.split("\n", 1)
    assert float(error) < 0.2
    assert isinstance(left["network"], Network)
    factors = np.abs(left["network"].named_parameters(left["theta"])["layers.0.factor"])  # type: ignore[arg-type]
    assert factors[0] > factors[1:].max()  # the one that the target follows


def test_both_languages_show_the_same_code() -> None:
    one, other = (re.sub(r" *#.*", "", "".join(blocks(page))) for page in PAGES)
    assert one == other


@pytest.mark.parametrize("page", PAGES)
def test_every_layer_is_listed(page: str) -> None:
    listed = re.findall(r"^\| `(\w+)` \|", text(page), re.MULTILINE)
    own = {r.cls.__name__ for r in REGISTRY if r.cls.__module__.startswith("rosenblatt.")}
    assert set(listed) == own - PARTS
