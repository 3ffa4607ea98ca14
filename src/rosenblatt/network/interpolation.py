"""Every feature by a fixed map that is linear between knots (theory N13)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, final

import numpy as np

from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.cached_property import cached_property
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_count, check_counts, check_list, check_reals
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray, IntArray

__all__ = ["Interpolation"]

Knots = tuple[tuple[float, ...], ...]


@final
@dataclass(frozen=True)
class Interpolation(Layer):
    """[m₁(x[c₁]) | m₂(x[c₂]) | … | what lies behind the features], fixed maps m of features (N13).

    A map is linear between its knots (x₀, y₀), (x₁, y₁), … and constant beyond them. It stands for
    whatever fixed function a recipe prepares numbers by, such as a quantile transform or a smooth
    clipping of robust units: to any accuracy, bounded outside the range of the training rows, and
    with the same steps in every engine and export. There are no parameters to train.

    Features may be left out, reordered and used more than once. Numbers behind the first
    `n_features` of an input, such as embeddings of categories, stay as they are.

    Attributes
    ----------
    n_features : int
        The numbers of an input that maps may take.
    columns : tuple of int
        The feature of each map.
    x, y : tuple of tuple of float
        The knots of each map: two or more, x increasing; none for a feature that stays as it is.

    Raises
    ------
    ValueError
        Where lists differ in length, a feature does not exist, a map has one knot, x does not
        increase in float32 or a number is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Interpolation(2, (1, 0), ((0.0, 1.0, 3.0), ()), ((0.0, 10.0, 20.0), ()))
    >>> layer.forward({}, {}, np.array([[7.0, 2.0], [8.0, -5.0]]), None).out
    array([[15.,  7.],
           [ 0.,  8.]])
    """

    n_features: int
    columns: tuple[int, ...]
    x: Knots
    y: Knots

    def __post_init__(self) -> None:
        check_count("n_features", self.n_features)
        check_counts("columns", self.columns)
        for name in ("x", "y"):
            check_list(name, getattr(self, name))
            for i, values in enumerate(getattr(self, name)):
                check_reals(f"{name} of feature {i}", values)
        if not len(self.columns) == len(self.x) == len(self.y):
            raise ValueError("an interpolation has a feature, an x and a y for every map")
        if not all(0 <= column < self.n_features for column in self.columns):
            raise ValueError(f"the features of maps are numbered below {self.n_features}")
        for xs, ys in zip(self.x, self.y, strict=True):
            if len(xs) != len(ys) or len(xs) == 1:
                raise ValueError("a map has two knots or more, or none, and a y for every x")
            # Every engine and export computes with these, in float32 as well.
            with np.errstate(over="ignore"):
                steps = np.diff(np.asarray(xs, np.float32))
                narrow = np.asarray((*xs, *ys), np.float32)
            if not (all(map(isfinite, (*xs, *ys))) and np.isfinite(narrow).all()):
                raise ValueError("a map has numbers that are not finite, or that float32 lacks")
            if not (steps > 0).all():
                raise ValueError("the knots of a map increase")

    @cached_property
    def slopes(self) -> tuple[FloatArray, ...]:
        """Of each map's segments, and 0 beyond the last knot."""
        return tuple(
            np.append(np.diff(ys) / np.diff(xs), 0.0) for xs, ys in zip(self.x, self.y, strict=True)
        )

    def output_shape(self, shape: Shape) -> Shape:
        n = width(self, shape)
        if n < self.n_features:
            raise ValueError(f"an interpolation of {self.n_features} features got {n}")
        return (len(self.columns) + n - self.n_features,)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        x = np.asarray(x.todense() if hasattr(x, "todense") else x)
        n = len(self.columns)
        out = np.empty((len(x), n + x.shape[1] - self.n_features), x.dtype)
        slope_of_rows = np.ones((len(x), n), x.dtype)
        for k, column in enumerate(self.columns):
            v = x[:, column]
            out[:, k] = v
            if not self.x[k]:
                continue
            xs, ys, slopes = (
                np.asarray(a, x.dtype) for a in (self.x[k], self.y[k], self.slopes[k])
            )
            at = last_below(xs, v)
            slope_of_rows[:, k] = np.where(v < xs[0], 0, slopes[at])
            inside = ys[at] + (v - xs[at]) * slopes[at]
            out[:, k] = np.where(v < xs[0], ys[0], np.where(v >= xs[-1], ys[-1], inside))
        out[:, n:] = x[:, self.n_features :]
        return Passed(self, x, out, slope_of_rows)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        n = len(self.columns)
        below = np.zeros_like(passed.x)
        np.add.at(below.T, list(self.columns), (upstream[:, :n] * passed.kept).T)
        below[:, self.n_features :] = upstream[:, n:]
        return Backward({}, below, delta=upstream)

    @property
    def by_feature(self) -> bool:
        return True

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return len(self.columns)

    def native_form(self) -> NativeForm:
        given = {
            "n_features": self.n_features,
            "columns": self.columns,
            "n_knots": tuple(map(len, self.x)),
            "x": tuple(v for xs in self.x for v in xs),
            "y": tuple(v for ys in self.y for v in ys),
        }
        return NativeForm("Interpolation", given)

    def __repr__(self) -> str:
        """Without the knots, of which there are hundreds."""
        n_knots = sum(map(len, self.x))
        return (
            f"<Interpolation: {len(self.columns)} of {self.n_features} features, {n_knots} knots>"
        )

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # without what is cached


