"""Public names that have moved: they work for one version more, with a FutureWarning."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, cast, final

from rosenblatt.support.caller_warning import warn_caller

__all__ = [
    "MOVED_MODULES",
    "accept_old_method",
    "install_finder",
    "moved_attribute",
    "warn_old_method",
]

# Modules that were public in 0.1.0, and where their names are now.
MOVED_MODULES = {
    "rosenblatt.blocks": "rosenblatt.network.layer",
    "rosenblatt.clipping": "rosenblatt.regularization.clipping",
    "rosenblatt.constraints": "rosenblatt.regularization.constraints",
    "rosenblatt.dropout": "rosenblatt.regularization.dropout",
    "rosenblatt.input_noise": "rosenblatt.regularization.input_noise",
    "rosenblatt.penalties": "rosenblatt.regularization.penalties",
    "rosenblatt.separability": "rosenblatt.perceptron.separability",
}


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


@final
class MovedModuleLoader:
    """Loads a module under its old name as an alias of the new one."""

    def __init__(self, new: str) -> None:
        self.new = new

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        warn_caller(
            f"{spec.name} has moved: import {self.new}. The old name goes in 0.3.", FutureWarning
        )
        return ModuleType(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        new = importlib.import_module(self.new)
        public = [name for name in vars(new) if not name.startswith("__")]
        vars(module).update({name: getattr(new, name) for name in public})
        module.__doc__ = new.__doc__


@final
class MovedModuleFinder:
    """Finds the modules of `MOVED_MODULES` under their old names.

    Neither class derives from importlib.abc, whose import would delay that of the package.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        new = MOVED_MODULES.get(fullname)
        return None if new is None else ModuleSpec(fullname, cast(Any, MovedModuleLoader(new)))


def install_finder() -> None:
    """Make the old module names importable; finders for existing modules come first."""
    if not any(isinstance(finder, MovedModuleFinder) for finder in sys.meta_path):
        sys.meta_path.append(MovedModuleFinder())


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
