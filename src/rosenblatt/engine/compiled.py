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

__all__ = ["hand_in_blas", "module"]


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
    atexit.register(chosen.at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=chosen.after_fork_in_child)
    return chosen


@cache
def hand_in_blas(build: Any) -> None:
    """Give a build of the compiled module the matrix products of SciPy's BLAS.

    Only what calls them needs them, and SciPy takes a fifth of a second to import.
    """
    build.use_blas(*gemm_capsules())
