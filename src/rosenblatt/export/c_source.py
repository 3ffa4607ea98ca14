"""A trained network as one C99 file that needs nothing but <math.h>.

It predicts one row at a time, without memory of its own but constants: buffers for what passes
between two layers are on the stack. Of several networks each has a function of its own, and their
mean the one that is called, so that the stack holds the buffers of one at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import final

import numpy.typing as npt

from rosenblatt.activations import Softmax
from rosenblatt.export.c_number import c_number
from rosenblatt.export.c_text import checked_name, string
from rosenblatt.export.c_writer import CBody, CFile, CLayerWriter
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link
from rosenblatt.model import OutputFormat
from rosenblatt.network import TrainedLayer

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
        self.number = c_number(trained.model.dtype if dtype is None else dtype)
        self.trained = trained.converted(self.number.dtype)
        self.file = CFile(name, self.number)
        self.members: list[str] = []
        self.stack = 0

    def text(self) -> str:
        chains = self.trained.chains
        body = self._network(chains[0], "") if len(chains) == 1 else self._mean(chains)
        self.stack += body.stack
        if self.trained.form is OutputFormat.BOTH_CLASSES:
            body.statements += ["out[1] = out[0];", "out[0] = 1 - out[1];"]
        parts = [
            self._head(),
            "#include <math.h>\n",
            self._interface(),
            *self.file.constants,
            *self.file.helpers.values(),
            *self.file.functions.texts,
            *self.members,
            body.function(self.name, self.number.real),
        ]
        return "\n".join(parts)

    def _network(self, layers: Sequence[TrainedLayer], label: str) -> CBody:
        """The function of one network, with a label before the numbers of its layers in names."""
        body = CBody()
        sizes = [prod(layer.layer.output_shape(layer.shape)) for layer in layers]
        # What leaves the hidden layers, by turns: a layer reads the one and writes the other.
        for parity in (0, 1):
            if widths := sizes[:-1][parity::2]:
                body.arrays[buffer(parity)] = max(widths)
        incoming, n_members = "x", self.trained.n_members(layers)
        last = "out" if n_members == 1 else body.scratch(sizes[-1])
        for k, (layer, n_out) in enumerate(zip(layers, sizes, strict=True)):
            outgoing = last if k == len(layers) - 1 else buffer(k % 2)
            c = CLayerWriter(self.file, body, f"{label}{k + 1}")
            c.statement(f"/* layer {k + 1}: {prod(layer.shape)} to {n_out} */")
            c.sequence([layer], incoming, outgoing)
            incoming = outgoing
        c = CLayerWriter(self.file, body, f"{label}{len(layers) + 1}")
        self._link(c, last, n_members)
        if n_members > 1:
            helper, n = (
                c.helper("mean_of_members", MEAN_OF_MEMBERS_IN_C),
                self.trained.model.n_outputs,
            )
            c.statement(f"{helper}({last}, {n_members}, {n}, out);")
        return body

    def _mean(self, chains: Sequence[Sequence[TrainedLayer]]) -> CBody:
        """The function of the mean; those of the members come before it in the file."""
        body, n = CBody(), self.trained.model.n_outputs
        body.arrays["one"] = n
        for k, layers in enumerate(chains, 1):
            own, function = self._network(layers, f"{k}_"), f"{self.name}_member_{k}"
            self.members.append(f"static {own.function(function, self.number.real)}")
            self.stack = max(self.stack, own.stack)
            out = "out" if k == 1 else "one"
            body.statements.append(f"{function}(x, {out});")
            if k > 1:
                body.statements.append(f"for (i = 0; i < {n}; i++) out[i] += one[i];")
        body.statements.append(f"for (i = 0; i < {n}; i++) out[i] /= {len(chains)};")
        return body

    def _link(self, c: CLayerWriter, scores: str, n_members: int) -> None:
        width = self.trained.model.n_outputs
        n = width * n_members
        match self.trained.link:
            case Link.LOGISTIC:
                logistic = c.helper("logistic", LOGISTIC_IN_C)
                c.statement(f"for (i = 0; i < {n}; i++) {scores}[i] = {logistic}({scores}[i]);")
            case Link.SOFTMAX:
                for start in range(0, n, width):
                    c.activate(Softmax(), f"{scores} + {start}" if start else scores, width)
            case Link.EXP:
                exp = self.number.call("exp")
                c.statement(f"for (i = 0; i < {n}; i++) {scores}[i] = {exp}({scores}[i]);")
            case Link.IDENTITY:
                pass

    def _head(self) -> str:
        size = self.number.dtype.itemsize
        outputs = (
            f"the probabilities of {self.name}_classes, in this order"
            if self.trained.classes
            else "the predictions"
        )
        return (
            f"/* {self.trained}, written by rosenblatt.\n"
            " *\n"
            f" * {self.name}(x, out) reads {self.trained.model.n_inputs} numbers at x and writes"
            f" {self.trained.n_outputs} to out, which\n"
            f" * must not overlap: {outputs}.\n"
            " *\n"
            " * They are infinite or NaN where a sum within the network is beyond"
            f" {self.number.real}: isfinite() tells.\n"
            " *\n"
            f" * C99 and <math.h>, nothing else. Constants: {self.file.n_constants * size} bytes."
            f" Stack: {self.stack * size} bytes of\n"
            " * buffers and what a few calls take. It may be called from several threads at once.\n"
            " */"
        )

    def _interface(self) -> str:
        real, name = self.number.real, self.name
        text = (
            f"enum {{ {name}_n_inputs = {self.trained.model.n_inputs},"
            f" {name}_n_outputs = {self.trained.n_outputs} }};\n"
            f"void {name}(const {real} *x, {real} *out);\n"
        )
        if not self.trained.classes:
            return text
        labels = ",\n    ".join(map(string, self.trained.classes))
        declared = f"const char *const {name}_classes[{len(self.trained.classes)}]"
        return f"{text}extern {declared};\n{declared} = {{\n    {labels}\n}};\n"


LOGISTIC_IN_C = """\
/* In double, so that no larger score has a smaller probability when that is rounded. */
static REAL NAME(REAL s)
{
    double e = exp(-fabs((double)s)), small = e / (1 + e);
    return (REAL)(s >= 0 ? 1 - small : small);
}
"""
MEAN_OF_MEMBERS_IN_C = """\
static void NAME(const REAL *members, long k, long n, REAL *mean)
{
    long m, i;
    for (i = 0; i < n; i++)
        mean[i] = 0;
    for (m = 0; m < k; m++)
        for (i = 0; i < n; i++)
            mean[i] += *members++;
    for (i = 0; i < n; i++)
        mean[i] /= k;
}
"""


def buffer(parity: int) -> str:
    return "even" if parity else "odd"
