"""Modules that are imported when something of them is first used.

SciPy and scikit-learn take longer to import than a small network to train, and no name of an
option needs NumPy. Type checkers are given the import itself:

    if TYPE_CHECKING:
        import numpy as np
    else:
        np = late("numpy")
"""

from __future__ import annotations

import importlib
from typing import Any, final

__all__ = ["LateModule", "late"]


@final
class LateModule:
    """Stands for a module; an attribute that has been used once costs as much as a module's."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        value = getattr(importlib.import_module(self._name), name)
        self.__dict__[name] = value
        return value

    def __repr__(self) -> str:
        return f"<late module {self._name!r}>"


def late(name: str) -> Any:
    """The module of that name, imported at the first use."""
    return LateModule(name)
