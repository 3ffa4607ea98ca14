"""Modules that have moved: they can be imported by their old names for one version more.

No imports but the lightest, which that of the package waits for.
"""

import sys

TYPE_CHECKING = False  # as typing has it
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = ["MOVED_MODULES", "install_finder"]

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


class MovedModuleLoader:
    """Loads a module under its old name as an alias of the new one."""

    def __init__(self, new: str) -> None:
        self.new = new

    def create_module(self, spec: "ModuleSpec") -> "ModuleType":
        from types import ModuleType

        from rosenblatt.support.caller_warning import warn_caller

        warn_caller(
            f"{spec.name} has moved: import {self.new}. The old name goes in 0.3.", FutureWarning
        )
        return ModuleType(spec.name)

    def exec_module(self, module: "ModuleType") -> None:
        import importlib

        new = importlib.import_module(self.new)
        public = [name for name in vars(new) if not name.startswith("__")]
        vars(module).update({name: getattr(new, name) for name in public})
        module.__doc__ = new.__doc__


class MovedModuleFinder:
    """Finds the modules of `MOVED_MODULES` under their old names.

    Neither class derives from importlib.abc, whose import would delay that of the package.
    """

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None", target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        new = MOVED_MODULES.get(fullname)
        if new is None:
            return None
        from importlib.machinery import ModuleSpec

        loader: object = MovedModuleLoader(new)
        return ModuleSpec(fullname, loader)  # type: ignore[arg-type]


def install_finder() -> None:
    """Make the old module names importable; finders for existing modules come first."""
    if not any(isinstance(finder, MovedModuleFinder) for finder in sys.meta_path):
        sys.meta_path.append(MovedModuleFinder())
