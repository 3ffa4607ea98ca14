"""The gradient of every example by itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rosenblatt.backprop import backpropagate
from rosenblatt.curvature.arguments import point_of
from rosenblatt.curvature.objective import Objective, blocks_of
from rosenblatt.network import Dense, Network
from rosenblatt.problem import Rows
from rosenblatt.second_order.fisher import per_sample_gradients
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["example_gradient_blocks", "per_example_gradients"]

MOST_NUMBERS = 2**28  # of one array: 2 GiB


def per_example_gradients(objective: Objective, theta: FloatArray) -> Float64Array:
    """g_i of every row, shape (n_samples, n_parameters); their mean is ∇J (B9, B10).

    g_i = (N w_i ∇L_i + ∇penalty) / Σ w, which is ∇(L_i + penalty/N) where there are no weights. A
    row of weight 0 has the penalty's part alone.

    Raises
    ------
    ValueError
        Beyond 2 GiB; `example_gradient_blocks` has them block by block.
    """
    theta = point_of(objective, theta)
    n, p = objective.n_samples, objective.n_parameters
    if n * p > MOST_NUMBERS:
        raise ValueError(
            f"the gradients of {n:,} rows in {p:,} parameters take {8 * n * p / 2**30:.1f} GiB:"
            " take `example_gradient_blocks`, or fewer rows."
        )
    gradients = np.empty((n, p))
    for rows, block in example_gradient_blocks(objective, theta):
        gradients[rows] = block
    return gradients


def example_gradient_blocks(
    objective: Objective, theta: FloatArray
) -> Iterator[tuple[Rows, Float64Array]]:
    """The same in blocks of some 32 MiB: row numbers, and their gradients.

    Networks of dense layers take a pass for each block, others one for each row.
    """
    theta = point_of(objective, theta)
    of_penalty = penalty_gradient(objective, theta)
    weights, total = objective.weights, objective.total_weight
    for rows in blocks_of(objective, objective.n_parameters):
        block = np.tile(of_penalty, (len(rows), 1))
        seen = weights[rows] != 0
        share = objective.n_samples * weights[rows[seen]] / total
        block[seen] += share[:, None] * loss_gradients(objective, theta, rows[seen])
        yield rows, block


def loss_gradients(objective: Objective, theta: Float64Array, rows: Rows) -> Float64Array:
    """∇L_i of some rows."""
    network, loss = objective.network, objective.loss
    X, y = objective.dense(rows), objective.rows.y[rows]
    if is_plain(network):
        return np.asarray(per_sample_gradients(network, theta, X, y, loss), np.float64)
    of_rows = [
        backpropagate(network, theta, x, t, loss).gradient for x, t in zip(X, y, strict=True)
    ]
    return np.array(of_rows, np.float64).reshape(len(rows), network.n_parameters)


def penalty_gradient(objective: Objective, theta: Float64Array) -> Float64Array:
    """∇penalty / Σ w, shape (n_parameters,)."""
    network = objective.network
    gradient = np.zeros(network.n_parameters)
    parameters, parts = map(network.layer_parameters, (theta, gradient))
    for i, names in enumerate(network.penalised):
        for name in names:
            of_layer = objective.penalty.gradient(parameters[i][name])
            parts[i][name][...] = of_layer / objective.total_weight
    return gradient


def is_plain(network: Network) -> bool:
    return all(isinstance(layer, Dense) and layer.is_plain for layer in network.layers)
