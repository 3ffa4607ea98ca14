"""The constants, functions and statements of one C file, as layers add them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from math import prod
from typing import final

import numpy as np

from rosenblatt.activations import Activation
from rosenblatt.export.c_activations import CFunctions
from rosenblatt.export.c_number import CNumber
from rosenblatt.export.trained import form_of
from rosenblatt.network import Layer, TrainedLayer
from rosenblatt.network.registration import REGISTRY as LAYERS
from rosenblatt.normalizations import Normalization
from rosenblatt.normalizations.registration import REGISTRY as NORMALIZATIONS
from rosenblatt.support.types import FloatArray

__all__ = ["CBody", "CFile", "CLayerWriter"]


@final
class CFile:
    """What one file consists of; every name in it begins with `prefix`."""

    def __init__(self, prefix: str, number: CNumber) -> None:
        self.prefix, self.number = prefix, number
        self.functions = CFunctions(prefix, number)
        self.helpers: dict[str, str] = {}
        self.constants: list[str] = []
        self.n_constants = 0
        self.names: set[str] = set()

    def unique(self, name: str) -> str:
        """The name, with a number behind it if it is taken."""
        choices = (name if k == 1 else f"{name}_{k}" for k in itertools.count(1))
        chosen = next(choice for choice in choices if choice not in self.names)
        self.names.add(chosen)
        return chosen


@final
class CBody:
    """The statements of a function that fills an array `out` from an array `x`.

    `arrays` has the lengths of those that it keeps on the stack.
    """

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.arrays: dict[str, int] = {}
        self.n_scratch = 0

    @property
    def stack(self) -> int:
        """Numbers on it."""
        return sum(self.arrays.values())

    def scratch(self, n: int) -> str:
        """A new array of n numbers on the stack; its name."""
        self.n_scratch += 1
        name = f"t{self.n_scratch}"
        self.arrays[name] = n
        return name

    def function(self, name: str, real: str) -> str:
        """Its definition."""
        declared = [f"{real} {array}[{n}];" for array, n in self.arrays.items()]
        if any("i = 0" in statement for statement in self.statements):
            declared.append("long i;")
        lines = "\n    ".join([*declared, *self.statements])
        return f"void {name}(const {real} *x, {real} *out)\n{{\n    {lines}\n}}\n"


@final
class CLayerWriter:
    """Adds one layer to a function of a file, with its label in names. It is a `CWriter`."""

    def __init__(self, file: CFile, body: CBody, label: str) -> None:
        self.file, self.body, self.label = file, body, label

    def literal(self, x: float) -> str:
        return self.file.number.literal(x)

    def statement(self, line: str) -> None:
        self.body.statements.append(line)

    def constant(self, which: str, array: FloatArray) -> str:
        name = self.file.unique(f"{self.file.prefix}_{which}_{self.label}")
        literals = [self.literal(x) for x in np.ravel(array).tolist()]
        self.file.n_constants += len(literals)
        lines = ",\n    ".join(", ".join(literals[i : i + 4]) for i in range(0, len(literals), 4))
        self.file.constants.append(
            f"static const {self.file.number.real} {name}[{len(literals)}] = {{\n    {lines}\n}};\n"
        )
        return name

    def helper(self, name: str, text: str) -> str:
        number, full = self.file.number, f"{self.file.prefix}_{name}"
        text = text.replace("REAL", number.real)
        for function in ("sqrt", "cos", "sin", "floor", "pow"):
            text = text.replace(function.upper(), number.call(function))
        self.file.helpers[name] = text.replace("NAME", full)
        return full

    def scratch(self, n: int) -> str:
        return self.body.scratch(n)

    def copy(self, x: str, out: str, n: int) -> None:
        if x != out:
            self.statement(f"for (i = 0; i < {n}; i++) {out}[i] = {x}[i];")

    def activate(self, activation: Activation, row: str, n: int) -> None:
        self.statement(self.file.functions.applied(activation, row, n))

    def normalize(
        self, normalization: Normalization, arrays: Mapping[str, FloatArray], row: str
    ) -> None:
        form_of(NORMALIZATIONS, normalization, "c")(normalization, arrays, self, row)

    def sequence(self, layers: Sequence[TrainedLayer], x: str, out: str) -> None:
        """Work in place where a layer can, but never on the input of the whole.

        The last layer that cannot fills `out`, those before it arrays of their own.
        """
        apart = [i for i, trained in enumerate(layers) if not self._is_in_place(trained.layer)]
        start, last = x, apart[-1] if apart else 0
        for i, trained in enumerate(layers):
            can_stay = self._is_in_place(trained.layer) and x != start
            n_out = prod(trained.layer.output_shape(trained.shape))
            target = x if can_stay else out if i >= last else self.body.scratch(n_out)
            form_of(LAYERS, trained.layer, "c")(trained, self, x, target)
            x = target
        assert x == out

    def _is_in_place(self, layer: Layer) -> bool:
        record = LAYERS.of(layer)
        return record is not None and record.is_in_place_in_c
