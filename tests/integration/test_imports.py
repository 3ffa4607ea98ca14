"""The package's modules: no import circle, and no private calls from one room into another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import rosenblatt

ROOT = Path(rosenblatt.__file__).parent
FILES = {
    ".".join(("rosenblatt", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted([*ROOT.rglob("*.py"), *ROOT.rglob("*.pyi")])
}


def module_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run with the module, and those under `if TYPE_CHECKING`."""
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        statement = pending.pop()
        yield statement
        for part in ("body", "orelse", "handlers", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                pending.extend(getattr(statement, part, []))


def imported(path: Path) -> set[str]:
    found = set()
    for statement in module_level(ast.parse(path.read_text())):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            for alias in statement.names:
                inner = f"{statement.module}.{alias.name}"
                found.add(inner if inner in FILES else statement.module)
    return found & FILES.keys()


def test_no_import_circle_even_for_annotations() -> None:
    """`TopologicalSorter` raises CycleError, which names the circle."""
    # A package's face at the top is lazy, and there for type checkers alone.
    graph = {name: imported(path) for name, path in FILES.items() if name != "rosenblatt"}
    assert sum(map(len, graph.values())) > 500
    assert len(tuple(TopologicalSorter(graph).static_order())) >= len(FILES) - 1


def test_a_circle_is_found() -> None:
    with pytest.raises(ValueError, match="cycle"):
        tuple(TopologicalSorter({"a": {"b"}, "b": {"a"}}).static_order())


# Rooms that stand on the estimators, and use what is public of them.
ABOVE = (
    "curvature",
    "search",
    "ensembles",
    "cli",
    "cluster",
    "persistence",
    "pictures",
    "serving",
    "unsupervised",
)
# Of scikit-learn, whose classes they derive from or whose conventions they follow.
OF_SCIKIT_LEARN = {
    "_scorers",
    "_skl_callbacks",
    "_parameter_constraints",
    "_validate_params",
    "_fit_context",
}


# `aside` is a copy of `self`; `os._exit` is public in spite of its name.
OWN = ("self", "cls", "aside", "os")


def private_uses(path: Path) -> list[str]:
    """Private attributes of other objects than these: 'line: name'."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Attribute) or not node.attr.startswith("_"):
            continue
        own = isinstance(node.value, ast.Name) and node.value.id in OWN
        dunder = node.attr.startswith("__")
        if not (own or dunder or node.attr in OF_SCIKIT_LEARN):
            found.append(f"{node.lineno}: {node.attr}")
    return found


@pytest.mark.parametrize("room", ABOVE)
def test_rooms_above_call_nothing_private_of_the_estimators(room: str) -> None:
    uses = {path.name: private_uses(path) for path in sorted((ROOT / room).glob("*.py"))}
    assert {name: found for name, found in uses.items() if found} == {}


def test_a_private_use_is_found(tmp_path: Path) -> None:
    path = tmp_path / "code.py"
    path.write_text("def f(est, self):\n    est._begin()\n    self._own()\n    est.fit()\n")
    assert private_uses(path) == ["2: _begin"]
