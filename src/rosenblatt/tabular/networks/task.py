"""What a published network learns of a target, and how its predictions become scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.model import Model
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget, NumberTarget
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.objective import Classes, Numbers, Objective

__all__ = ["LearningTask"]

LEAST = 1e-30  # of a probability, whose logarithm is a score


@final
@dataclass(frozen=True)
class LearningTask:
    """Classes or numbers, in the terms of a network that has an output for every class.

    Two classes have two outputs in training, as they have in the published networks: that doubles
    the steps of their difference. A model has the difference alone.

    Attributes
    ----------
    target : ClassTarget or NumberTarget
    number_loss : Loss
        Of numbers.
    smoothing : float
        Of class labels (theory L18).
    """

    target: AnyTarget
    number_loss: Loss = SquaredError()  # noqa: RUF009
    smoothing: float = 0.0

    @property
    def n_outputs(self) -> int:
        return len(self.target.classes) if isinstance(self.target, ClassTarget) else 1

    @property
    def loss(self) -> Loss:
        if isinstance(self.target, ClassTarget):
            return CategoricalCrossEntropy(smoothing=self.smoothing)
        return self.number_loss

    @property
    def objective(self) -> Objective:
        """The measures of scores as a model gives them."""
        if isinstance(self.target, NumberTarget):
            return Numbers(self.target, self.number_loss, self.target.scale)
        return Classes(len(self.target.classes), self.smoothing)

    def learnable(self, y: npt.NDArray[Any]) -> FloatArray:
        """Targets in the loss's terms, float32 of shape (n, 1)."""
        return self.objective.learnable(y)

    def scores(self, predictions: FloatArray) -> FloatArray:
        """What a model with these predictions has as scores, shape (n, n_outputs of the model).

        Logarithms of probabilities, of two classes their difference; numbers stay as they are.
        """
        if isinstance(self.target, NumberTarget):
            return predictions
        logs: FloatArray = np.log(np.maximum(predictions, LEAST))
        return logs[:, 1:] - logs[:, :1] if logs.shape[1] == 2 else logs

    def model(self, network: Any, theta: FloatArray) -> Model:
        """The model of trained parameters, with one output for two classes."""
        if self.n_outputs != 2 or isinstance(self.target, NumberTarget):
            return Model(network, theta, self.loss)
        *before, last = network.layers
        single = replace(network, layers=(*before, replace(last, n_outputs=1)))
        named = dict(network.named_parameters(theta))
        prefix = f"layers.{len(before)}."
        for name in (name for name in named if name.startswith(prefix)):
            if named[name].shape[-1] == 2:
                named[name] = named[name][..., 1:] - named[name][..., :1]
        loss = BinaryCrossEntropy(smoothing=self.smoothing)
        return Model(single, single.pack_named(named, theta.dtype), loss)
