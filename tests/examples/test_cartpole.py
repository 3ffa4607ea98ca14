"""`examples/cartpole.py` learns, tests, shows and keeps an agent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rosenblatt.agents import load
from tests.examples.loading import load_example

pytest.importorskip("gymnasium")


@pytest.fixture(scope="module")
def example() -> Any:
    return load_example("cartpole")


def test_a_short_form(example: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, kept = tmp_path / "cartpole.html", tmp_path / "agent"
    example.main(["--steps", "20000", "--episodes", "3", "--page", str(page), "--save", str(kept)])
    said = capsys.readouterr().out.splitlines()
    assert said[0].endswith(" s")
    assert "episodes  mean return" in said[0]
    assert said[-3].startswith("test: mean return ")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert load(kept).n_features_in_ == 4
