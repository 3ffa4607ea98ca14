"""Predictions of imported networks beside those of the tools that trained them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.importing import ImportedNetwork
from tests.importing.golden import FOLDER, assert_equal, check_table, read_golden

R_ENDINGS = (".rds", ".nnet.json", ".R")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("fann/*.net")), ids=lambda path: path.stem)
def test_fann(path: Path) -> None:
    X, Y, tolerance = read_golden(path)
    assert_equal(importing.read(path).model.predict(X), Y, tolerance)


R_FILES = sorted(
    path
    for path in (FOLDER / "r").iterdir()
    if path.name.endswith(R_ENDINGS) and path.stem != "make_r"
)


@pytest.mark.parametrize("path", R_FILES, ids=lambda path: path.name)
def test_r(path: Path) -> None:
    imported = importing.read(path)
    golden = path.parent / f"{path.name.partition('.')[0]}.json"
    if imported.columns is not None:
        check_table(imported, golden)
        return
    X, Y, tolerance = read_golden(golden)
    assert_equal(imported.model.predict(X), Y, tolerance)


def probabilities(imported: ImportedNetwork, X: Any) -> Any:
    """A column for each class."""
    ours = imported.model.predict(X)
    return np.hstack([1 - ours, ours]) if imported.classes and len(imported.classes) == 2 else ours


JAVASCRIPT = sorted((FOLDER / "javascript").glob("*.net.json"))


@pytest.mark.parametrize("path", JAVASCRIPT, ids=lambda path: path.name)
def test_javascript(path: Path) -> None:
    imported = importing.read(path)
    X, Y, tolerance = read_golden(Path(str(path).replace(".net.json", ".json")))
    if imported.classes is not None:
        outputs = json.loads(path.read_text())["dicts"]["outputs"]
        labels = [str(outputs[str(k)]) for k in range(len(outputs))]
        Y = Y[:, np.argsort(labels)]
    assert_equal(probabilities(imported, X), Y, tolerance)


ARRAYS = sorted([*(FOLDER / "opencv").glob("*.net.*"), *(FOLDER / "pyrenn").glob("*.net.csv")])


@pytest.mark.parametrize("path", ARRAYS, ids=lambda path: path.name)
def test_opencv_and_pyrenn(path: Path) -> None:
    X, Y, tolerance = read_golden(path.parent / f"{path.name.partition('.')[0]}.json")
    assert_equal(importing.read(path).model.predict(X), Y, tolerance)


@pytest.mark.parametrize("path", sorted((FOLDER / "weka").glob("*.net.txt")), ids=lambda p: p.name)
def test_weka(path: Path) -> None:
    golden = Path(str(path).replace(".net.txt", ".json"))
    data = json.loads(golden.read_text())["data"]
    check_table(importing.read(path, data=path.parent / data), golden)
