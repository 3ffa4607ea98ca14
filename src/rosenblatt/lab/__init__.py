"""Claims about neural networks, put to the test: what theory predicts, what is measured.

`run("L16")` runs one of the `experiments()`; its result says whether the claim holds, holds under
a condition, or does not hold.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rosenblatt.lab.registry import experiments
    from rosenblatt.lab.result import Result
    from rosenblatt.lab.running import run

__all__ = ["Result", "experiments", "run"]

MODULE_OF = {"Result": "result", "experiments": "registry", "run": "running"}


def __getattr__(name: str) -> Any:
    if name not in MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
