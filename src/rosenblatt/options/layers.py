"""From parameters to a network: its layers, and what each has beside units and activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from numbers import Integral, Real
from typing import Any

import numpy as np

from rosenblatt.network import Dense, Network, TooManyWeights
from rosenblatt.options.activations import hidden_activations
from rosenblatt.options.compatibility import check_layers
from rosenblatt.options.normalizations import normalization
from rosenblatt.options.parameters import Parameters
from rosenblatt.support.listing import brief

__all__ = ["hidden_layers", "network_of"]

TOO_MANY = (
    "hidden_layer_sizes makes a network of more weights than any memory holds: take fewer units."
)


def hidden_layers(p: Parameters, hidden: Sequence[Dense]) -> tuple[Dense, ...]:
    """The hidden layers with what the estimator's parameters add to them."""
    check_layers(p, len(hidden))
    rates, kind = dropout_rates(p.dropout, len(hidden)), normalization(p.normalization)
    return tuple(
        replace(layer, normalization=kind, dropout=rate, residual=p.residual)
        for layer, rate in zip(hidden, rates, strict=True)
    )


def dropout_rates(given: Any, n_hidden: int) -> list[float]:
    """One rate for each hidden layer."""
    rates = np.asarray(given, dtype=object).tolist()
    if np.ndim(given) == 0:
        rates = [rates] * n_hidden
    if len(rates) != n_hidden:
        raise ValueError(
            f"dropout must be one number, or one for each of the {n_hidden} hidden layers;"
            f" got {len(rates)} numbers."
        )
    if not all(isinstance(rate, Real) and 0 <= float(rate) < 1 for rate in rates):
        raise ValueError(f"dropout must be in [0, 1) in every hidden layer, got {brief(rates)}.")
    return [float(rate) for rate in rates]


def network_of(p: Parameters, n_inputs: int, n_outputs: int) -> Network:
    """The network that the parameters describe.

    Parameters
    ----------
    p : Parameters
    n_inputs : int
        Features of X.
    n_outputs : int
        Output units, which follow from the targets.

    Raises
    ------
    ValueError
        For parameters that do not fit the number of hidden layers.
    """
    sizes = np.atleast_1d(np.asarray(p.hidden_layer_sizes, dtype=object)).tolist()
    if any(not isinstance(n, Integral) or n <= 0 for n in sizes):
        raise ValueError(
            f"hidden_layer_sizes must be > 0, got {brief(sizes)}: whole numbers of units."
        )
    if max(sizes, default=0) >= 2**63:  # of which no layer is made
        raise TooManyWeights(TOO_MANY)
    activations = hidden_activations(p.activation, len(sizes))
    dense = [Dense(int(n), g) for n, g in zip(sizes, activations, strict=True)]
    layers = (*hidden_layers(p, dense), Dense(n_outputs))
    try:
        return built(n_inputs, layers, float(p.input_noise))
    except TooManyWeights as error:
        raise TooManyWeights(TOO_MANY) from error


def built(n_inputs: int, layers: tuple[Dense, ...], input_noise: float) -> Network:
    try:
        return shared_network(n_inputs, layers, input_noise)
    except TypeError:  # a member of the user's own that cannot be hashed
        return Network(n_inputs, layers, input_noise)


@lru_cache(maxsize=128)
def shared_network(n_inputs: int, layers: tuple[Dense, ...], input_noise: float) -> Network:
    """A network, and with it the shapes that it has worked out, for all fits that ask for the same.

    Networks are frozen, and short fits would otherwise work out the shapes again each time.
    """
    return Network(n_inputs, layers, input_noise)
