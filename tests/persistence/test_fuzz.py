"""Mutated model files give a clear error or a model that works; nothing else, whoever made them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.fuzz_mutations import SEALED, UNSEALED, mutated

pytestmark = pytest.mark.skipif(not hasattr(os, "pwrite"), reason="the reader needs POSIX")

ROOT = Path(__file__).parents[2]
READER = "tests.support.fuzz_reader"
# Seeds from 0; even ones have a checksum that fits.
FEW_FILES, N_FILES, MANY_FILES = 400, 2_000, 100_000


def read_files(first: int, last: int, folder: Path) -> dict[str, Any]:
    """The report of a process that reads them; it must come to its end by itself."""
    command = [sys.executable, "-m", READER, str(first), str(last), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    stood = (folder / "seed").read_text().strip()
    assert done.returncode == 0, f"file {stood} ended the process: {done.stderr[-3000:]}"
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def check(first: int, last: int, folder: Path) -> Counter[str]:
    report = read_files(first, last, folder)
    assert report["faults"] == []
    return Counter(report["outcomes"])


@pytest.mark.parametrize("n", [FEW_FILES, pytest.param(N_FILES, marks=pytest.mark.exhaustive)])
def test_mutated_files_are_refused_clearly_or_work(n: int, tmp_path: Path) -> None:
    outcomes = check(0, n, tmp_path)
    assert outcomes["refused"] + outcomes["loaded"] == n
    assert outcomes["with a checksum that fits"] == n // 2
    # The mutations reach what lies behind every check.
    assert outcomes["loaded"] > n / 20


@pytest.mark.slow
def test_a_hundred_thousand_mutated_files(tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    for first in range(0, MANY_FILES, 5_000):
        outcomes += check(first, first + 5_000, tmp_path)
    print(dict(outcomes))
    assert outcomes["refused"] + outcomes["loaded"] == MANY_FILES
    assert outcomes["with a checksum that fits"] >= MANY_FILES / 2


def test_every_mutation_is_drawn_and_made_again_by_its_seed() -> None:
    drawn = [mutated(seed) for seed in range(300)]
    names = {change.__name__ for change in (*UNSEALED, *SEALED)}
    assert {file.how for file in drawn} == names
    again = [mutated(seed) for seed in range(300)]
    assert [file.data for file in drawn] == [file.data for file in again]
    assert np.mean([file.sealed for file in drawn]) == 0.5
