"""The stub of the compiled module lists what the builds have, arguments and defaults included."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import rosenblatt.engine
from tests.support.native_cases import each_build

STUB = ast.parse((Path(rosenblatt.engine.__file__).parent / "_native.pyi").read_text())

# Of one argument: its name, and whether it has a default value.
Arguments = list[tuple[str, bool]]


def functions(body: list[ast.stmt]) -> dict[str, list[Arguments]]:
    """The stub's functions or methods: name -> the arguments of each overload."""
    found: dict[str, list[Arguments]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args]
            n_required = len(names) - len(node.args.defaults)
            arguments = [(name, i >= n_required) for i, name in enumerate(names)]
            found.setdefault(node.name, []).append([a for a in arguments if a[0] != "self"])
    return found


def signatures(function: Any) -> list[Arguments]:
    """The same of a compiled function, from the signatures that nanobind keeps."""
    found = []
    for text, *_ in function.__nb_signature__:
        # Defaults are numbered placeholders, and annotations may hold anything but "def".
        bare = re.sub(r"dict\([^)]*\)|\[[^\[\]]*\]", "", text)
        while (shorter := re.sub(r"\[[^\[\]]*\]", "", bare)) != bare:
            bare = shorter
        inner = bare[bare.index("(") + 1 : bare.rindex(")")]
        parts = [part.strip() for part in inner.split(",") if part.strip() not in ("", "/", "*")]
        arguments = [(re.split(r"[:=\s]", part)[0], "=" in part) for part in parts]
        found.append([a for a in arguments if a[0] != "self"])
    return found


def classes() -> dict[str, ast.ClassDef]:
    return {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}


def public(names: Any) -> set[str]:
    return {name for name in names if not name.startswith("_")}


@each_build
def test_functions(build: Any) -> None:
    stub = functions(STUB.body)
    compiled = public(vars(build)) - classes().keys()
    assert set(stub) == compiled
    for name, overloads in stub.items():
        assert signatures(getattr(build, name)) == overloads, name


@each_build
def test_classes(build: Any) -> None:
    assert {name for name, value in vars(build).items() if inspect.isclass(value)} == set(classes())
    for name, node in classes().items():
        cls, methods = getattr(build, name), functions(node.body)
        assert public(vars(cls)) == public(methods), name
        for method, overloads in methods.items():
            attribute = inspect.getattr_static(cls, method)
            if isinstance(attribute, property):
                assert overloads == [[]]
            else:
                assert signatures(attribute) == overloads, (name, method)


@pytest.mark.parametrize("stem", ["Matrix", "Data", "Engine", "Run", "Predictor"])
def test_the_classes_of_both_float_types_are_alike(stem: str) -> None:
    single, double = (ast.dump(classes()[f"{stem}{bits}"]) for bits in (32, 64))
    assert re.sub(r"\b([A-Z][a-z]+)32\b", r"\g<1>64", single) == double
