"""Activations as C functions: of one number, or of a row for softmax, which mixes units."""

from __future__ import annotations

import re
from typing import Any, final

from rosenblatt.activations import Activation, Elementwise
from rosenblatt.activations.registration import REGISTRY
from rosenblatt.export.c_number import CNumber
from rosenblatt.export.trained import form_of

__all__ = ["CFunctions"]


@final
class CFunctions:
    """The functions that a network needs, each once, in an order in which C can read them.

    Their names begin with the network's, so that none can be another file's.
    """

    def __init__(self, prefix: str, number: CNumber) -> None:
        self.prefix, self.number = prefix, number
        self.names: dict[Activation, str] = {}
        self.texts: list[str] = []

    def applied(self, activation: Activation, row: str, n: int) -> str:
        """The statement that puts a row of n numbers through an activation."""
        name = self.function_of(activation)
        if isinstance(activation, Elementwise):
            return f"for (i = 0; i < {n}; i++) {row}[i] = {name}({row}[i]);"
        return f"{name}({row}, {n});"

    # What a registered form of an activation is written with.

    @property
    def real(self) -> str:
        return self.number.real

    def literal(self, x: float) -> str:
        return self.number.literal(x)

    def call(self, function: str) -> str:
        return self.number.call(function)

    def function_of(self, activation: Any) -> str:
        """The name of an activation's function, which is written if it is not there yet."""
        if activation not in self.names:
            name = f"{self.prefix}_{snake(type(activation).__name__)}"
            # Two of a kind differ in their numbers.
            alike = sum(type(other) is type(activation) for other in self.names)
            name = f"{name}_{alike + 1}" if alike else name
            self.texts.append(self._text(activation, name))  # after those that it calls
            self.names[activation] = name
        return self.names[activation]

    def _text(self, activation: Activation, name: str) -> str:
        form = form_of(REGISTRY, activation, "c")
        body = form if isinstance(form, str) else form(activation, self)
        lines = "\n    ".join(body.splitlines())
        if isinstance(activation, Elementwise):
            return f"static {self.real} {name}({self.real} z)\n{{\n    {lines}\n}}\n"
        return f"static void {name}({self.real} *a, long n)\n{{\n    {lines}\n}}\n"


def snake(name: str) -> str:
    """LeakyReLU is leaky_relu, GELU gelu."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
