"""Categories as vectors: rows of a learned table for each column of codes (theory N7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.affine import width
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_counts
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["CategoryEmbedding"]


@final
@dataclass(frozen=True)
class CategoryEmbedding(Layer):
    """[the other features | E₁[c₁] | E₂[c₂] | …], rows c of learned tables E (N7).

    What a one-hot column and a linear layer would compute, without the one-hot column (Guo &
    Berkhahn 2016). A code is a whole number below the size of its table, as a float. Row 0 is that
    of categories too rare for a row of their own, and of whatever is no code: of unseen categories
    and missing values.

    A step moves those rows alone that its batch has reached, and only their part of the
    optimiser's memory, as `torch.optim.SparseAdam` does; a step costs as much for 100,000
    categories as for ten. Penalties leave the tables free; a decay of weights acts on the rows
    that are moved.

    The layer comes first in a network. Its parameters are `table_0`, `table_1`, …, of the shapes
    (size, width), drawn from U(-r, r) with r = 1 / √width (Gorishniy et al. 2021).

    Parameters
    ----------
    columns : tuple of int
        Where the codes are, from 0, increasing. The other features come first in the output.
    sizes : tuple of int
        Rows of each table, row 0 among them.
    widths : tuple of int
        Numbers of a row of each table.

    Raises
    ------
    ValueError
        Where the lists have different lengths, columns do not increase or numbers are too small;
        for a table of more than 2²⁴ rows, whose codes float32 would not hold; for fields of
        another type.
    """

    columns: tuple[int, ...]
    sizes: tuple[int, ...]
    widths: tuple[int, ...]

    def __post_init__(self) -> None:
        check_counts("columns", self.columns)
        check_counts("sizes", self.sizes)
        check_counts("widths", self.widths)
        if not len(self.columns) == len(self.sizes) == len(self.widths):
            raise ValueError("an embedding of categories has a size and a width for every column")
        if any(np.diff((-1, *self.columns)) <= 0):
            raise ValueError(f"columns of codes are numbered from 0 and increase: {self.columns}")
        if not all(1 <= size <= 2**24 for size in self.sizes):
            raise ValueError(f"a table has between one row and 2^24, got sizes={self.sizes}")
        if not all(n >= 1 for n in self.widths):
            raise ValueError(f"an embedding has one number or more, got widths={self.widths}")

    @property
    def by_feature(self) -> bool:
        return True

    @property
    def takes_codes(self) -> bool:
        return True

    def others(self, n: int) -> list[int]:
        """The columns of n that hold no codes."""
        return [i for i in range(n) if i not in self.columns]

    def output_shape(self, shape: Shape) -> Shape:
        n = width(self, shape)
        if self.columns and self.columns[-1] >= n:
            raise ValueError(f"there is no column {self.columns[-1]} of {n} to take codes from")
        return (n - len(self.columns) + sum(self.widths),)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        sizes = zip(self.sizes, self.widths, strict=True)
        return {f"table_{k}": size for k, size in enumerate(sizes)}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        for table in parameters.values():
            r = table.shape[1] ** -0.5
            table[...] = rng.uniform(-r, r, table.shape)

    def codes(self, x: FloatArray) -> npt.NDArray[np.int64]:
        """(n_samples, n_columns); 0 for what is no code."""
        given = x[:, list(self.columns)]
        known = (given >= 0) & (given < np.array(self.sizes))  # NaN is neither
        return np.where(known, given, 0).astype(np.int64)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        codes = self.codes(x)
        rows = [E[c] for E, c in zip(parameters.values(), codes.T, strict=True)]
        return Passed(self, x, np.concatenate([x[:, self.others(x.shape[1])], *rows], 1), codes)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        n = passed.x.shape[1]
        first = n - len(self.columns)
        below, gradients = np.zeros_like(passed.x), {}
        below[:, self.others(n)] = upstream[:, :first]
        for (name, table), codes in zip(parameters.items(), passed.kept.T, strict=True):
            last = first + table.shape[1]
            gradients[name] = np.zeros_like(table)
            np.add.at(gradients[name], codes, upstream[:, first:last])
            first = last
        return Backward(gradients, below, delta=upstream)

    def reached(self, passed: Passed) -> Mapping[str, npt.NDArray[np.bool_]]:
        masks = {f"table_{k}": np.zeros((size, 1), bool) for k, size in enumerate(self.sizes)}
        for mask, codes in zip(masks.values(), passed.kept.T, strict=True):
            mask[codes] = True
        return masks

    def native_form(self) -> NativeForm:
        given = {"columns": self.columns, "sizes": self.sizes, "widths": self.widths}
        return NativeForm("CategoryEmbedding", given)


OTHERS_IN_C = """\
static void NAME(const REAL *others, long n, const REAL *x, REAL *out)
{
    long i;
    for (i = 0; i < n; i++)
        out[i] = x[(long)others[i]];
}
"""
ROW_IN_C = """\
static void NAME(const REAL *table, long size, long width, REAL code, REAL *out)
{
    long i;
    const REAL *row = table + width * (code >= 0 && code < size ? (long)code : 0);
    for (i = 0; i < width; i++)
        out[i] = row[i];
}
"""


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: CategoryEmbedding = node.layer
    others = layer.others(*node.shape)
    if others:
        numbers = c.constant("others", np.array(others, np.float64))
        c.statement(f"{c.helper('others', OTHERS_IN_C)}({numbers}, {len(others)}, {x}, {out});")
    at = len(others)
    for column, (name, table) in zip(layer.columns, node.arrays.items(), strict=True):
        size, n = table.shape
        helper, array = c.helper("table_row", ROW_IN_C), c.constant(name, table)
        c.statement(f"{helper}({array}, {size}, {n}, {x}[{column}], {out} + {at});")
        at += n


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    layer: CategoryEmbedding = node.layer
    parts = []
    if others := layer.others(*node.shape):
        parts.append(graph.step("Gather", x, graph.constant(np.array(others)), axis=1))
    zero = graph.number(0)
    for column, table in zip(layer.columns, node.arrays.values(), strict=True):
        given = graph.step("Gather", x, graph.constant(np.array([column])), axis=1)
        known = graph.step(
            "And",
            graph.step("GreaterOrEqual", given, zero),
            graph.step("Less", given, graph.number(len(table))),
        )
        code = graph.step("Cast", graph.step("Where", known, given, zero), to=7)  # int64
        code = graph.step("Squeeze", code, graph.constant(np.array([1])))
        parts.append(graph.step("Gather", graph.constant(table), code, axis=0))
    return graph.step("Concat", *parts, axis=1)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    layer: CategoryEmbedding = node.layer
    places = layer.others(*node.shape), layer.columns
    return [torch.function(partial(looked_up, places=places), node.arrays)]


def looked_up(torch: Any, x: Any, places: Any, **tables: Any) -> Any:
    others, columns = places
    parts = [x[..., others]]
    for column, table in zip(columns, tables.values(), strict=True):
        given = x[..., column]
        known = (given >= 0) & (given < len(table))
        parts.append(table[torch.where(known, given, 0).long()])
    return torch.cat(parts, -1)


register(CategoryEmbedding, c=in_c, onnx=in_onnx, torch=in_torch)
