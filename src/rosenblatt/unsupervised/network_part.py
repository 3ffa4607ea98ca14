"""Some of the layers of a fitted network, as a network of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.estimators.export_mixin import Exporting
from rosenblatt.export.trained import Trained
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Network
from rosenblatt.problem import Matrix
from rosenblatt.support.types import FloatArray

__all__ = ["NetworkPart", "part_of"]


@final
@dataclass(frozen=True, eq=False)
class NetworkPart(Exporting):
    """Layers of a fitted network from numbers to numbers, which can be exported by themselves.

    Attributes
    ----------
    model : Model
        Its parameters are views of those of the whole network.
    """

    model: Model

    def predict(self, X: Matrix, n_jobs: int | None = None) -> FloatArray:
        """What leaves the last of the layers, shape (n_samples, n_outputs); X is not validated."""
        return self.model.engine_predictor(n_jobs=n_jobs).predict(X)

    def _trained(self) -> Trained:
        return Trained(self.model)


def part_of(model: Model, first: int, last: int) -> NetworkPart:
    """The layers `first` to `last` - 1 of a model, numbered from 0."""
    network, theta, state = model.network, model.parameters, model.state
    (n_inputs,) = network.layer_shapes[first]
    before = Network(network.n_inputs, network.layers[:first]) if first else None
    part = Network(n_inputs, network.layers[first:last])
    begin, begin_state = (before.n_parameters, before.n_state) if before is not None else (0, 0)
    theta = theta[begin : begin + part.n_parameters]
    if state is not None:
        state = state[begin_state : begin_state + part.n_state]
    return NetworkPart(Model(part, theta, SquaredError(), state))