def last_below(xs: FloatArray, v: FloatArray) -> IntArray:
    """The last knot that is not above v, the first one where all are."""
    at: IntArray = np.maximum(np.searchsorted(xs, v, side="right") - 1, 0)
    return np.minimum(at, len(xs) - 1)


MAP_IN_C = """\
static REAL NAME(const REAL *knots, long n, REAL v)
{
    long low = 0, high = n - 1;
    if (n == 0 || v != v)
        return v;
    if (v < knots[0])
        return knots[1];
    if (v >= knots[3 * high])
        return knots[3 * high + 1];
    while (high - low > 1) {
        const long middle = (low + high) / 2;
        if (v < knots[3 * middle])
            high = middle;
        else
            low = middle;
    }
    return knots[3 * low + 1] + (v - knots[3 * low]) * knots[3 * low + 2];
}
"""


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: Interpolation = node.layer
    for k, column in enumerate(layer.columns):
        if not layer.x[k]:
            c.statement(f"{out}[{k}] = {x}[{column}];")
            continue
        knots = np.stack([layer.x[k], layer.y[k], layer.slopes[k]], axis=1)
        helper, name = c.helper("interpolated", MAP_IN_C), c.constant(f"knots_{k}", knots)
        c.statement(f"{out}[{k}] = {helper}({name}, {len(knots)}, {x}[{column}]);")
    n, behind = len(layer.columns), node.shape[0] - layer.n_features
    if behind:
        c.statement(f"for (i = 0; i < {behind}; i++) {out}[{n} + i] = {x}[{layer.n_features} + i];")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    """A map as the sum of what lies below x in each of its segments, times the segment's slope."""
    layer: Interpolation = node.layer

    def constant(values: Any) -> str:
        return graph.constant(np.asarray(values, np.float32))

    def column_of(index: int) -> str:
        return graph.step("Gather", x, graph.constant(np.array([index])), axis=1)

    parts = []
    for k, column in enumerate(layer.columns):
        v = column_of(column)
        if layer.x[k]:
            xs = np.asarray(layer.x[k], np.float32)
            into = graph.step("Sub", v, constant(xs[None, :-1]))
            into = graph.step("Max", into, graph.number(0))
            into = graph.step("Min", into, constant(np.diff(xs)[None]))
            v = graph.step("MatMul", into, constant(layer.slopes[k][:-1, None]))
            v = graph.step("Add", v, graph.number(layer.y[k][0]))
        parts.append(v)
    if behind := list(range(layer.n_features, node.shape[0])):
        parts.append(graph.step("Gather", x, graph.constant(np.array(behind)), axis=1))
    return graph.step("Concat", *parts, axis=1) if len(parts) > 1 else parts[0]


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    layer: Interpolation = node.layer
    slopes = tuple(tuple(map(float, of_map)) for of_map in layer.slopes)
    mapped = Mapped(layer.n_features, layer.columns, layer.x, layer.y, slopes)
    return [torch.function(mapped, {})]


@final
@dataclass(frozen=True)
class Mapped:
    """The maps as a function of PyTorch's, which has no parameters to train."""

    n_features: int
    columns: tuple[int, ...]
    x: Knots
    y: Knots
    slopes: Knots

    def __call__(self, torch: Any, x: Any) -> Any:
        parts = []
        for column, *knots in zip(self.columns, self.x, self.y, self.slopes, strict=True):
            v = x[..., column]
            if knots[0]:
                xs, ys, slopes = (torch.tensor(k, dtype=x.dtype, device=x.device) for k in knots)
                at = torch.searchsorted(xs, v.detach().contiguous(), right=True) - 1
                at = at.clamp(0, len(xs) - 1)
                inside = ys[at] + (v - xs[at]) * slopes[at]
                v = torch.where(v < xs[0], ys[0], torch.where(v >= xs[-1], ys[-1], inside))
            parts.append(v[..., None])
        return torch.cat([*parts, x[..., self.n_features :]], -1)


register(Interpolation, c=in_c, onnx=in_onnx, torch=in_torch)
