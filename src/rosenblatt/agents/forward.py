"""What a network says at scaled observations, as long as it is finite."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from rosenblatt.errors import DivergenceError
from rosenblatt.model import Model
from rosenblatt.support.types import FloatArray

__all__ = ["Forward"]


@final
class Forward:
    """Predictions of a model, whose parameters are read in place.

    Raises
    ------
    DivergenceError
        Where a prediction is not finite: it names no action.
    """

    def __init__(self, model: Model, n_jobs: int | None = None) -> None:
        self._of = model, n_jobs
        self._predictor = model.engine_predictor(n_jobs=n_jobs)

    def __call__(self, x: FloatArray, out: FloatArray | None = None) -> FloatArray:
        """Of a vector or of rows; into `out`, or a new array."""
        found = self._predictor.bare(x, out)
        return self._prepared(x, out) if found is None else found

    def _prepared(self, x: FloatArray, out: FloatArray | None) -> FloatArray:
        """The same where the engine has no kernels for it, or finds that it is not finite."""
        with np.errstate(over="ignore", invalid="ignore"):
            found = self._predictor.columns(np.ascontiguousarray(np.atleast_2d(x)))
        if not np.isfinite(found).all():
            raise DivergenceError(
                "What the network predicts at an observation is not finite: scale what the"
                " environment gives, by gymnasium.wrappers.NormalizeObservation, or lower"
                " learning_rate."
            )
        found = found.reshape(*x.shape[:-1], found.shape[1])
        if out is None:
            return found
        out[...] = found
        return out

    def __reduce__(self) -> tuple[Any, ...]:
        return Forward, self._of
