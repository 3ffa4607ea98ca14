"""Pages of the API reference, from the docstrings."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import get_origin

from book.writing import write

__all__ = ["MODULES", "stage_reference"]

# The public modules, as README and guide import from them.
MODULES = (
    "rosenblatt",
    "rosenblatt.activations",
    "rosenblatt.losses",
    "rosenblatt.optimizers",
    "rosenblatt.schedules",
    "rosenblatt.regularization",
    "rosenblatt.normalizations",
    "rosenblatt.initializers",
    "rosenblatt.averaging",
    "rosenblatt.stopping",
    "rosenblatt.callbacks",
    "rosenblatt.network",
    "rosenblatt.backprop",
    "rosenblatt.problem",
    "rosenblatt.model",
    "rosenblatt.second_order",
    "rosenblatt.curvature",
    "rosenblatt.tracing",
    "rosenblatt.explain",
    "rosenblatt.lab",
    "rosenblatt.tabular",
    "rosenblatt.table",
    "rosenblatt.persistence",
    "rosenblatt.perceptron",
)


def stage_reference(folder: Path) -> None:
    listed = "\n".join(f"   {name}" for name in MODULES)
    write(folder / "index.rst", f"{heading('API')}\n.. toctree::\n\n{listed}\n")
    for name in MODULES:
        write(folder / f"{name}.rst", page(name))


def page(name: str) -> str:
    """One module: its docstring, and what it exports."""
    module = importlib.import_module(name)
    exported = sorted(getattr(module, "__all__", ()))
    blocks = [heading(name), f".. automodule:: {name}\n   :no-members:\n"]
    for one in exported:
        value = getattr(module, one)
        if get_origin(value):  # an alias of a type, which autodoc takes for a function
            continue
        kind = (
            "class"
            if isinstance(value, type)
            else "function"
            if inspect.isroutine(value)
            else "data"
        )
        options = "\n   :members:" if kind == "class" else ""
        # What stands on the package's page is not listed again on a room's.
        again = "\n   :no-index:" if name != "rosenblatt" and is_top(one, value) else ""
        blocks.append(f".. auto{kind}:: {name}.{one}{options}{again}\n")
    return "\n".join(blocks)


def is_top(name: str, value: object) -> bool:
    package = importlib.import_module("rosenblatt")
    return name in package.__all__ and getattr(package, name) is value


def heading(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"
