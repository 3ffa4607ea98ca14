"""A network as functions of a language with arrays: how a language writes each step is data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import final

from rosenblatt.activations import Activation, Softmax
from rosenblatt.export.chain_parts import parts_of_members
from rosenblatt.export.expression import Expression, Notation, Variable
from rosenblatt.export.formulas import activated, linked
from rosenblatt.export.parts import (
    Activated,
    Added,
    Appended,
    Bent,
    Gated,
    Mapped,
    Part,
    Scaled,
    Standardised,
    Sums,
)
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link
from rosenblatt.model import OutputFormat
from rosenblatt.support.types import FloatArray

__all__ = ["Dialect", "Procedure"]

# Of weights, each some twenty characters of a text: 100 MB, which Node and R read in seconds.
MOST_NUMBERS = 5_000_000


@final
@dataclass(frozen=True)
class Dialect:
    """How a language writes a procedure.

    Attributes
    ----------
    notation : Notation
    array : callable
        Writes a vector or a matrix.
    forms : mapping of step to format
        'let' of a name and a formula; 'function' of a name, an argument and statements; 'value' of
        what it gives; 'element' of an index; 'row' of what it consists of; and for each kind of
        step a value made of `h`.
    first : int
        The index of the first element.
    """

    notation: Notation
    array: Callable[[FloatArray], str]
    forms: Mapping[str, str]
    first: int


@final
@dataclass
class Procedure:
    """The constants and functions of a network, gathered step by step."""

    dialect: Dialect
    constants: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    names: dict[Activation | Link, str] = field(default_factory=dict)
    n_numbers: int = 0

    def network(self, trained: Trained) -> str:
        """The statements' last: a value made of the features `x`, a column each."""
        of_members = parts_of_members(trained, self.dialect.notation.target)
        members = [self._member(parts, trained.link) for parts in of_members]
        value = self._form("mean", ", ".join(f"{name}(x)" for name in members), str(len(members)))
        if len(members) == 1:
            value = f"{members[0]}(x)"
        both = trained.form is OutputFormat.BOTH_CLASSES
        return self._form("both", value) if both else value

    def lets(self, statements: list[str], prefix: str) -> Callable[[Expression], Variable]:
        """What adds statements that name formulas."""

        def let(x: Expression) -> Variable:
            if isinstance(x, Variable):
                return x
            name = f"{prefix}{len(statements) + 1}"
            statements.append(self._form("let", name, self.dialect.notation.text(x)))
            return Variable(name)

        return let

    def function(self, name: str, argument: str, statements: Sequence[str], value: str) -> str:
        """Its definition."""
        lines = [*statements, self._form("value", value)]
        return self._form("function", name, argument, indented("\n".join(lines)))

    def _form(self, form: str, *values: str) -> str:
        return self.dialect.forms[form].format(*values)

    def _member(self, parts: Sequence[Part], link: Link) -> str:
        """The function of one network; its name."""
        statements: list[str] = []
        for part in parts:
            self._step(part, statements)
        if link is Link.SOFTMAX:
            self._becomes(statements, self._form("softmax", "h"))
        elif link is not Link.IDENTITY:
            self._becomes(statements, self._form("each", self._link(link)))
        name = f"network{len(self.functions) + 1}"
        self.functions.append(self.function(name, "h", statements, "h"))
        return name

    def _becomes(self, statements: list[str], value: str) -> None:
        statements.append(self._form("set", "h", value))

    def _step(self, part: Part, statements: list[str]) -> None:
        """The statements that take `h` through a step."""
        match part:
            case Activated(Softmax()):
                value = self._form("softmax", "h")
            case Activated(activation):
                value = self._form("each", self._activation(activation))
            case Bent(slope):
                value = self._form("bent", self._constant(slope))
            case Gated(activation):
                value = self._form("gated", self._activation(activation))
            case Sums(weight, bias):
                value = self._form("sums", "h", self._constant(weight), self._constant(bias))
            case Scaled(factor, shift):
                value = self._form("scaled", "h", self._constant(factor), self._constant(shift))
            case Standardised(epsilon, factor, shift):
                normal = self._form("normal", self.dialect.notation.constant(epsilon))
                value = self._form("scaled", normal, self._constant(factor), self._constant(shift))
            case Added(parts, projection):
                shortcut = self._within(parts, statements)
                if projection is not None:
                    shortcut = self._form("product", shortcut, self._constant(projection))
                value = self._form("added", shortcut)
            case Appended(parts, first):
                beside = self._within(parts, statements)
                value = self._form("appended", beside, str(first))
            case Mapped(_, sources, functions):
                value = self._form("row", ",\n    ".join(self._mapped(sources, functions)))
        self._becomes(statements, value)

    def _within(self, parts: Sequence[Part], statements: list[str]) -> str:
        """The name of what `h` was before these steps."""
        name = f"x{len(statements) + 1}"
        statements.append(self._form("let", name, "h"))
        for part in parts:
            self._step(part, statements)
        return name

    def _mapped(
        self, sources: Sequence[int], functions: Sequence[Callable[[Expression], Expression]]
    ) -> list[str]:
        first, notation = self.dialect.first, self.dialect.notation
        return [
            notation.text(f(Variable(self._form("element", str(k + first)))))
            for k, f in zip(sources, functions, strict=True)
        ]

    def _constant(self, array: FloatArray) -> str:
        name = f"a{len(self.constants) + 1}"
        # Before it is written, because those of a wide network would fill the memory.
        self.n_numbers += array.size
        if self.n_numbers > MOST_NUMBERS:
            raise ValueError(
                f"the network has more than {MOST_NUMBERS:,} numbers, which are too many for a text"
                f" of {self.dialect.notation.target}: train a smaller network, or export to ONNX"
                " or C."
            )
        self.constants.append(self._form("let", name, self.dialect.array(array)))
        return name

    def _activation(self, activation: Activation) -> str:
        """The name of its function of one number, which is written if it is not there yet."""
        if activation not in self.names:
            statements: list[str] = []
            let = self.lets(statements, "t")
            (value,) = activated(activation, [Variable("z")], let, self.dialect.notation)
            self.names[activation] = self._function(statements, value)
        return self.names[activation]

    def _link(self, link: Link) -> str:
        if link not in self.names:
            statements: list[str] = []
            (value,) = linked(link, [Variable("z")], self.lets(statements, "t"))
            self.names[link] = self._function(statements, value)
        return self.names[link]

    def _function(self, statements: list[str], value: Expression) -> str:
        name = f"g{len(self.functions) + 1}"
        text = self.dialect.notation.text(value)
        self.functions.append(self.function(name, "z", statements, text))
        return name


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
