"""A trained network as one C99 file that needs nothing but <math.h>.

It predicts one row at a time, without memory of its own but constants: buffers for what passes
between two layers are on the stack.
"""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import Identity, Sigmoid, Softmax
from rosenblatt.export.c_activations import CFunctions
from rosenblatt.export.c_number import c_number
from rosenblatt.export.c_text import checked_name, string
from rosenblatt.export.trained import Block, Trained, unknown_member
from rosenblatt.losses.links import Link
from rosenblatt.model import OutputFormat
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.types import FloatArray

__all__ = ["c_source"]


def c_source(trained: Trained, name: str = "predict", dtype: npt.DTypeLike | None = None) -> str:
    """The file's text, in which `name` is the function and what every other name begins with.

    Numbers are of the parameters' type, or of `dtype`.
    """
    return Writer(trained, checked_name(name), dtype).text()


@final
class Writer:
    """The constants and statements of one file, gathered layer by layer."""

    def __init__(self, trained: Trained, name: str, dtype: npt.DTypeLike | None) -> None:
        self.name = name
        self.number = c_number(trained.model.parameters.dtype if dtype is None else dtype)
        self.trained = trained = trained.converted(self.number.dtype)
        self.functions = CFunctions(name, self.number)
        self.helpers: dict[str, str] = {}
        self.constants: list[str] = []
        self.statements: list[str] = []
        self.n_constants = 0
        # What leaves the hidden layers, by turns: a layer reads the one and writes the other.
        widths = [block.layer.n_outputs for block in trained.blocks[:-1]]
        self.buffers = {k: max(widths[k::2]) for k in (0, 1) if widths[k::2]}

    def text(self) -> str:
        incoming = "x"
        last = len(self.trained.blocks) - 1
        for k, block in enumerate(self.trained.blocks):
            outgoing = "out" if k == last else buffer(k % 2)
            self._block(k + 1, block, incoming, outgoing)
            incoming = outgoing
        self._link()
        parts = [
            self._head(),
            "#include <math.h>\n",
            self._interface(),
            *self.constants,
            *self.helpers.values(),
            *self.functions.texts,
            self._function(),
        ]
        return "\n".join(parts)

    # Layers.

    def _block(self, number: int, block: Block, incoming: str, outgoing: str) -> None:
        layer, n_in, n_out = block.layer, block.n_inputs, block.layer.n_outputs
        say = self.statements.append
        say(f"/* layer {number}: {n_in} to {n_out} */")
        bias = self._constant(number, "bias", block.arrays["bias"])
        say(f"for (i = 0; i < {n_out}; i++) {outgoing}[i] = {bias}[i];")
        self._product(number, "weight", block, incoming, outgoing)
        match layer.normalization:
            case None:
                pass
            case LayerNorm(epsilon):
                self._layer_norm(number, block, outgoing, epsilon)
            case BatchNorm(epsilon):
                self._batch_norm(number, block, outgoing, epsilon)
            case other:
                raise unknown_member(other)
        if not isinstance(layer.activation, Identity):
            say(self.functions.applied(layer.activation, outgoing, n_out))
        if "projection" in block.arrays:
            self._product(number, "projection", block, incoming, outgoing)
        elif layer.residual:
            say(f"for (i = 0; i < {n_out}; i++) {outgoing}[i] += {incoming}[i];")

    def _product(self, number: int, which: str, block: Block, incoming: str, outgoing: str) -> None:
        helper = self._helper("add_product", ADD_PRODUCT)
        matrix = self._constant(number, which, block.arrays[which])
        sizes = f"{block.n_inputs}, {block.layer.n_outputs}"
        self.statements.append(f"{helper}({incoming}, {matrix}, {sizes}, {outgoing});")

    def _layer_norm(self, number: int, block: Block, row: str, epsilon: float) -> None:
        helper = self._helper("layer_norm", LAYER_NORM)
        scale = self._constant(number, "scale", block.arrays["scale"])
        shift = self._constant(number, "shift", block.arrays["shift"])
        n, e = block.layer.n_outputs, self.number.literal(epsilon)
        self.statements.append(f"{helper}({row}, {scale}, {shift}, {n}, {e});")

    def _batch_norm(self, number: int, block: Block, row: str, epsilon: float) -> None:
        # Divided in double precision, and rounded once.
        exact = {name: array.astype(np.float64) for name, array in block.arrays.items()}
        factor = exact["scale"] / np.sqrt(exact["running_var"] + epsilon)
        helper = self._helper("batch_norm", BATCH_NORM)
        mean = self._constant(number, "mean", exact["running_mean"])
        scale = self._constant(number, "scale", factor)
        shift = self._constant(number, "shift", exact["shift"])
        n = block.layer.n_outputs
        self.statements.append(f"{helper}({row}, {mean}, {scale}, {shift}, {n});")

    def _link(self) -> None:
        n, say = self.trained.model.network.n_outputs, self.statements.append
        match self.trained.link:
            case Link.LOGISTIC:
                say(self.functions.applied(Sigmoid(), "out", n))
            case Link.SOFTMAX:
                say(self.functions.applied(Softmax(), "out", n))
            case Link.EXP:
                say(f"for (i = 0; i < {n}; i++) out[i] = {self.number.call('exp')}(out[i]);")
            case Link.IDENTITY:
                pass
        if self.trained.form is OutputFormat.BOTH_CLASSES:
            say("out[1] = out[0];")
            say("out[0] = 1 - out[1];")

    # What they consist of.

    def _helper(self, name: str, text: str) -> str:
        full = f"{self.name}_{name}"
        text = text.replace("REAL", self.number.real).replace("SQRT", self.number.call("sqrt"))
        self.helpers[name] = text.replace("NAME", full)
        return full

    def _constant(self, number: int, which: str, array: FloatArray) -> str:
        name = f"{self.name}_{which}_{number}"
        literals = [self.number.literal(x) for x in np.ravel(array).tolist()]
        self.n_constants += len(literals)
        lines = ",\n    ".join(", ".join(literals[i : i + 4]) for i in range(0, len(literals), 4))
        self.constants.append(
            f"static const {self.number.real} {name}[{len(literals)}] = {{\n    {lines}\n}};\n"
        )
        return name

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
            f" * C99 and <math.h>, nothing else. Constants: {self.n_constants * size} bytes."
            f" Stack: {sum(self.buffers.values()) * size} bytes of\n"
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

    def _function(self) -> str:
        real = self.number.real
        declared = [f"{real} {buffer(k)}[{width}];" for k, width in self.buffers.items()]
        lines = "\n    ".join([*declared, "long i;", *self.statements])
        return f"void {self.name}(const {real} *x, {real} *out)\n{{\n    {lines}\n}}\n"


