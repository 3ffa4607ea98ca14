"""What the bits of a fit hang on beside the program: the engine's build, and NumPy, SciPy and BLAS.

A fit on native kernels alone follows from the instruction set that the engine is built for, the
compiler and the C library, whose exp, log and pow it calls. Where NumPy, SciPy or BLAS compute as
well, their versions and the kernels that they take on a processor count besides.
"""

from __future__ import annotations

import importlib
import os
import platform
import re
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from threadpoolctl import ThreadpoolController

__all__ = ["LEVELS", "arrays_environment", "engine_environment", "take_level"]

# x86-64-v4 with AVX-512, x86-64-v3 with AVX2, and what every processor runs.
LEVELS = (4, 3, 0)


def take_level(level: int) -> bool:
    """Have this process take the engine's build of that level; False where it cannot.

    To be called before the engine is used.
    """
    base: Any = importlib.import_module("rosenblatt.engine._native")
    if base.cpu_level() < level or importlib.util.find_spec(build_name(level)) is None:
        return False
    base.cpu_level = lambda: level
    return True


def build_name(level: int) -> str:
    return "rosenblatt.engine._native" + (f"_v{level}" if level else "")


def engine_environment() -> dict[str, str]:
    """What a native fit hangs on beside its level."""
    module = importlib.import_module("rosenblatt.engine._native")
    note = re.search(
        rb"(GCC|clang)[^\0]*?(\d+\.\d+)\.\d+", Path(module.__file__ or "").read_bytes()
    )
    compiler = b" ".join(note.groups()).decode() if note else "unknown"
    return {
        "machine": platform.machine(),
        "compiler": compiler,
        "C library": " ".join(platform.libc_ver()),
    }


def arrays_environment() -> dict[str, str]:
    """What a fit hangs on besides, where NumPy, SciPy and their BLAS compute."""
    from numpy._core._multiarray_umath import __cpu_features__ as features

    found = {"numpy": np.__version__, "scipy": scipy.__version__}
    found["vectors"] = next((v for v in ("X86_V4", "X86_V3", "X86_V2") if features.get(v)), "other")
    for lib in ThreadpoolController().select(user_api="blas").lib_controllers:
        owner = Path(lib.filepath).parent.name.partition(".")[0]
        kernels = getattr(lib, "architecture", "unknown kernels")
        found[f"BLAS of {owner}"] = f"{lib.internal_api} {lib.version} {kernels}"
    return found


def as_told(kernels: str, avx512: bool) -> dict[str, str]:
    """The variables under which a process has OpenBLAS's kernels of that name."""
    names = {"OPENBLAS_CORETYPE": kernels}
    if not avx512:
        names["NPY_DISABLE_CPU_FEATURES"] = "X86_V4 AVX512_ICL"
    return {k: v for k, v in os.environ.items() if k not in names} | names
