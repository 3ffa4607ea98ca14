"""The profile of a step: a small program around the engine, whose parts must make up the step."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.cpu_level import LEVEL

SOURCE = Path(__file__).parents[2] / "benchmarks" / "profile.cpp"
COMPILER = shutil.which("g++")

pytestmark = [
    pytest.mark.exhaustive,
    pytest.mark.skipif(COMPILER is None, reason="needs g++"),
    pytest.mark.skipif(LEVEL is None, reason="needs AVX2"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("native") / "profile"
    flags = ["-std=c++20", "-O1", f"-march={LEVEL}", "-fopenmp-simd", "-pthread"]
    subprocess.run([str(COMPILER), *flags, str(SOURCE), "-o", str(path)], check=True)
    return path


@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        (("600", "30", "2", "32", "64", "32"), ["30 to 64", "64 to 32", "32 to 1"]),
        (("3000", "7", "3", "1500", "5"), ["7 to 5", "5 to 3"]),  # in two blocks of rows
        (("50", "4", "2", "50"), ["4 to 1"]),
    ],
)
def test_profile_lists_every_part_of_a_step(
    program: Path, shape: tuple[str, ...], layers: list[str]
) -> None:
    told = subprocess.run([program, *shape], check=True, capture_output=True, text=True).stdout
    times = {m[1]: float(m[2]) for m in re.finditer(r"^  (\S.*?) {2,}(-?[\d.]+)", told, re.M)}
    forward = [f"layer {i} ({layer}) forward" for i, layer in enumerate(layers, start=1)]
    back = [f"layer {i} ({layer}) back" for i, layer in enumerate(layers, start=1)][::-1]
    parts = [
        "rows gathered",
        *forward,
        "loss and its gradient",
        *back,
        "parameters moved, and the rest",
    ]
    assert list(times) == [
        *parts,
        "the whole step",
        "its products alone, at their best",
        "the whole step on two threads",
    ]
    assert sum(times[part] for part in parts) == pytest.approx(times["the whole step"], abs=0.02)


@pytest.mark.parametrize("shape", [("5",), ("20", "3", "1", "5"), ("20", "3", "2", "50"), "abcd"])
def test_a_shape_that_is_none(program: Path, shape: tuple[str, ...]) -> None:
    done = subprocess.run([program, *shape], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "usage" in done.stderr
