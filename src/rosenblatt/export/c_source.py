"""A trained network as one C99 file that needs nothing but <math.h>.

It predicts one row at a time, without memory of its own but constants: buffers for what passes
between two layers are on the stack.
"""

from __future__ import annotations

from typing import final

import numpy.typing as npt

from rosenblatt.activations import Sigmoid, Softmax
from rosenblatt.export.c_number import c_number
from rosenblatt.export.c_text import checked_name, string
from rosenblatt.export.c_writer import CFile, CLayerWriter
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link
from rosenblatt.model import OutputFormat

__all__ = ["c_source"]


def c_source(trained: Trained, name: str = "predict", dtype: npt.DTypeLike | None = None) -> str:
    """The file's text, in which `name` is the function and what every other name begins with.

    Numbers are of the parameters' type, or of `dtype`.
    """
    return Writer(trained, checked_name(name), dtype).text()


@final
class Writer:
    """One file, written layer by layer."""

    def __init__(self, trained: Trained, name: str, dtype: npt.DTypeLike | None) -> None:
        self.name = name
        self.number = c_number(trained.model.parameters.dtype if dtype is None else dtype)
        self.trained = trained = trained.converted(self.number.dtype)
        self.file = CFile(name, self.number)
        # What leaves the hidden layers, by turns: a layer reads the one and writes the other.
        widths = [n_out for _, n_out in trained.model.network.shapes[:-1]]
        self.buffers = {k: max(widths[k::2]) for k in (0, 1) if widths[k::2]}

    def text(self) -> str:
        incoming = "x"
        last = len(self.trained.layers) - 1
        for k, trained in enumerate(self.trained.layers):
            outgoing = "out" if k == last else buffer(k % 2)
            c = CLayerWriter(self.file, k + 1)
            n_in, n_out = self.trained.model.network.shapes[k]
            c.statement(f"/* layer {k + 1}: {n_in} to {n_out} */")
            c.sequence([trained], incoming, outgoing)
            incoming = outgoing
        self._link(CLayerWriter(self.file, last + 2))
        parts = [
            self._head(),
            "#include <math.h>\n",
            self._interface(),
            *self.file.constants,
            *self.file.helpers.values(),
            *self.file.functions.texts,
            self._function(),
        ]
        return "\n".join(parts)

    def _link(self, c: CLayerWriter) -> None:
        n = self.trained.model.network.n_outputs
        match self.trained.link:
            case Link.LOGISTIC:
                c.activate(Sigmoid(), "out", n)
            case Link.SOFTMAX:
                c.activate(Softmax(), "out", n)
            case Link.EXP:
                exp = self.number.call("exp")
                c.statement(f"for (i = 0; i < {n}; i++) out[i] = {exp}(out[i]);")
            case Link.IDENTITY:
                pass
        if self.trained.form is OutputFormat.BOTH_CLASSES:
            c.statement("out[1] = out[0];")
            c.statement("out[0] = 1 - out[1];")

    def _head(self) -> str:
        size = self.number.dtype.itemsize
        network = self.trained.model.network
        outputs = (
            f"the probabilities of {self.name}_classes, in this order"
            if self.trained.classes
            else "the predictions"
        )
        return (
            f"/* A feed-forward network, {self.trained}, written by rosenblatt.\n"
            " *\n"
            f" * {self.name}(x, out) reads {network.n_inputs} numbers at x and writes"
            f" {self.trained.n_outputs} to out, which\n"
            f" * must not overlap: {outputs}.\n"
            " *\n"
            f" * C99 and <math.h>, nothing else. Constants: {self.file.n_constants * size} bytes."
            f" Stack: {self._stack * size} bytes of\n"
            " * buffers and what a few calls take. It may be called from several threads at once.\n"
            " */"
        )

    def _interface(self) -> str:
        real, name = self.number.real, self.name
        text = (
            f"enum {{ {name}_n_inputs = {self.trained.model.network.n_inputs},"
            f" {name}_n_outputs = {self.trained.n_outputs} }};\n"
            f"void {name}(const {real} *x, {real} *out);\n"
        )
        if not self.trained.classes:
            return text
        labels = ",\n    ".join(map(string, self.trained.classes))
        declared = f"const char *const {name}_classes[{len(self.trained.classes)}]"
        return f"{text}extern {declared};\n{declared} = {{\n    {labels}\n}};\n"

    @property
    def _stack(self) -> int:
        return sum(self.buffers.values()) + sum(self.file.arrays.values())

    def _function(self) -> str:
        real = self.number.real
        declared = [f"{real} {buffer(k)}[{width}];" for k, width in self.buffers.items()]
        declared += [f"{real} {name}[{n}];" for name, n in self.file.arrays.items()]
        lines = "\n    ".join([*declared, "long i;", *self.file.statements])
        return f"void {self.name}(const {real} *x, {real} *out)\n{{\n    {lines}\n}}\n"


def buffer(parity: int) -> str:
    return "even" if parity else "odd"
