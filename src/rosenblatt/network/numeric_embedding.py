"""Numbers as vectors: a basis of each, a linear layer of its own, an activation (theory N6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from rosenblatt.activations import Activation, Elementwise, Identity
from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.affine import width
from rosenblatt.network.bases import Basis
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_boolean, check_count
from rosenblatt.support.listing import brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["NumericEmbedding"]


@final
@dataclass(frozen=True)
class NumericEmbedding(Layer):
    """[g(h(x₁) W₁ + b₁) | … | g(h(xₙ) Wₙ + bₙ)], behind it x if it is kept, then the rest (N6).

    Every feature has a linear layer of its own over its basis h (Gorishniy, Rubachev & Babenko
    2022). With the names of that paper and of RealMLP's (Holzmüller, Grinsztajn & Steinwart 2024):

    - PL, PLR: `NumericEmbedding(Periodic(48, 0.01), 24)`, and the same with `ReLU()`
    - PBLD: `NumericEmbedding(Periodic(16, 0.1, has_phase=True), 3, keeps_input=True)`
    - Q-L, T-L, Q-LR, T-LR: `NumericEmbedding(Pieces(edges), 8)` with edges at quantiles or at the
      splits of a tree, and the same with `ReLU()`

    Samples of the shape (n,) become (n · width,), and n more where the input is kept. Of a mixed
    table with the numbers first, `n_numbers` leaves the features behind them as they are. The
    parameters are those of the basis, `weight` of shape (n, m, width) and `bias` of
    shape (n, width).

    Parameters
    ----------
    basis : Basis
        `Periodic` or `Pieces`.
    width : int
        Numbers of each feature's vector.
    activation : Activation, default Identity()
        Of single numbers.
    keeps_input : bool, default False
        Whether the features follow their vectors, as they are.
    n_numbers : int, optional
        n: that many features, the first ones, are embedded. By default all.

    Raises
    ------
    ValueError
        For a width below 1, an activation of several numbers, or more numbers than features.
    """

    basis: Layer
    width: int
    activation: Activation = field(default_factory=Identity)
    keeps_input: bool = False
    n_numbers: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.basis, Basis):
            raise ValueError(
                f"an embedding takes a basis such as Periodic(), got {brief(self.basis)}"
            )
        check_count("width", self.width)
        check_boolean("keeps_input", self.keeps_input)
        if self.width < 1:
            raise ValueError(f"an embedding has one number or more, got width={self.width}")
        if self.n_numbers is not None:
            check_count("n_numbers", self.n_numbers)
            if self.n_numbers < 1:
                raise ValueError(f"an embedding takes one number or more, got {self.n_numbers}")
        if not isinstance(self.activation, Elementwise):
            raise ValueError(
                f"an embedding takes single numbers, and {brief(self.activation)} does not"
            )

    def embedded(self, shape: Shape) -> Shape:
        """(n,): the shape of the features that are embedded."""
        n = width(self, shape)
        if self.n_numbers is not None and self.n_numbers > n:
            raise ValueError(f"{self.n_numbers} numbers are to be embedded, of {n} features")
        return (n if self.n_numbers is None else self.n_numbers,)

    def output_shape(self, shape: Shape) -> Shape:
        n, _ = self.basis.output_shape(self.embedded(shape))
        return (n * (self.width + self.keeps_input) + shape[0] - n,)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        of_numbers = self.embedded(shape)
        n, m = self.basis.output_shape(of_numbers)
        own = {"weight": (n, m, self.width), "bias": (n, self.width)}
        return {**self.basis.parameter_shapes(of_numbers), **own}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        self.basis.initialize(parameters, rng, initializer)
        assert isinstance(self.basis, Basis)
        self.basis.draw(rng, initializer, parameters["weight"], parameters["bias"])

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        (n,) = self.embedded(x.shape[1:])
        h = self.basis.forward(parameters, {}, x[:, :n], stream)
        z = np.einsum("rjm,jmd->rjd", h.out, parameters["weight"]) + parameters["bias"]
        a = self.activation.value(z)
        kept = x if self.keeps_input else x[:, n:]
        out = np.concatenate([a.reshape(len(x), -1), kept], axis=1)
        return Passed(self, x, out, (h, z, a))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        h, z, a = passed.kept
        n_embedded = a[0].size
        delta = self.activation.pull_back(z, a, upstream[:, :n_embedded].reshape(a.shape))
        dW = np.einsum("rjm,rjd->jmd", h.out, delta)
        dh = np.einsum("rjd,jmd->rjm", delta, parameters["weight"])
        back = self.basis.backward(parameters, h, dh)
        below, n = np.zeros_like(passed.x), back.upstream.shape[1]
        below[:, 0 if self.keeps_input else n :] = upstream[:, n_embedded:]
        below[:, :n] += back.upstream
        gradients = {**back.gradients, "weight": dW, "bias": delta.sum(axis=0)}
        return Backward(gradients, below, delta)

    @property
    def penalised(self) -> tuple[str, ...]:
        return ("weight",)

    @property
    def by_feature(self) -> bool:
        return True

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        n, m = self.basis.output_shape(self.embedded(shape))
        return n * m * (self.width + 1)

    def native_form(self) -> NativeForm:
        assert isinstance(self.basis, Basis)
        of_basis = self.basis.native_basis()
        own = {
            "width": self.width,
            "activation": self.activation,
            "keeps_input": self.keeps_input,
            "n_numbers": self.n_numbers,
        }
        return NativeForm(of_basis.kind, {**of_basis.fields, **own})


def inner(node: TrainedLayer) -> TrainedLayer:
    return TrainedLayer(node.layer.basis, node.layer.embedded(node.shape), node.arrays)


def first_kept(node: TrainedLayer) -> int:
    """The features from this one on follow the vectors."""
    n: int
    (n,) = node.layer.embedded(node.shape)
    return 0 if node.layer.keeps_input else n


LINEAR_BY_FEATURE_IN_C = """\
static void NAME(const REAL *h, const REAL *matrix, const REAL *bias, long n, long m, long width,
                 REAL *out)
{
    long i, j, k;
    for (i = 0; i < n; i++, out += width) {
        for (k = 0; k < width; k++)
            out[k] = *bias++;
        for (j = 0; j < m; j++, h++)
            for (k = 0; k < width; k++)
                out[k] += *h * *matrix++;
    }
}
"""


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: NumericEmbedding = node.layer
    n, m, width = node.arrays["weight"].shape
    h = c.scratch(n * m)
    c.sequence([inner(node)], x, h)
    weight, bias = (c.constant(name, node.arrays[name]) for name in ("weight", "bias"))
    helper = c.helper("linear_by_feature", LINEAR_BY_FEATURE_IN_C)
    c.statement(f"{helper}({h}, {weight}, {bias}, {n}, {m}, {width}, {out});")
    if layer.activation != Identity():
        c.activate(layer.activation, out, n * width)
    first, last = first_kept(node), node.shape[0]
    if first < last:
        at = n * width - first
        c.statement(f"for (i = {first}; i < {last}; i++) {out}[{at} + i] = {x}[i];")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    layer: NumericEmbedding = node.layer
    weight, bias = (graph.constant(node.arrays[name]) for name in ("weight", "bias"))
    (n,), first, last = layer.embedded(node.shape), first_kept(node), node.shape[0]
    numbers = columns(graph, x, 0, n) if n < last else x
    h = graph.step("Transpose", graph.layer(inner(node), numbers), perm=[1, 0, 2])
    z = graph.step("Transpose", graph.step("MatMul", h, weight), perm=[1, 0, 2])
    a = graph.activation(layer.activation, graph.step("Add", z, bias))
    out = graph.step("Reshape", a, graph.constant(np.array([0, node.arrays["bias"].size])))
    if first == last:
        return out
    return graph.step("Concat", out, columns(graph, x, first, last) if first else x, axis=1)


def columns(graph: OnnxGraph, x: str, first: int, last: int) -> str:
    return graph.step("Slice", x, *(graph.constant(np.array([at])) for at in (first, last, 1)))


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    layer: NumericEmbedding = node.layer
    own = {name: node.arrays[name] for name in ("weight", "bias")}
    of_basis = {name: array for name, array in node.arrays.items() if name not in own}
    modules = [
        *torch.layer(TrainedLayer(layer.basis, layer.embedded(node.shape), of_basis)),
        torch.function(linear_by_feature, own),
        *([] if layer.activation == Identity() else [torch.activation(layer.activation)]),
        torch.nn.Flatten(start_dim=-2),
    ]
    (n,), first, last = layer.embedded(node.shape), first_kept(node), node.shape[0]
    return modules if first == last else [torch.beside_input(modules, n, first)]


def linear_by_feature(torch: Any, h: Any, weight: Any, bias: Any) -> Any:
    return torch.einsum("...jm,jmd->...jd", h, weight) + bias


register(NumericEmbedding, c=in_c, onnx=in_onnx, torch=in_torch)
