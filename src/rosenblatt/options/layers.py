"""The parameters that shape a layer's block beyond its units and its activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from rosenblatt.network import Dense, Network
from rosenblatt.options.names import normalization
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.second_order import is_second_order
from rosenblatt.options.solvers import is_first_order

__all__ = ["check_batches", "check_inputs", "check_solver", "drawn_seed", "structured"]


def structured(est: Parameters, hidden: Sequence[Dense]) -> tuple[Dense, ...]:
    """The hidden layers with what the estimator's parameters add to them."""
    if not hidden:
        refuse_without_hidden(est)
    rates, kind = dropout_rates(est.dropout, len(hidden)), normalization(est.normalization)
    return tuple(
        replace(layer, normalization=kind, dropout=rate, residual=est.residual)
        for layer, rate in zip(hidden, rates, strict=True)
    )


def refuse_without_hidden(est: Parameters) -> None:
    """ValueError for a parameter that acts on hidden layers, where there are none."""
    asked = {
        "dropout": isinstance(est.dropout, Real) and float(est.dropout) > 0,
        "normalization": est.normalization is not None,
        "residual": est.residual,
        "max_norm": est.max_norm is not None,
    }
    for name in filter(asked.get, asked):
        raise ValueError(
            f"{name}={getattr(est, name)!r} is for hidden layers, and"
            f" hidden_layer_sizes={est.hidden_layer_sizes!r} asks for none: ask for one, or leave"
            f" {name} out."
        )


def dropout_rates(given: Any, n_hidden: int) -> list[float]:
    """One rate for each hidden layer."""
    if isinstance(given, Real):
        return [float(given)] * n_hidden
    rates = list(given)
    if len(rates) != n_hidden:
        raise ValueError(
            f"dropout must be one number, or one for each of the {n_hidden} hidden layers;"
            f" got {len(rates)} numbers."
        )
    if not all(isinstance(rate, Real) and 0 <= float(rate) < 1 for rate in rates):
        raise ValueError(f"dropout must be in [0, 1) in every hidden layer, got {rates}.")
    return [float(rate) for rate in rates]


def check_solver(est: Parameters, network: Network) -> None:
    """Hold the structure against a solver that needs one objective over all rows."""
    if is_first_order(est.solver):
        return
    plain = [layer == Dense(layer.n_outputs, layer.activation) for layer in network.layers]
    if is_second_order(est.solver) and not (all(plain) and network.input_noise == 0):
        raise ValueError(
            f"solver={est.solver!r} knows the curvature of dense layers alone: take 'adam' for"
            " dropout, residual, normalization or input_noise."
        )
    if network.is_random:
        what = "input_noise" if network.input_noise else "dropout"
        raise ValueError(
            f"{what} needs a solver that takes batches, such as 'adam' or 'sgd': {est.solver!r}"
            " needs the same objective in every iteration."
        )
    if network.n_state:
        raise ValueError(
            "normalization='batch' needs a solver that takes batches, such as 'adam' or 'sgd', and"
            f" has no running statistics under {est.solver!r}; normalization='layer' works with it."
        )


def check_inputs(network: Network, X: Any) -> None:
    """Noise would fill what a sparse matrix leaves empty."""
    if network.input_noise and not isinstance(X, np.ndarray):
        raise ValueError(
            "input_noise needs dense rows, X is sparse: give X.toarray(), or set input_noise=0."
        )


def check_batches(network: Network, batch_size: int) -> None:
    """Batch normalisation takes its statistics from several rows."""
    if network.n_state and batch_size == 1:
        raise ValueError(
            "normalization='batch' needs batches of two rows or more, and would never see more than"
            " one: raise batch_size, or take normalization='layer'."
        )


def drawn_seed(network: Network, rng: np.random.RandomState) -> int:
    """A seed for what the steps draw; a network that draws nothing leaves `rng` as it is."""
    return int(rng.randint(np.iinfo(np.int64).max, dtype=np.int64)) if network.is_random else 0
