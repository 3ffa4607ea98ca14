"""The weights that a training loop validates, and the best of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.averaging import EvaluatedWeights
from rosenblatt.support.state_dict import StateDict
from rosenblatt.support.types import FloatArray

__all__ = ["LoopWeights"]


@final
@dataclass
class LoopWeights:
    """Parameters and network state during training, both changed in place.

    Attributes
    ----------
    evaluated : EvaluatedWeights
        The parameters that are validated and kept: the trainer's own, or their average.
    state : array (n_state,)
        The network's state, such as running statistics.
    best : pair of arrays, optional
        Copies of parameters and state at the best validation score.
    """

    evaluated: EvaluatedWeights
    state: FloatArray
    best: tuple[FloatArray, FloatArray] | None = None

    @property
    def selected(self) -> tuple[FloatArray, FloatArray]:
        """What the fit returns: the best weights where there are any, else the current ones."""
        return self.best or (self.evaluated.weights, self.state)

    def keep_as_best(self) -> None:
        self.best = self.evaluated.weights.copy(), self.state.copy()

    def state_dict(self) -> StateDict:
        arrays = {"state": self.state}
        if self.best is not None:
            arrays["best"], arrays["best_state"] = self.best
        parts = StateDict.of_parts(shown=self.evaluated.state_dict())
        return StateDict(parts.values, arrays | parts.arrays)

    def load_state_dict(self, state: StateDict, epoch: int) -> None:
        """Resume after that epoch, when the trainer's parameters are those of the snapshot."""
        state.copy_to(self.state, "state")
        if "best" in state.arrays:
            self.best = np.empty_like(self.evaluated.weights), np.empty_like(self.state)
            for array, name in zip(self.best, ("best", "best_state"), strict=True):
                state.copy_to(array, name)
        self.evaluated.load_state_dict(state.part("shown"), epoch)
