"""Docstrings of the public members: every field with its default, and the formula's source."""

from __future__ import annotations

import ast
import re
from dataclasses import MISSING, Field, fields, is_dataclass
from importlib import import_module
from inspect import isabstract
from typing import Any

import pytest

# Rooms and modules whose public classes are members that a user makes.
PLACES = (
    "activations",
    "averaging",
    "initializers",
    "losses",
    "normalizations",
    "optimizers",
    "regularization.activity",
    "regularization.clipping",
    "regularization.constraints",
    "regularization.penalties",
    "schedules",
    "second_order",
)
# Public dataclasses of those places that the library makes.
INNER = {"CurrentWeights", "Run", "Statistics"}
# Members that leave all as it is.
WITHOUT_FORMULA = {"NoAveraging", "NoClipping", "NoConstraint"}


def members() -> list[type[Any]]:
    found = []
    for place in PLACES:
        module = import_module(f"rosenblatt.{place}")
        for name in module.__all__:
            cls = getattr(module, name)
            is_member = isinstance(cls, type) and is_dataclass(cls) and not isabstract(cls)
            if is_member and name not in INNER:
                found.append(cls)
    return found


def parameters(cls: type[Any]) -> dict[str, str]:
    """From numpydoc's section: the name of each parameter, and what stands after its colon."""
    section = re.search(r"\n *Parameters\n *-{10}\n(.*?)(?:\n\n|\Z)", cls.__doc__ or "", re.DOTALL)
    if section is None:
        return {}
    lines = re.findall(r"^ *([\w, ]+) : (.+)$", section[1], re.MULTILINE)
    return {name.strip(): kind for names, kind in lines for name in names.split(",")}


def fault(field: Field[Any], kind: str | None) -> str | None:
    """What the documentation of a field lacks."""
    if kind is None:
        return "is missing"
    if field.default is None:
        return None if kind.endswith("optional") else "is not said to be optional"
    default = field.default
    if field.default_factory is not MISSING:
        default = field.default_factory()
    said = re.search(r", default (.+)$", kind)
    if default is MISSING:
        return None if said is None else "has no default"
    if said is None:
        return f"does not say its default {default!r}"
    if not isinstance(default, bool | int | float | str | tuple):
        return None if said[1] == repr(default) else f"has the default {default!r}"
    given = ast.literal_eval(said[1])
    same = given == default and type(given) is type(default)
    return None if same else f"has the default {default!r}"


@pytest.mark.parametrize("cls", members(), ids=lambda cls: cls.__name__)
def test_every_field_is_documented_with_its_default(cls: type[Any]) -> None:
    said = parameters(cls)
    faults = {f.name: fault(f, said.get(f.name)) for f in fields(cls) if f.init}
    assert not any(faults.values()), {name: found for name, found in faults.items() if found}
    assert list(said) == [f.name for f in fields(cls) if f.init]


@pytest.mark.parametrize("cls", members(), ids=lambda cls: cls.__name__)
def test_the_formula_has_its_source(cls: type[Any]) -> None:
    """A theory id, the year of a paper, or the library that it is taken from."""
    if cls.__name__ in WITHOUT_FORMULA:
        return
    source = r"\b[NLGB]\d+\b|\b(?:19|20)\d\d\b|scikit-learn|PyTorch"
    assert re.search(source, cls.__doc__ or ""), cls.__doc__


def test_the_members_are_found() -> None:
    names = {cls.__name__ for cls in members()}
    assert names >= {"Adam", "Huber", "LeakyReLU", "BatchNorm", "L2", "OneCycle", "KFAC", "EMA"}
