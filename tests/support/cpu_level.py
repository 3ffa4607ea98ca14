"""The processor's level, as a compiler's name for it."""

from __future__ import annotations

import importlib

# None where the plainest build runs: its products are BLAS's, which a program of its own has not.
LEVEL = {3: "x86-64-v3", 4: "x86-64-v4"}.get(
    importlib.import_module("rosenblatt.engine._native").cpu_level()
)
