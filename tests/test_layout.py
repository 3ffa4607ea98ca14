"""Layout of the tests: the rooms of the package, no test that imports a test, short files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "src" / "rosenblatt"
FILES = sorted(HERE.rglob("*.py"))
# Besides the rooms of the package.
OTHERS = {"benchmarks", "docs", "examples", "faults", "golden", "integration", "native", "parity"}
MOST_LINES = 400


def imported(source: str) -> set[str]:
    """Modules that are imported anywhere in a module's code, and names from them."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def of_tests(names: set[str]) -> set[str]:
    """Those of test modules, or of what is in them."""
    return {
        name
        for name in names
        if name.split(".")[0] == "tests"
        and any(part.startswith("test_") for part in name.split("."))
    }


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from tests.export.test_weights import expected", {"tests.export.test_weights.expected"}),
        ("def f():\n    import tests.test_averaging", {"tests.test_averaging"}),
        ("from tests import test_averaging as other", {"tests.test_averaging"}),
        ("from tests.support.members import network\nimport test_data", set()),
    ],
)
def test_imports_of_tests_are_found(source: str, found: set[str]) -> None:
    assert of_tests(imported(source)) == found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(HERE).as_posix())
def test_no_module_imports_a_test(file: Path) -> None:
    assert not of_tests(imported(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(HERE).as_posix())
def test_no_file_is_too_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_rooms_are_the_packages() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    folders = {path.name for path in HERE.iterdir() if (path / "__init__.py").exists()}
    assert folders <= rooms | OTHERS


def test_folders_are_packages() -> None:
    """Two test files of one name are two modules that way."""
    assert {file.parent for file in FILES} == {file.parent for file in HERE.rglob("__init__.py")}
