"""The edges of piecewise-linear pieces, learnt column by column (Gorishniy et al. 2022)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.network import PiecewiseLinear
from rosenblatt.problem import Rows
from rosenblatt.support.late import late
from rosenblatt.support.types import Float64Array, FloatArray

if TYPE_CHECKING:
    from sklearn import tree
else:
    tree = late("sklearn.tree")

__all__ = [
    "Edges",
    "Ranges",
    "first_of",
    "piecewise_layer",
    "quantile_edges",
    "sampled",
    "tree_edges",
]

# From the values of a column, shape (n,), and a number of pieces to at most one edge more.
Edges = Callable[[Float64Array, int], Float64Array]

QUANTILE_PIECES, TREE_PIECES = 48, 16
ROWS_OF_A_LEAF = 20
MOST_ROWS = 20_000  # that edges are learnt from
# Plain values are held to the range that all but one in a hundred rows have on either side.
TAIL = 0.01
DIGITS = 6  # of an edge, of which a model file has many
NEAREST = 1e-6  # of the range of a column: the distance of two edges at least


def quantile_edges(x: Float64Array, n_pieces: int) -> Float64Array:
    """Edges that have as many rows between them, as far as values are distinct."""
    return np.quantile(x, np.linspace(0, 1, min(n_pieces, QUANTILE_PIECES) + 1))


def tree_edges(y: npt.NDArray[Any], is_class: bool, weights: Float64Array | None) -> Edges:
    """Edges at the splits of a decision tree of one column.

    Parameters
    ----------
    y : array (n,)
        Class codes or numbers.
    is_class : bool
    weights : array (n,), optional
    """

    def edges(x: Float64Array, n_pieces: int) -> Float64Array:
        kind = tree.DecisionTreeClassifier if is_class else tree.DecisionTreeRegressor
        with warnings.catch_warnings():
            # Of many classes among few rows, which the table learner's callers say of the target.
            warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
            grown = kind(
                max_leaf_nodes=min(n_pieces, TREE_PIECES),
                min_samples_leaf=ROWS_OF_A_LEAF,
                random_state=0,
            ).fit(x[:, None], y, sample_weight=weights)
        splits = grown.tree_.threshold[grown.tree_.feature >= 0]
        return np.sort([x.min(), *splits, x.max()])

    return edges


@final
@dataclass(frozen=True, eq=False)
class Ranges:
    """Least and largest value of each feature, shape (n_features,), over all rows."""

    lows: Float64Array
    highs: Float64Array

    @classmethod
    def of(cls, X: FloatArray) -> Ranges:
        return cls(X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64))


def first_of(*several: Edges) -> Edges:
    """The first edges that make two pieces or more: of a number that is nearly always 0, all
    quantiles are 0."""

    def edges(x: Float64Array, n_pieces: int) -> Float64Array:
        found = np.empty(0)
        for one in several:
            found = one(x, n_pieces)
            if len(distinct(found)) > 2:
                break
        return found

    return edges


def piecewise_layer(
    X: FloatArray,
    numeric: Sequence[int],
    n_pieces: int,
    edges_of: Edges,
    ranges: Ranges,
    reach: float | None = None,
) -> PiecewiseLinear:
    """The first layer of a network: features held to their ranges, and pieces of the numbers.

    Parameters
    ----------
    X : array (n_rows, n_features)
        Training rows, or a sample of them.
    numeric : sequence of int
        The features that get pieces, whose range leaves out the tails.
    n_pieces : int
        Of each, at most.
    edges_of : callable
    ranges : Ranges
        Of all training rows: what few of them have may be missing from a sample.
    reach : float, optional
        Widths that numbers and their outermost pieces go on for beyond their ranges; of None the
        former do not, and the latter for one.
    """
    n_features = X.shape[1]
    lows, highs = ranges.lows.copy(), ranges.highs.copy()
    edges: list[tuple[float, ...]] = [()] * n_features
    centers: list[tuple[float, ...]] = [()] * n_features
    gains = [1.0] * n_features
    for k in numeric:
        x = X[:, k].astype(np.float64)
        lows[k], highs[k] = np.quantile(x, [TAIL, 1 - TAIL])
        if reach is not None:
            beyond = reach * (highs[k] - lows[k])
            lows[k], highs[k] = lows[k] - beyond, highs[k] + beyond
        found = distinct(edges_of(x, n_pieces)) if n_pieces > 1 else np.empty(0)
        if len(found) < 3:
            continue
        h = pieces(x, found)
        spread = float(h.var(axis=0).sum())
        if spread <= 0:
            continue
        edges[k] = tuple(found.tolist())
        centers[k] = rounded(h.mean(axis=0))
        gains[k] = spread**-0.5
    return PiecewiseLinear(
        tuple(lows.tolist()),
        tuple(highs.tolist()),
        tuple(edges),
        tuple(centers),
        tuple(gains),
        1.0 if reach is None else reach,
    )


def distinct(edges: Float64Array) -> Float64Array:
    """Rounded edges, none of them so near to the one before that float32 could not part them."""
    found = np.unique(rounded(edges))
    gaps = np.diff(found, prepend=-np.inf)
    return found[gaps > NEAREST * (found[-1] - found[0])]


def rounded(values: Float64Array) -> tuple[float, ...]:
    return tuple(float(f"{value:.{DIGITS}g}") for value in values.tolist())


def pieces(x: Float64Array, edges: Float64Array) -> Float64Array:
    """Where x lies in each piece, shape (n, n_pieces): see `PiecewiseLinear`."""
    least, most = np.zeros(len(edges) - 1), np.ones(len(edges) - 1)
    least[0], most[-1] = -1, 2
    where: Float64Array = np.clip((x[:, None] - edges[:-1]) / np.diff(edges), least, most)
    return where


def sampled(n_rows: int, rng: np.random.Generator) -> Rows:
    """The rows that edges are learnt from."""
    if n_rows <= MOST_ROWS:
        return np.arange(n_rows)
    return np.sort(rng.choice(n_rows, MOST_ROWS, replace=False))
