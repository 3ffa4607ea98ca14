"""What a number is embedded by: periodic functions of it, or pieces (theory N6).

A basis makes m numbers of each: (n,) to (n, m). `NumericEmbedding` puts a linear layer behind it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import inf, isfinite, pi
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import (
    check_boolean,
    check_count,
    check_list,
    check_real,
    check_reals,
)
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Basis", "Periodic", "Pieces"]


class Basis(Layer):
    """(n,) to (n, m): each number alone becomes m of them."""

    @abstractmethod
    def native_basis(self) -> NativeForm:
        """Its kind and its fields, which the native engine reads beside the embedding's."""

    def draw(
        self, rng: Rng, initializer: Initializer, weight: FloatArray, bias: FloatArray
    ) -> None:
        """Initial weights of the linear layer behind it, (n, m, width) and (n, width)."""
        for w, b in zip(weight, bias, strict=True):
            w[...], b[...] = initializer.draw(rng, *w.shape)


@final
@dataclass(frozen=True)
class Periodic(Basis):
    """[cos 2πcx | sin 2πcx], or cos(2πcx + b), with learned frequencies c and phases b (N6).

    The first form is that of Gorishniy et al. 2022 (eq. 3), the second one that of RealMLP
    (Holzmüller, Grinsztajn & Steinwart 2024). Each feature has frequencies of its own.

    Parameters
    ----------
    n_frequencies : int, default 48
        Of each feature.
    sigma : float, default 0.01
        The frequencies are drawn from N(0, sigma²). Much depends on it: for standardised features
        try 0.01 to 1.
    has_phase : bool, default False
        Whether a phase, drawn from U(-π, π), takes the place of the sine.
    """

    n_frequencies: int = 48
    sigma: float = 0.01
    has_phase: bool = False

    def __post_init__(self) -> None:
        check_count("n_frequencies", self.n_frequencies)
        check_real("sigma", self.sigma)
        check_boolean("has_phase", self.has_phase)
        if self.n_frequencies < 1:
            raise ValueError(
                f"a periodic embedding takes one frequency or more, got {self.n_frequencies}"
            )
        if not 0 < self.sigma < inf:
            raise ValueError(f"the spread of frequencies is positive, got sigma={self.sigma}")

    def output_shape(self, shape: Shape) -> Shape:
        m = self.n_frequencies if self.has_phase else 2 * self.n_frequencies
        return (width(self, shape), m)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        own = (width(self, shape), self.n_frequencies)
        return {"frequency": own, "phase": own} if self.has_phase else {"frequency": own}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        frequency = parameters["frequency"]
        frequency[...] = rng.normal(0, self.sigma, frequency.shape)
        if self.has_phase:
            parameters["phase"][...] = rng.uniform(-pi, pi, frequency.shape)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        t = 2 * pi * x[:, :, None] * parameters["frequency"]
        if self.has_phase:
            t = t + parameters["phase"]
            return Passed(self, x, np.cos(t), -np.sin(t))
        cos, sin = np.cos(t), np.sin(t)
        return Passed(self, x, np.concatenate([cos, sin], -1), np.concatenate([-sin, cos], -1))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        dt = upstream * passed.kept
        if not self.has_phase:
            dt = dt[:, :, : self.n_frequencies] + dt[:, :, self.n_frequencies :]
        gradients = {"frequency": (2 * pi * passed.x[:, :, None] * dt).sum(axis=0)}
        if self.has_phase:
            gradients["phase"] = dt.sum(axis=0)
        return Backward(gradients, (2 * pi * parameters["frequency"] * dt).sum(-1), upstream)

    def native_basis(self) -> NativeForm:
        given = {"n_frequencies": self.n_frequencies, "has_phase": self.has_phase}
        return NativeForm("Periodic", given)