def buffer(parity: int) -> str:
    return "even" if parity else "odd"


ADD_PRODUCT = """\
static void NAME(const REAL *x, const REAL *matrix, long n_in, long n_out, REAL *sums)
{
    long i, j;
    for (i = 0; i < n_in; i++)
        for (j = 0; j < n_out; j++)
            sums[j] += x[i] * *matrix++;
}
"""
LAYER_NORM = """\
static void NAME(REAL *h, const REAL *scale, const REAL *shift, long n, REAL epsilon)
{
    REAL mean = 0, variance = 0;
    long i;
    for (i = 0; i < n; i++) mean += h[i];
    mean /= n;
    for (i = 0; i < n; i++) variance += (h[i] - mean) * (h[i] - mean);
    variance /= n;
    if (isinf(variance)) variance = NAN; /* no row would differ from its mean */
    for (i = 0; i < n; i++)
        h[i] = scale[i] * ((h[i] - mean) / SQRT(variance + epsilon)) + shift[i];
}
"""
# The running statistics are constants, and the scale that stands here is over the deviation.
BATCH_NORM = """\
static void NAME(
    REAL *h, const REAL *mean, const REAL *scale, const REAL *shift, long n)
{
    long i;
    for (i = 0; i < n; i++) h[i] = scale[i] * (h[i] - mean[i]) + shift[i];
}
"""
