"""Ids of the theory: docs/theory.md has what the code cites, and the code what the page claims."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "theory.md"

ONE = (
    r"(?:N[1-8]|P[1-6]|L1[0-9]|L2[01]|L[1-9]|G1[0-9]|G[1-9]|B1[0-6]|B[1-9]|U[1-6]|E[1-5]|A[1-5]|R[1-5]"
    r"|F10|F[1-9]|C[1-7])"
)
CITED = re.compile(rf"\b{ONE}(?:-{ONE})?\b")
# Penalties bear these names as well: as ids they stand in a list that begins with "theory".
AMBIGUOUS = {"L1", "L2"}
AFTER_THEORY = re.compile(rf"\btheory\s+({ONE}(?:-{ONE})?(?:,\s+{ONE}(?:-{ONE})?)*)\b")


class Row(NamedTuple):
    id: str
    statement: str
    source: str
    code: str
    tests: str

    @property
    def is_planned(self) -> bool:
        return self.code == "planned"


@cache
def rows() -> dict[str, Row]:
    lines = re.findall(rf"^\| ({ONE}) (\|.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    found = [Row(id, *(cell.strip() for cell in rest.split("|")[1:])) for id, rest in lines]
    assert len({row.id for row in found}) == len(found)
    return {row.id: row for row in found}


def expanded(match: str) -> list[str]:
    """`B1-B3` as B1, B2, B3."""
    first, _, last = match.partition("-")
    if not last:
        return [first]
    assert first[0] == last[0], match
    return [f"{first[0]}{k}" for k in range(int(first[1:]), int(last[1:]) + 1)]


def ids_in(prose: str) -> set[str]:
    everywhere = {id for match in CITED.findall(prose) for id in expanded(match)}
    lists = AFTER_THEORY.findall(prose)
    unambiguous = {id for text in lists for match in CITED.findall(text) for id in expanded(match)}
    return (everywhere - AMBIGUOUS) | unambiguous


def prose_of_python(source: str) -> str:
    """Docstrings and comments."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    docstrings = [ast.get_docstring(node) or "" for node in nodes]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    return "\n".join(docstrings + comments)


def prose_of_cpp(source: str) -> str:
    return "\n".join(re.findall(r"//.*", source))


@cache
def citations() -> dict[str, set[str]]:
    """For each id cited in the code, the names of the files that cite it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "src").rglob("*.py")):
        for id in ids_in(prose_of_python(path.read_text(encoding="utf-8"))):
            found[id].add(path.name)
    for path in sorted((ROOT / "cpp").rglob("*.?pp")):
        for id in ids_in(prose_of_cpp(path.read_text(encoding="utf-8"))):
            found[id].add(path.name)
    return dict(found)


@cache
def test_functions() -> set[str]:
    """All tests, as `room/test_module.py::test_function`."""
    return {
        f"{path.relative_to(ROOT / 'tests').as_posix()}::{name}"
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


test_functions.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("prose", "ids"),
    [
        ("δ = p - y (L7, L10)", {"L7", "L10"}),
        ("propagation (theory B1-B3)", {"B1", "B2", "B3"}),
        ("an L2 penalty beside an L1 one", set()),
        ("(L2, L10)", {"L10"}),
        ("(theory L1, L3)", {"L1", "L3"}),
        ("noise (theory L2). An L1 penalty", {"L2"}),
        ("the losses (theory L1-L3, G17)", {"L1", "L2", "L3", "G17"}),
        ("theory L1 and B1", {"L1", "B1"}),
        ("G20, B17, N9, AB1, B1x and L-BFGS", set()),
    ],
)
def test_an_id_is_recognised(prose: str, ids: set[str]) -> None:
    assert ids_in(prose) == ids


def test_code_of_neither_language_is_prose() -> None:
    assert "L9" not in prose_of_python('L9 = B9("G9")\n') + prose_of_cpp("struct L9 {};")
    assert "B2" in prose_of_python("x = 1  # B2\n")
    assert "B3" in prose_of_python('def f():\n    """B3."""\n')


def test_the_page_has_every_id_once() -> None:
    counts = {
        "N": 8,
        "P": 6,
        "L": 21,
        "G": 19,
        "B": 16,
        "U": 6,
        "E": 5,
        "A": 5,
        "R": 5,
        "F": 10,
        "C": 7,
    }
    assert set(rows()) == {f"{kind}{k}" for kind, n in counts.items() for k in range(1, n + 1)}


def test_every_citation_leads_to_a_row() -> None:
    assert citations()
    for id, files in citations().items():
        assert id in rows(), (id, files)


@pytest.mark.parametrize("id", list(rows()))
def test_a_row_says_what_there_is(id: str) -> None:
    row = rows()[id]
    assert row.statement
    assert row.source
    if row.is_planned:
        assert not row.tests
        assert id not in citations(), f"{id} is planned, and cited in {citations()[id]}"
        return
    files = set(re.findall(r"`([\w.]+)`", row.code))
    assert files, id
    cited = citations().get(id, set())
    assert files <= cited, f"{id} is cited in {cited}"
    tests = set(re.findall(r"`([\w/]+\.py::test_\w+)`", row.tests))
    assert tests, id
    assert tests <= test_functions(), tests - test_functions()
