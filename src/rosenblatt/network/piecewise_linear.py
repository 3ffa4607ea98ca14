"""Features beside piecewise-linear pieces of them (Gorishniy et al. 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_list, check_real, check_reals
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["PiecewiseLinear"]


@final
@dataclass(frozen=True)
class PiecewiseLinear(Layer):
    """[clip(x, low, high) | h(x)]: the features, held to a range, and pieces of them.

    Piece t of a feature with the edges e₀ < e₁ < … < e_T is

        h_t(x) = gain · (clip((x - e_t) / (e_{t+1} - e_t), 0, 1) - c_t),

    but that the first one goes on down to -reach and the last one up to 1 + reach: beyond the edges
    there is `reach` times as much again as the outermost pieces are wide, and then a constant
    (Gorishniy et al. 2022, eq. 1, which does not bound them). A linear layer on the pieces is a
    continuous, piecewise linear function of each feature. There are no parameters to train.

    Attributes
    ----------
    lows, highs : tuple of float
        The range of each feature.
    edges : tuple of tuple of float
        Of each feature, increasing; none for a feature without pieces.
    centers : tuple of tuple of float
        c_t, of each piece: its mean over the training rows.
    gains : tuple of float
        Of each feature.
    reach : float
        Widths of the outermost pieces that these go on for beyond the edges.

    Raises
    ------
    ValueError
        Where the numbers of features differ, edges do not increase, a gain is not positive, the
        reach is negative, a number is not finite or a field has another type.
    """

    lows: tuple[float, ...]
    highs: tuple[float, ...]
    edges: tuple[tuple[float, ...], ...]
    centers: tuple[tuple[float, ...], ...]
    gains: tuple[float, ...]
    reach: float = 1.0

    def __post_init__(self) -> None:
        for name in ("lows", "highs", "gains"):
            check_reals(name, getattr(self, name))
        check_real("reach", self.reach)
        for name in ("edges", "centers"):
            check_list(name, getattr(self, name))
            for i, values in enumerate(getattr(self, name)):
                check_reals(f"{name} of feature {i}", values)
        lists = (self.lows, self.highs, self.edges, self.centers, self.gains)
        if len({len(values) for values in lists}) > 1:
            raise ValueError("a piecewise-linear layer has lists of different lengths")
        for at, centers in zip(self.edges, self.centers, strict=True):
            if not at and not centers:
                continue  # of 100,000 columns none has pieces
            if len(at) == 1 or len(centers) != max(len(at) - 1, 0):
                raise ValueError("pieces take one edge more than they are, and a center each")
            if not (np.diff(at) > 0).all():
                raise ValueError("the edges of a feature's pieces increase")
        if not all(low <= high for low, high in zip(self.lows, self.highs, strict=True)):
            raise ValueError("the range of a feature ends before it begins")
        if not all(gain > 0 for gain in self.gains):
            raise ValueError("the gain of a feature's pieces is positive")
        if not self.reach >= 0:
            raise ValueError("the reach of the outermost pieces is 0 or more")
        of_pieces = filter(None, (*self.edges, *self.centers))
        numbers = (self.lows, self.highs, self.gains, *of_pieces, (self.reach,))
        if not all(isfinite(number) for values in numbers for number in values):
            raise ValueError("a piecewise-linear layer has numbers that are not finite")
        # Every engine and export computes with these, in float32 as well.
        with np.errstate(all="ignore"):
            computed = (*numbers, *vars(Pieces.of(self)).values())
            narrow = [np.asarray(values, np.float32) for values in computed]
        if not all(np.isfinite(values).all() for values in narrow):
            raise ValueError("a piecewise-linear layer has numbers that float32 does not hold")

    @property
    def n_inputs(self) -> int:
        return len(self.edges)

    @cached_property
    def n_pieces(self) -> tuple[int, ...]:
        """Of each feature."""
        return tuple(map(len, self.centers))

    @cached_property
    def source(self) -> npt.NDArray[np.intp]:
        """The feature of each piece."""
        return np.repeat(np.arange(self.n_inputs), self.n_pieces)

    @cached_property
    def pieces(self) -> Pieces:
        return Pieces.of(self)

    def output_shape(self, shape: Shape) -> Shape:
        if width(self, shape) != self.n_inputs:
            raise ValueError(
                f"a piecewise-linear layer takes {self.n_inputs} features, got {shape[0]}"
            )
        return (self.n_inputs + sum(self.n_pieces),)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        x = np.asarray(x.todense() if hasattr(x, "todense") else x)
        pieces = self.pieces
        u = pieces.units(x[:, self.source])
        h = np.clip(u, pieces.least, pieces.most) - pieces.shift
        held = np.clip(x, self.lows, self.highs)
        return Passed(self, x, np.concatenate([held, h], axis=1).astype(x.dtype), u)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        x, u, pieces = passed.x, passed.kept, self.pieces
        inside = (x >= self.lows) & (x <= self.highs)
        below = upstream[:, : self.n_inputs] * inside
        free = (u >= pieces.least) & (u <= pieces.most)
        through = upstream[:, self.n_inputs :] * (free * pieces.slope).astype(x.dtype)
        np.add.at(below.T, self.source, through.T)
        return Backward({}, below, delta=upstream)

    @property
    def by_feature(self) -> bool:
        return True

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return sum(self.n_pieces)

    def native_form(self) -> NativeForm:
        begins = [edge for at in self.edges for edge in at[:-1]]
        widths = [w for at in filter(None, self.edges) for w in np.diff(at).tolist()]
        given: dict[str, Any] = {
            "lows": self.lows,
            "highs": self.highs,
            "n_pieces": self.n_pieces,
            "begins": tuple(begins),
            "widths": tuple(widths),
            "centers": tuple(c for of_feature in self.centers for c in of_feature),
            "gains": self.gains,
        }
        if self.reach != 1:
            given["reach"] = self.reach
        return NativeForm("PiecewiseLinear", given)

    def __repr__(self) -> str:
        """Without the edges, of which there are hundreds."""
        return f"<PiecewiseLinear: {self.n_inputs} features, {sum(self.n_pieces)} pieces of them>"

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # without what is cached


@final
@dataclass(frozen=True)
class Pieces:
    """All pieces, in units of their gain: h = clip((x - begin) · slope, least, most) - shift."""

    begin: Float64Array
    slope: Float64Array
    least: Float64Array
    most: Float64Array
    shift: Float64Array

    @classmethod
    def of(cls, layer: PiecewiseLinear) -> Pieces:
        with_pieces = list(filter(None, layer.edges))
        begin = flat([at[:-1] for at in with_pieces])
        breadth = flat([np.diff(at) for at in with_pieces])
        gain = np.repeat(np.asarray(layer.gains, np.float64), layer.n_pieces)
        is_first = np.diff(layer.source, prepend=-1) > 0
        is_last = np.diff(layer.source, append=layer.n_inputs) > 0
        least = np.where(is_first, -layer.reach * gain, 0.0)
        most = np.where(is_last, (1 + layer.reach) * gain, gain)
        return cls(
            begin, gain / breadth, least, most, gain * flat(list(filter(None, layer.centers)))
        )

    def units(self, x: FloatArray) -> FloatArray:
        """(x - begin) · slope, from the feature of each piece, in its float type."""
        u: FloatArray = (x - self.begin.astype(x.dtype)) * self.slope.astype(x.dtype)
        return u


def flat(values: Sequence[npt.ArrayLike]) -> Float64Array:
    return np.concatenate([np.empty(0), *(np.asarray(v, np.float64) for v in values)])


PIECES_IN_C = """\
static void NAME(const REAL *pieces, const REAL *source, long n, const REAL *x, REAL *out)
{
    long j;
    for (j = 0; j < n; j++, pieces += 5) {
        REAL u = (x[(long)source[j]] - pieces[0]) * pieces[1];
        u = u < pieces[2] ? pieces[2] : (u > pieces[3] ? pieces[3] : u);
        out[j] = u - pieces[4];
    }
}
"""
RANGES_IN_C = """\
static void NAME(const REAL *ranges, long n, const REAL *x, REAL *out)
{
    long i;
    for (i = 0; i < n; i++, ranges += 2)
        out[i] = x[i] < ranges[0] ? ranges[0] : (x[i] > ranges[1] ? ranges[1] : x[i]);
}
"""


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: PiecewiseLinear = node.layer
    pieces, n = layer.pieces, layer.n_inputs
    ranges = c.constant("ranges", np.stack([layer.lows, layer.highs], axis=1))
    c.statement(f"{c.helper('hold_to_ranges', RANGES_IN_C)}({ranges}, {n}, {x}, {out});")
    if len(layer.source):
        table = (pieces.begin, pieces.slope, pieces.least, pieces.most, pieces.shift)
        numbers = c.constant("pieces", np.stack(table, axis=1))
        source = c.constant("piece_of", layer.source.astype(np.float64))
        helper = c.helper("piecewise_linear", PIECES_IN_C)
        c.statement(f"{helper}({numbers}, {source}, {len(layer.source)}, {x}, {out} + {n});")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    layer: PiecewiseLinear = node.layer
    pieces = layer.pieces

    def constant(values: npt.ArrayLike) -> str:
        return graph.constant(np.asarray(values, np.float32))

    def clipped(value: str, least: npt.ArrayLike, most: npt.ArrayLike) -> str:
        return graph.step("Min", graph.step("Max", value, constant(least)), constant(most))

    held = clipped(x, layer.lows, layer.highs)
    if not len(layer.source):
        return held
    u = graph.step("Gather", x, graph.constant(layer.source.astype(np.int64)), axis=1)
    u = graph.step("Mul", graph.step("Sub", u, constant(pieces.begin)), constant(pieces.slope))
    h = graph.step("Sub", clipped(u, pieces.least, pieces.most), constant(pieces.shift))
    return graph.step("Concat", held, h, axis=1)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    layer: PiecewiseLinear = node.layer
    ranges = {"low": flat([layer.lows]), "high": flat([layer.highs])}
    return [torch.piecewise_linear(layer.source, ranges | vars(layer.pieces))]


register(PiecewiseLinear, c=in_c, onnx=in_onnx, torch=in_torch)
