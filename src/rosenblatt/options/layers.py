"""The parameters that shape a layer's block beyond its units and its activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

from rosenblatt.network import Dense
from rosenblatt.options.compatibility import check_layers
from rosenblatt.options.normalizations import normalization
from rosenblatt.options.parameters import Parameters

__all__ = ["hidden_layers"]


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
