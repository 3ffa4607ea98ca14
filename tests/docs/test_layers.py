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


def block(page: str) -> str:
    (found,) = re.findall(r"```python\n(.*?)```", text(page), re.DOTALL)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_example_runs(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    left: dict[str, object] = {}
    exec(compile(block(page), page, "exec"), left)  # ours, and its running is what is tested
    error, _ = capsys.readouterr().out.split("\n", 1)
    assert float(error) < 0.2
    assert isinstance(left["network"], Network)
    factors = np.abs(left["network"].named_parameters(left["theta"])["layers.0.factor"])  # type: ignore[arg-type]
    assert factors[0] > factors[1:].max()  # the one that the target follows


def test_both_languages_show_the_same_code() -> None:
    one, other = (re.sub(r" *#.*", "", block(page)) for page in PAGES)
    assert one == other


@pytest.mark.parametrize("page", PAGES)
def test_every_layer_is_listed(page: str) -> None:
    listed = re.findall(r"^\| `(\w+)` \|", text(page), re.MULTILINE)
    own = {r.cls.__name__ for r in REGISTRY if r.cls.__module__.startswith("rosenblatt.")}
    assert set(listed) == own - PARTS
