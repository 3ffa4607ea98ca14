"""The first layers of the networks: two kinds of pieces of the numbers, which take turns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.network import PiecewiseLinear
from rosenblatt.table.target import AnyTarget, ClassTarget
from rosenblatt.tabular.candidates import MOST_CLASSES
from rosenblatt.tabular.pieces import (
    Ranges,
    first_of,
    piecewise_layer,
    quantile_edges,
    sampled,
    tree_edges,
)
from rosenblatt.tabular.preset import Preset
from rosenblatt.tabular.rows import TrainingRows

__all__ = ["views_of"]

MOST_COLUMNS = 256  # that get pieces


def views_of(
    rows: TrainingRows,
    numeric: Sequence[int],
    target: AnyTarget,
    preset: Preset,
    seed: int,
    reach: float | None = None,
) -> tuple[PiecewiseLinear, ...]:
    """The layers: at the splits of a tree of each column, and between its quantiles.

    Beyond the rows they go on for `reach` widths, as `piecewise_layer` has it.
    """
    sample = sampled(len(rows), np.random.default_rng(seed))
    X, y, weights = rows.part(sample)
    few = len(numeric) <= MOST_COLUMNS
    n_pieces = max(2, preset.n_pieces // max(1, len(numeric))) if few else 0
    if not isinstance(target, ClassTarget):
        y = target.standardise(y)  # a tree takes small differences for none
    n_classes = len(target.classes) if isinstance(target, ClassTarget) else 0
    of_tree = tree_edges(y, n_classes > 0, weights)
    if n_classes > MOST_CLASSES:
        of_tree = quantile_edges
    ranges = Ranges.of(rows.X)
    return tuple(
        piecewise_layer(X, numeric, n_pieces, edges, ranges, reach)
        for edges in (of_tree, first_of(quantile_edges, of_tree))
    )
