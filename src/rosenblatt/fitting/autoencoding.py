"""What the training of an autoencoder has beside that of a regression (theory A2-A4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from rosenblatt.network import Dropout, Network, Tie
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.solvers import FIRST_ORDER, solver_of
from rosenblatt.regularization.activity import ActivityPenalty
from rosenblatt.support.listing import LONG, brief

__all__ = ["Autoencoding"]


@final
@dataclass(frozen=True)
class Autoencoding:
    """Masked inputs, tied weights and a sparse code, of a network whose widths mirror each other.

    Of 2k dense layers the first k are the encoder, and the last of them gives the code.

    Attributes
    ----------
    masking : float
        Probability with which a feature of a row is set to 0 in a training step, in [0, 1).
    tied_weights : bool
        Whether the decoder has the encoder's weights, transposed.
    sparsity : ActivityPenalty, optional
        Acts on the code.
    """

    masking: float = 0.0
    tied_weights: bool = False
    sparsity: ActivityPenalty | None = None

    @property
    def options(self) -> Mapping[str, Any]:
        """The estimator's parameters that it stands for."""
        return {
            "masking": self.masking,
            "tied_weights": self.tied_weights,
            "sparsity": self.sparsity,
        }

    def check(self, p: Parameters, network: Network) -> None:
        """Raise ValueError if it does not go with a fit's parameters, or with its network."""
        asked = [name for name, value in self.options.items() if value]
        if asked and solver_of(p.solver).family is not FIRST_ORDER:
            raise ValueError(
                f"{' and '.join(asked)} of an autoencoder needs a solver that steps along the"
                f" gradient of a batch, and solver={brief(p.solver, LONG)} does not: take 'adam' or"
                f" 'sgd', or leave {'it' if len(asked) == 1 else 'them'} out."
            )
        if self.sparsity is not None:
            activation = network.dense_layers[self.code_layer(network)].activation
            seen = activation.value(np.array([[-30.0], [0.0], [30.0]]))
            self.sparsity.check_range(float(seen.min()), float(seen.max()))

    def trained(self, network: Network) -> Network:
        """The network that a training step sees; its θ is the same."""
        if not self.masking:
            return network
        return replace(network, layers=(Dropout(self.masking), *network.layers))

    def shown(self, network: Network) -> Network:
        """The network that remains of `trained`."""
        return replace(network, layers=network.layers[1:]) if self.masking else network

    def ties(self, network: Network) -> tuple[Tie, ...]:
        """Of `trained`'s network."""
        if not self.tied_weights:
            return ()
        first, last = int(self.masking > 0), len(network.layers) - 1
        n = (last + 1 - first) // 2
        return tuple(Tie(first + i, last - i) for i in range(n))

    def activities(self, network: Network) -> tuple[tuple[int, ActivityPenalty], ...]:
        """Of `trained`'s network."""
        if self.sparsity is None:
            return ()
        return ((int(self.masking > 0) + self.code_layer(self.shown(network)), self.sparsity),)

    @staticmethod
    def code_layer(network: Network) -> int:
        """The number of the layer that gives the code, from 0, of a network without masking."""
        return len(network.layers) // 2 - 1
