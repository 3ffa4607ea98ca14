"""`examples/customer_segments.py` finds groups that were planted, and runs on a real table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from tests.examples.loading import TABLES, load_example

CREDIT = TABLES / "credit_default.parquet"


@pytest.fixture(scope="module")
def example() -> Any:
    return load_example("customer_segments")


def test_planted_groups_are_found_and_described(
    example: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 120)
    frame = pd.DataFrame(
        {
            "income": np.array([20, 50, 90])[group] + rng.normal(scale=3, size=360),
            "visits": np.array([9, 1, 9])[group] + rng.normal(scale=0.7, size=360),
            "town": np.array(["north", "south", "east"])[group],
        }
    )
    short = {"n_components": 2, "ks": (2, 3, 4), "max_iter": 40, "draws": 3}
    found = example.segments(frame, **short, to=tmp_path / "groups.png")
    assert adjusted_rand_score(group, found["autoencoder"].labels) > 0.95
    assert (tmp_path / "groups.png").read_bytes().startswith(b"\x89PNG")
    said = capsys.readouterr().out
    assert said.count("\ngroup ") == 3
    assert "income high" in said
    assert "town south (100% against 33%)" in said


@pytest.mark.skipif(not CREDIT.exists(), reason="needs the shared tables")
def test_a_real_table(example: Any, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.read_parquet(CREDIT).head(500)
    target = frame.pop("target")
    example.segments(frame, target, ks=(2, 3), max_iter=5, draws=2)
    assert "mutual information with target" in capsys.readouterr().out
