"""Names that have moved: they work for one version more, with a FutureWarning."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from rosenblatt.support.caller_warning import warn_caller

__all__ = ["accept_old_method", "moved_attribute", "warn_old_method"]


def moved_attribute(module: str, name: str, moved: Mapping[str, str]) -> Any:
    """An attribute of another module, for `__getattr__` of the module where it was.

    Raises
    ------
    AttributeError
        If `name` is not in `moved`.
    """
    if name not in moved:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    warn_caller(
        f"{module}.{name} has moved: import it from {moved[name]}. The old name goes in 0.3.",
        FutureWarning,
    )
    return getattr(importlib.import_module(moved[name]), name)


def accept_old_method(cls: type, old: str, new: str) -> None:
    """Let a subclass define a method by the name it had before, with a FutureWarning."""
    if old in vars(cls) and new not in vars(cls):
        warn_caller(
            f"{cls.__name__}.{old} is now called {new}: rename it. The old name goes in 0.3.",
            FutureWarning,
        )
        setattr(cls, new, vars(cls)[old])


def warn_old_method(member: object, old: str, new: str) -> None:
    """The FutureWarning of a method that is called by the name it had before."""
    warn_caller(
        f"{type(member).__name__}.{old} is now called {new}. The old name goes in 0.3.",
        FutureWarning,
    )
