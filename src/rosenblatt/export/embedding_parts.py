"""Embeddings, and other functions of single numbers, as formulas."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rosenblatt.activations import Identity
from rosenblatt.export.expression import Constant, Expression, by_range, of, where
from rosenblatt.export.parts import Activated, Appended, Mapped, Part, Sums, cannot
from rosenblatt.network import Interpolation, Periodic, Pieces, PiecewiseLinear, TrainedLayer

__all__ = ["categories", "maps", "numbers", "pieces"]


def numbers(node: TrainedLayer, target: str) -> tuple[Part, ...]:
    """A basis of each number, a linear layer of its own, and what is kept behind them."""
    layer = node.layer
    (n,) = layer.embedded(node.shape)
    basis = basis_of(layer.basis, node, target)
    weight, bias = (node.arrays[name].astype(np.float64) for name in ("weight", "bias"))
    width = bias.shape[1]
    rows = []
    for column, m, _ in basis:
        row = np.zeros((n, width))
        row[column] = weight[column, m]
        rows.append(row.ravel())
    functions = Mapped("NumericEmbedding", *zip(*((c, h) for c, _, h in basis), strict=True))
    linear = Sums(np.array(rows), bias.ravel())
    own = () if layer.activation == Identity() else (Activated(layer.activation),)
    first = 0 if layer.keeps_input else n
    parts: tuple[Part, ...] = (functions, linear, *own)
    return parts if first == node.shape[0] else (Appended(parts, first),)


def basis_of(
    basis: Any, node: TrainedLayer, target: str
) -> list[tuple[int, int, Callable[[Expression], Expression]]]:
    """Of which column, which of its numbers, and of what form."""
    match basis:
        case Periodic():
            return waves(node)
        case Pieces():
            table = basis.table()
            _, n, m = table.shape
            return [
                (i, j, piece(*table[:, i, j].tolist()))
                for i in range(n)
                for j in range(m)
                if table[1, i, j]  # not behind the last of a feature with fewer
            ]
    raise cannot(type(basis).__name__, target)


def waves(node: TrainedLayer) -> list[tuple[int, int, Callable[[Expression], Expression]]]:
    frequency = node.arrays["frequency"].astype(np.float64)
    phase = node.arrays.get("phase")
    n, m = frequency.shape

    def wave(function: str, i: int, j: int) -> Callable[[Expression], Expression]:
        rate = 2 * math.pi * float(frequency[i, j])
        if phase is None:
            return lambda x: of(function, rate * x)
        return lambda x: of(function, rate * x + float(phase[i, j]))

    columns = ["cos"] if phase is not None else ["cos", "sin"]
    return [
        (i, k * m + j, wave(function, i, j))
        for i in range(n)
        for k, function in enumerate(columns)
        for j in range(m)
    ]


def categories(node: TrainedLayer) -> Mapped:
    """The other features, and rows of tables, each number of which is a function of its code."""
    layer = node.layer

    def number_of(table: list[float]) -> Callable[[Expression], Expression]:
        def h(code: Expression) -> Expression:
            # Row 0 is also that of what is no code.
            chosen = by_range(code, range(1, len(table) + 1), [*map(Constant, table), table[0]])
            return where(of("is_missing", code), table[0], chosen)

        return h

    others = layer.others(*node.shape)
    sources, functions = list(others), [(lambda x: x) for _ in others]
    for column, table in zip(layer.columns, node.arrays.values(), strict=True):
        for values in table.T.astype(np.float64).tolist():
            sources.append(column)
            functions.append(number_of(values))
    return Mapped("CategoryEmbedding", tuple(sources), tuple(functions))


def piece(
    begin: float, slope: float, least: float, most: float, shift: float = 0.0
) -> Callable[[Expression], Expression]:
    """clip((x - begin) · slope, least, most) - shift."""

    def h(x: Expression) -> Expression:
        u: Expression = (x - begin) * slope
        u = of("max", u, least) if math.isfinite(least) else u
        u = of("min", u, most) if math.isfinite(most) else u
        return u - shift if shift else u

    return h


def pieces(layer: PiecewiseLinear) -> Mapped:
    def held(low: float, high: float) -> Callable[[Expression], Expression]:
        return lambda x: of("min", of("max", x, low), high)

    p = layer.pieces
    numbers = zip(*(a.tolist() for a in (p.begin, p.slope, p.least, p.most, p.shift)), strict=True)
    of_pieces = tuple(piece(*row) for row in numbers)
    ranges = tuple(map(held, layer.lows, layer.highs))
    sources = (*range(layer.n_inputs), *layer.source.tolist())
    return Mapped("PiecewiseLinear", sources, ranges + of_pieces)


def maps(layer: Interpolation, n_inputs: int) -> Mapped:
    def through(xs: tuple[float, ...], ys: tuple[float, ...], slopes: list[float]) -> Any:
        def h(x: Expression) -> Expression:
            lines = [slope * (x - x0) + y0 for slope, x0, y0 in zip(slopes, xs, ys, strict=False)]
            return by_range(x, xs, [ys[0], *lines[: len(xs) - 1], ys[-1]]) if xs else x

        return h

    of_maps = tuple(
        through(xs, ys, slopes.tolist())
        for xs, ys, slopes in zip(layer.x, layer.y, layer.slopes, strict=True)
    )
    behind = range(layer.n_features, n_inputs)
    kept = tuple((lambda x: x) for _ in behind)
    return Mapped("Interpolation", (*layer.columns, *behind), of_maps + kept)
