"""Predictions of imported networks beside those of the tools that trained them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rosenblatt import importing
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
