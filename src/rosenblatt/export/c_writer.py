"""The constants, functions and statements of one C file, as layers add them."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from rosenblatt.export.c_activations import CFunctions
from rosenblatt.export.c_number import CNumber
from rosenblatt.support.types import FloatArray

__all__ = ["CFile", "CLayerWriter"]


@final
class CFile:
    """What one file consists of; every name in it begins with `prefix`."""

    def __init__(self, prefix: str, number: CNumber) -> None:
        self.prefix, self.number = prefix, number
        self.functions = CFunctions(prefix, number)
        self.helpers: dict[str, str] = {}
        self.constants: list[str] = []
        self.statements: list[str] = []
        self.n_constants = 0


@final
class CLayerWriter:
    """Adds one layer of the network, by its number, to a file. It is a `CWriter`."""

    def __init__(self, file: CFile, layer: int) -> None:
        self.file, self.layer = file, layer

    def literal(self, x: float) -> str:
        return self.file.number.literal(x)

    def statement(self, line: str) -> None:
        self.file.statements.append(line)

    def constant(self, which: str, array: FloatArray) -> str:
        name = f"{self.file.prefix}_{which}_{self.layer}"
        literals = [self.literal(x) for x in np.ravel(array).tolist()]
        self.file.n_constants += len(literals)
        lines = ",\n    ".join(", ".join(literals[i : i + 4]) for i in range(0, len(literals), 4))
        self.file.constants.append(
            f"static const {self.file.number.real} {name}[{len(literals)}] = {{\n    {lines}\n}};\n"
        )
        return name

    def helper(self, name: str, text: str) -> str:
        number, full = self.file.number, f"{self.file.prefix}_{name}"
        text = text.replace("REAL", number.real).replace("SQRT", number.call("sqrt"))
        self.file.helpers[name] = text.replace("NAME", full)
        return full

    def activate(self, activation: Any, row: str, n: int) -> None:
        """Put an array of n numbers through an activation, in place."""
        self.statement(self.file.functions.applied(activation, row, n))
