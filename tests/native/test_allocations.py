"""No memory is asked for within an epoch: a small program around the engine counts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cpu_level import LEVEL

SOURCE = Path(__file__).with_name("allocations.cpp")
COMPILER = shutil.which("g++")
pytestmark = [
    pytest.mark.exhaustive,  # a minute of compiling
    pytest.mark.skipif(sys.platform != "linux", reason="counts calls of glibc's functions"),
    pytest.mark.skipif(COMPILER is None, reason="needs g++"),
    pytest.mark.skipif(LEVEL is None, reason="needs AVX2"),
]


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, int]]:
    """(case, allocations of an epoch of one step, of 1,001 steps)."""
    program = tmp_path_factory.mktemp("native") / "allocations"
    flags = ["-std=c++20", "-O1", f"-march={LEVEL}", "-fopenmp-simd", "-pthread"]
    subprocess.run([str(COMPILER), *flags, str(SOURCE), "-o", str(program)], check=True)
    told = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    lines = [re.fullmatch(r"(.+): (\d+) (\d+)", line) for line in told.splitlines()]
    return [(m[1], int(m[2]), int(m[3])) for m in lines if m]


def test_every_case_was_counted(counts: list[tuple[str, int, int]]) -> None:
    assert len({case for case, _, _ in counts}) == 240
    # The epoch's own tallies show that the counting works.
    assert all(few > 0 for _, few, _ in counts)


def test_a_thousand_steps_more_ask_for_no_memory(counts: list[tuple[str, int, int]]) -> None:
    assert [case for case, few, many in counts if many > few] == []