@final
@dataclass(frozen=True)
class Pieces(Basis):
    """Piecewise-linear pieces, whose slopes the layer behind learns (N6; Gorishniy et al. 2022).

    Of a feature with the edges e₀ < e₁ < … < e_T, piece t is

        clip((x - e_t) / (e_{t+1} - e_t), 0, 1),

    but that the first has no lower bound and the last no upper one (eq. 1). A linear function of
    them is continuous, linear between the edges, and goes on beyond them as it ends. Features with
    fewer pieces than another one have zeros behind theirs.

    Parameters
    ----------
    edges : tuple of tuple of float
        Of each feature, increasing, two or more.
    starts_linear : bool, default False
        Whether the number itself comes before its pieces, and the slopes of those begin at 0, so
        that the training begins with a linear embedding (Gorishniy, Kotelnikov & Babenko 2025).

    Raises
    ------
    ValueError
        Where a feature has fewer than two edges, or they do not increase in float32.
    """

    edges: tuple[tuple[float, ...], ...]
    starts_linear: bool = False

    def __post_init__(self) -> None:
        check_boolean("starts_linear", self.starts_linear)
        check_list("edges", self.edges)
        for i, at in enumerate(self.edges):
            check_reals(f"edges of feature {i}", at)
            if len(at) < 2:
                raise ValueError(
                    f"feature {i} has {len(at)} edges, and pieces take two or more: leave out a"
                    " feature of one value"
                )
            with np.errstate(all="ignore"):  # every engine and export computes in float32 as well
                widths = np.diff(np.asarray(at, np.float32))
            if not (all(map(isfinite, at)) and (widths > 0).all() and np.isfinite(widths).all()):
                raise ValueError(f"the edges of feature {i} do not increase in float32")

    @property
    def n_pieces(self) -> tuple[int, ...]:
        """Of each feature."""
        return tuple(len(at) - 1 for at in self.edges)

    def output_shape(self, shape: Shape) -> Shape:
        if width(self, shape) != len(self.edges):
            raise ValueError(f"pieces of {len(self.edges)} features take as many, got {shape[0]}")
        return (len(self.edges), max(self.n_pieces) + self.starts_linear)

    def draw(
        self, rng: Rng, initializer: Initializer, weight: FloatArray, bias: FloatArray
    ) -> None:
        weight[...] = 0
        for w, b, n in zip(weight, bias, self.n_pieces, strict=True):
            drawn = w[: 1 if self.starts_linear else n]
            drawn[...], b[...] = initializer.draw(rng, *drawn.shape)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        begin, slope, least, most = self.table(x.dtype)
        u = (x[:, :, None] - begin) * slope
        inside = (u >= least) & (u <= most)
        return Passed(self, x, np.clip(u, least, most), inside * slope)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        return Backward({}, (upstream * passed.kept).sum(-1), delta=upstream)

    def table(self, dtype: npt.DTypeLike = np.float64) -> FloatArray:
        """(begin, slope, least, most) of clip((x - begin) · slope, least, most), (4, n, m)."""
        first = int(self.starts_linear)
        table = np.zeros((4, len(self.edges), max(self.n_pieces) + first))
        if self.starts_linear:
            table[:, :, 0] = np.array([[0], [1], [-inf], [inf]])
        for i, at in enumerate(self.edges):
            end = first + len(at) - 1
            table[:, i, first:end] = np.array([at[:-1], 1 / np.diff(at), *bounds(len(at) - 1)])
        return table.astype(dtype)

    def native_basis(self) -> NativeForm:
        given = {
            "n_pieces": self.n_pieces,
            "begins": tuple(edge for at in self.edges for edge in at[:-1]),
            "widths": tuple(after - edge for at in self.edges for edge, after in pairwise(at)),
            "starts_linear": self.starts_linear,
        }
        return NativeForm("Pieces", given)


def bounds(n: int) -> list[list[float]]:
    """The least and the most of each of n pieces."""
    return [[-inf, *[0.0] * (n - 1)], [*[1.0] * (n - 1), inf]]


# Exports take whole turns off, so that cos and sin get an argument between -π and π.

