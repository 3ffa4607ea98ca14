"""`examples/cartpole.py` learns, tests, shows and keeps an agent."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from rosenblatt.agents import load

pytest.importorskip("gymnasium")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def example() -> Any:
    path = ROOT / "examples" / "cartpole.py"
    spec = importlib.util.spec_from_file_location("cartpole", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_short_form(example: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, kept = tmp_path / "cartpole.html", tmp_path / "agent"
    example.main(["--steps", "20000", "--episodes", "3", "--page", str(page), "--save", str(kept)])
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(" s")
    assert "episodes  mean return" in said[0]
    assert said[-3].startswith("test: mean return ")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert load(kept).n_features_in_ == 4
