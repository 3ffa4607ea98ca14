"""Activations as C functions of one number; softmax, which mixes units, as one of a row."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, final

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    HardSigmoid,
    HardSwish,
    HardTanh,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Step,
    Tanh,
)
from rosenblatt.activations.rectifiers import SELU_ALPHA, SELU_SCALE
from rosenblatt.activations.smooth import GELU_CUBIC, GELU_FACTOR
from rosenblatt.export.c_number import CNumber
from rosenblatt.export.trained import unknown_member

__all__ = ["CFunctions"]

# From an activation to the lines of its function's body; `of` names the function of another one.
Body = Callable[[Any, CNumber, Callable[[Activation], str]], str]


def sigmoid(g: Sigmoid, c: CNumber, of: Any) -> str:
    one = c.literal(1)
    return (
        f"{c.real} e = {c.call('exp')}(-{c.call('fabs')}(z)); /* never overflows */\n"
        f"return (z < 0 ? e : {one}) / ({one} + e);"
    )


def softplus(g: Softplus, c: CNumber, of: Any) -> str:
    return f"return (z > 0 ? z : 0) + {c.call('log1p')}({c.call('exp')}(-{c.call('fabs')}(z)));"


def exponential_linear(alpha: float, scale: float, c: CNumber) -> str:
    return f"return {times(scale, c)}(z > 0 ? z : {times(alpha, c)}{c.call('expm1')}(z));"


def gelu(g: GELU, c: CNumber, of: Any) -> str:
    if g.approximate:
        u = f"{c.literal(2 * GELU_FACTOR)} * (z + {c.literal(GELU_CUBIC)} * z * z * z)"
        return f"return z * {of(Sigmoid())}({u});"
    # The complement keeps its digits in the tail, where 1 + erf has none left.
    return f"return {c.literal(0.5)} * z * {c.call('erfc')}({c.literal(-1 / math.sqrt(2))} * z);"


def hard_sigmoid(g: HardSigmoid, c: CNumber, of: Any) -> str:
    return "return z <= -3 ? 0 : z >= 3 ? 1 : (z + 3) / 6;"


def times(factor: float, c: CNumber) -> str:
    return "" if factor == 1 else f"{c.literal(factor)} * "


BODIES: dict[type[Activation], Body] = {
    ELU: lambda g, c, of: exponential_linear(g.alpha, 1, c),
    GELU: gelu,
    HardSigmoid: hard_sigmoid,
    HardSwish: lambda g, c, of: f"return z * {of(HardSigmoid())}(z);",
    HardTanh: lambda g, c, of: "return z <= -1 ? -1 : z >= 1 ? 1 : z;",
    LeakyReLU: lambda g, c, of: f"return z > 0 ? z : {c.literal(g.leak)} * z;",
    Mish: lambda g, c, of: f"return z * {c.call('tanh')}({of(Softplus())}(z));",
    ReLU: lambda g, c, of: "return z < 0 ? 0 : z;",
    SELU: lambda g, c, of: exponential_linear(SELU_ALPHA, SELU_SCALE, c),
    SiLU: lambda g, c, of: f"return z * {of(Sigmoid())}(z);",
    Sigmoid: sigmoid,
    Softplus: softplus,
    Step: lambda g, c, of: "return z >= 0;",
    Tanh: lambda g, c, of: f"return {c.call('tanh')}(z);",
}


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
        name = self.name_of(activation)
        if isinstance(activation, Softmax):
            return f"{name}({row}, {n});"
        return f"for (i = 0; i < {n}; i++) {row}[i] = {name}({row}[i]);"

    def name_of(self, activation: Activation) -> str:
        if activation not in self.names:
            name = f"{self.prefix}_{snake(type(activation).__name__)}"
            # Two of a kind differ in their numbers.
            alike = sum(type(other) is type(activation) for other in self.names)
            name = f"{name}_{alike + 1}" if alike else name
            self.texts.append(self._text(activation, name))  # after those that it calls
            self.names[activation] = name
        return self.names[activation]

    def _text(self, activation: Activation, name: str) -> str:
        c = self.number
        if isinstance(activation, Softmax):
            text = SOFTMAX.replace("REAL", c.real).replace("EXP", c.call("exp"))
            return text.replace("NAME", name)
        body = BODIES.get(type(activation))
        if body is None:
            raise unknown_member(activation)
        lines = "\n    ".join(body(activation, c, self.name_of).splitlines())
        return f"static {c.real} {name}({c.real} z)\n{{\n    {lines}\n}}\n"


SOFTMAX = """\
static void NAME(REAL *a, long n)
{
    REAL largest = a[0], sum = 0;
    long i;
    for (i = 1; i < n; i++) if (a[i] > largest) largest = a[i];
    for (i = 0; i < n; i++) sum += a[i] = EXP(a[i] - largest);
    for (i = 0; i < n; i++) a[i] /= sum;
}
"""


def snake(name: str) -> str:
    """LeakyReLU is leaky_relu, GELU gelu."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
