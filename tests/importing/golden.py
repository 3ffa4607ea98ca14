"""The files that other tools wrote, and their predictions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from rosenblatt.importing import ImportedNetwork

__all__ = ["FOLDER", "TOLERANCE", "assert_equal", "check_table", "read_golden"]

FOLDER = Path(__file__).parents[1] / "golden" / "elsewhere"
# Relative to numbers beyond 1; between -1 and 1 differences count as they are.
TOLERANCE = {"double": 1e-9, "float": 2e-6}


def read_golden(path: Path) -> tuple[Any, Any, float]:
    """Inputs, the tool's outputs, and what they may differ by, by the type it computes in."""
    golden = json.loads(path.with_suffix(".json").read_text("utf-8"))
    rows = golden["rows"]
    tolerance = golden.get("tolerance") or TOLERANCE[golden["type"]]
    return (
        np.array([row["x"] for row in rows], float),
        np.array([row["y"] for row in rows], float),
        tolerance,
    )


def assert_equal(ours: Any, theirs: Any, tolerance: float) -> None:
    assert ours.shape == theirs.shape
    difference = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1)
    assert difference.max() <= tolerance


def check_table(imported: ImportedNetwork, path: Path) -> None:
    """Predictions of the rows of a table, of numbers or of classes."""
    golden = json.loads(path.read_text("utf-8"))
    saved = imported.saved_model()
    ours = saved.model.predict(saved.encoding.encode(golden["table"], np.float64).X)
    theirs = np.array(golden["y"], float)
    if golden["labels"]:
        theirs = theirs[:, np.argsort(golden["labels"])]
        theirs = theirs if theirs.shape[1] > 2 else theirs[:, 1:]
    assert_equal(ours, theirs, golden.get("tolerance") or TOLERANCE[golden["type"]])
