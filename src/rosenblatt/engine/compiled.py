"""The compiled module, which only this file imports.

It is built once for each instruction set, and the one that fits the processor is taken.
"""

from __future__ import annotations

import atexit
import importlib
import os
from functools import cache
from typing import Any

from rosenblatt.engine.blas import gemm_capsules

__all__ = ["module"]


@cache
def module() -> Any:
    """The widest build of the compiled module that this processor runs and this install has."""
    base = importlib.import_module("rosenblatt.engine._native")
    chosen = base
    for level in (4, 3):
        if base.cpu_level() >= level:
            try:
                chosen = importlib.import_module(f"rosenblatt.engine._native_v{level}")
                break
            except ModuleNotFoundError:  # built for one instruction set alone
                continue
    chosen.use_blas(*gemm_capsules())
    atexit.register(chosen.at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=chosen.after_fork_in_child)
    return chosen