PERIODIC_IN_C = """\
static void NAME(const REAL *frequency, const REAL *phase, long n, long m, const REAL *x, REAL *out)
{
    const REAL turn = (REAL)6.28318530717958647693;
    long i, j;
    for (i = 0; i < n; i++, out += phase ? m : 2 * m)
        for (j = 0; j < m; j++) {
            REAL t = *frequency++ * x[i] + (phase ? *phase++ / turn : 0);
            t = turn * (t - FLOOR(t + (REAL)0.5));
            out[j] = COS(t);
            if (!phase) out[m + j] = SIN(t);
        }
}
"""
PIECES_IN_C = """\
static void NAME(const REAL *pieces, const REAL *counts, long n, long m, int first, const REAL *x,
                 REAL *out)
{
    long i, j;
    for (i = 0; i < n; i++, out += m) {
        const long last = first + (long)counts[i] - 1;
        if (first) out[0] = x[i];
        for (j = first; j < m; j++) {
            REAL u = 0;
            if (j <= last) {
                u = (x[i] - pieces[0]) * pieces[1];
                pieces += 2;
                if (j > first && u < 0) u = 0;
                if (j < last && u > 1) u = 1;
            }
            out[j] = u;
        }
    }
}
"""


def periodic_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    n, m = node.arrays["frequency"].shape
    frequency = c.constant("frequency", node.arrays["frequency"])
    phase = c.constant("phase", node.arrays["phase"]) if node.layer.has_phase else "0"
    helper = c.helper("periodic", PERIODIC_IN_C)
    c.statement(f"{helper}({frequency}, {phase}, {n}, {m}, {x}, {out});")


def pieces_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: Pieces = node.layer
    n, m = layer.output_shape(node.shape)
    rows = [(e, 1 / (after - e)) for at in layer.edges for e, after in pairwise(at)]
    pieces = c.constant("pieces", np.array(rows))
    counts = c.constant("n_pieces", np.array(layer.n_pieces, np.float64))
    helper, first = c.helper("pieces", PIECES_IN_C), int(layer.starts_linear)
    c.statement(f"{helper}({pieces}, {counts}, {n}, {m}, {first}, {x}, {out});")


def column(graph: OnnxGraph, x: str) -> str:
    """(rows, n) to (rows, n, 1)."""
    return graph.step("Unsqueeze", x, graph.constant(np.array([2])))


def periodic_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    t = graph.step("Mul", column(graph, x), graph.constant(node.arrays["frequency"]))
    if node.layer.has_phase:
        turns = (node.arrays["phase"] / (2 * pi)).astype(np.float32)
        t = graph.step("Add", t, graph.constant(turns))
    t = graph.step("Sub", t, graph.step("Round", t))
    t = graph.step("Mul", t, graph.number(2 * pi))
    cos = graph.step("Cos", t)
    return cos if node.layer.has_phase else graph.step("Concat", cos, graph.step("Sin", t), axis=2)


def pieces_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    begin, slope, least, most = map(graph.constant, node.layer.table(np.float32))
    u = graph.step("Mul", graph.step("Sub", column(graph, x), begin), slope)
    return graph.step("Min", graph.step("Max", u, least), most)


def periodic_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.function(periodic_of, node.arrays)]


def periodic_of(torch: Any, x: Any, frequency: Any, phase: Any = None) -> Any:
    t = x[..., None] * frequency
    if phase is not None:
        t = t + phase / (2 * pi)
    t = 2 * pi * (t - t.round())
    return t.cos() if phase is not None else torch.cat([t.cos(), t.sin()], -1)


def pieces_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.function(partial(pieces_of, table=node.layer.table().tolist()), {})]


def pieces_of(torch: Any, x: Any, table: Any) -> Any:
    begin, slope, least, most = x.new_tensor(table)
    return torch.clamp((x[..., None] - begin) * slope, least, most)


register(Periodic, c=periodic_in_c, onnx=periodic_in_onnx, torch=periodic_in_torch)
register(Pieces, c=pieces_in_c, onnx=pieces_in_onnx, torch=pieces_in_torch)
