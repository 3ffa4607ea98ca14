"""A network in two: up to the sums over features that its first dense layer takes, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import final

from rosenblatt.activations import Activation, Identity
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.dense import Dense
from rosenblatt.network.network import Network

__all__ = ["Cut", "cut_at_first_sum", "cut_behind_sums"]


@final
@dataclass(frozen=True)
class Cut:
    """first, then activation, then rest: together they are the network, and so are their θ.

    Attributes
    ----------
    first : Network, optional
        From features to sums z, of which every feature has a share of its own: z is linear in
        functions of single features. None where the features themselves are taken for z.
    activation : Activation
        What the sums pass.
    rest : Network
    """

    first: Network | None
    rest: Network
    activation: Activation = field(default_factory=Identity)

    @property
    def n_first(self) -> int:
        """Parameters of `first`, with which the network's θ begins."""
        return self.first.n_parameters if self.first is not None else 0


def cut_at_first_sum(network: Network) -> Cut:
    """Cut behind the sums of the first dense layer, if those before it take features one by one.

    A linear network is not cut, as no layer is left: see `cut_behind_sums`.
    """
    first = up_to_sums(network)
    if first is None or len(first.layers) == len(network.layers):
        return Cut(None, network)
    dense, rest = network.layers[len(first.layers) - 1], network.layers[len(first.layers) :]
    assert isinstance(dense, Dense)
    return Cut(first, Network(dense.n_outputs, rest), dense.activation)


def cut_behind_sums(network: Network) -> Cut:
    """The same, of a linear network too: its rest is a layer that changes nothing, and has no
    kernel."""
    first = up_to_sums(network)
    if first is None or len(first.layers) < len(network.layers):
        return cut_at_first_sum(network)
    dense = network.layers[-1]
    assert isinstance(dense, Dense)
    as_it_is = Network(network.n_outputs, (ActivationLayer(Identity()),))
    return Cut(first, as_it_is, dense.activation)


def up_to_sums(network: Network) -> Network | None:
    """Layers that take features one by one, and the sums of a dense one, if they are there."""
    before = tuple(takewhile(lambda layer: layer.by_feature, network.layers))
    dense = next(iter(network.layers[len(before) :]), None)
    if not isinstance(dense, Dense) or dense.normalization or dense.residual:
        return None
    sums = replace(dense, activation=Identity(), dropout=0.0)
    return Network(network.n_inputs, (*before, sums))
