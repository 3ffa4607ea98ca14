"""A network in two: up to the sums over features that its first dense layer takes, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import final

from rosenblatt.activations import Activation, Identity
from rosenblatt.network.dense import Dense
from rosenblatt.network.network import Network

__all__ = ["Cut", "cut_at_first_sum"]


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
    """Cut behind the sums of the first dense layer, if those before it take features one by one."""
    before = tuple(takewhile(lambda layer: layer.by_feature, network.layers))
    dense, *rest = (*network.layers[len(before) :], None)
    if not isinstance(dense, Dense) or dense.normalization or dense.residual or rest == [None]:
        return Cut(None, network)
    sums = replace(dense, activation=Identity(), dropout=0.0)
    first = Network(network.n_inputs, (*before, sums))
    return Cut(first, Network(dense.n_outputs, network.layers[len(before) + 1 :]), dense.activation)
