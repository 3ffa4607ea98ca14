"""Scoring beside the tools of imported networks: a race with FANN, and tools that are absent."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks import imported


def test_a_race_with_fann_compares_the_same_predictions() -> None:
    if shutil.which("cc") is None or not Path("/usr/include/doublefann.h").exists():
        pytest.skip("no C compiler, or no libfann-dev")
    found = imported.race("FANN", 200, 2)
    assert found["difference"] < 1e-12
    assert len(found["ours"]) == len(found["theirs"]) == len(found["single"]) == 2
    assert "FANN" in imported.shown("FANN", found)


def test_a_tool_that_is_absent_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(imported.ROOT))
    monkeypatch.setattr(imported, "TOOLS", {"Keras, JAX": (None, {"KERAS_BACKEND": "none"})})
    found = imported.of_process("Keras, JAX", 100, 1)
    assert isinstance(found, str)


def test_ratios_are_of_medians() -> None:
    seconds = {"theirs": [(3.0, 6.0), (9.0, 6.0), (6.0, 6.0)], "ours": [(2.0, 1.0)]}
    seconds["single"] = [(1.0, 0.5)]
    assert "6.000     3.0     6.0" in imported.shown("a tool", {**seconds, "difference": 0.0})
