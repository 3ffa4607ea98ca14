"""Small fits of every solver and structure end with the bits that were recorded of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


# At level 0 every product is BLAS's.
@pytest.mark.parametrize(
    ("level", "kind"), [(4, "native"), (4, "arrays"), (3, "native"), (3, "arrays"), (0, "arrays")]
)
def test_bits_are_those_recorded(level: int, kind: str) -> None:
    """At every level of the engine; `arrays` are the fits in which NumPy or BLAS compute as well.

    Where this fails for a change that is to alter bits, tests/golden/make_fits.py records them.
    """
    command = [sys.executable, "-m", "tests.golden.make_fits"]
    done = subprocess.run(
        [*command, "--level", str(level), "--json", kind],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        capture_output=True,
        text=True,
    )
    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert not found["differing"]
    if not found["same"]:
        pytest.skip("; ".join(sorted(set(found["not compared"].values()))))
