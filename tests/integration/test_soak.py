"""Tables of a million rows go through the command in a bounded memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

N_ROWS = 1_000_000
N_COLUMNS = 30
MOST_BYTES = 2 * 1024**3


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A CSV file whose target is a noisy sum of its columns."""
    rng = np.random.default_rng(0)
    X = rng.integers(-3000, 3000, size=(N_COLUMNS, N_ROWS)) / 1000
    y = np.round(X.sum(axis=0) + rng.normal(size=N_ROWS), 3)
    columns = {f"x{k}": x for k, x in enumerate(X)}
    path = tmp_path / "big.csv"
    pa.csv.write_csv(pa.table({**columns, "target": y}), path)
    return path


def peak_memory(folder: Path, *arguments: str) -> int:
    """The most bytes that the command had in memory at once; it must end well."""
    process = subprocess.Popen([sys.executable, "-m", "rosenblatt", *arguments], cwd=folder)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell a child's memory")
def test_a_million_rows_train_and_predict_within_two_gibibytes(table: Path) -> None:
    folder = table.parent
    assert peak_memory(folder, "train", "big.csv", "--epochs", "2") < MOST_BYTES
    arguments = ["predict", "big.safetensors", "big.csv", "--out", "p.csv"]
    assert peak_memory(folder, *arguments) < MOST_BYTES
    with (folder / "p.csv").open("rb") as predictions:
        assert sum(1 for _ in predictions) == N_ROWS + 1
