"""Targets that are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import d2_pinball_score

from rosenblatt.fitting.data import flat
from rosenblatt.fitting.r_squared import check_predicted, r_squared, told
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss, NegativeBinomial, Poisson, Quantile, SquaredError
from rosenblatt.options.losses import regression_loss
from rosenblatt.support.plain_values import even_rows
from rosenblatt.support.squares import exponent_of
from rosenblatt.support.types import FloatArray

__all__ = ["NO_COUNTS", "NumberTargets", "are_counts"]

NO_COUNTS = (
    "the loss {} is of counts, and the targets are not all whole numbers from 0: take 'gaussian',"
    " or count in another unit"
)


SUMMED = 950  # the exponent of numbers of which any sum is a float


@final
@dataclass(frozen=True, eq=False)
class NumberTargets(TargetCodec):
    """One number a row, or several.

    Attributes
    ----------
    n_targets : int
        Numbers of a row.
    loss : str or Loss
    """

    n_targets: int = 1
    loss: str | Loss = "squared_error"

    numeric = True

    @classmethod
    def learn(cls, y: npt.NDArray[Any], loss: str | Loss = "squared_error") -> Self:
        """Targets like `y`, of shape (n_samples,) or (n_samples, n_targets)."""
        return cls(1 if y.ndim == 1 else y.shape[1], loss)

    @property
    def options(self) -> dict[str, Any]:
        return {"loss": self.loss}

    @property
    def attributes(self) -> dict[str, Any]:
        return {}

    @property
    def n_outputs(self) -> int:
        return self.n_targets * self.objective().outputs_per_target

    @property
    def weighs_classes(self) -> bool:
        return False

    def objective(self, p_min: float = 0.0) -> Loss:
        return regression_loss(self.loss)

    def check(self, y: Any) -> None:
        pass  # numbers need not be known beforehand

    def check_encoded(self, y: FloatArray) -> None:
        if isinstance(self.objective(), Poisson) and (y < 0).any():
            raise ValueError("Some value(s) of y are negative, which the Poisson loss cannot take.")
        if isinstance(self.objective(), NegativeBinomial) and not are_counts(y):
            raise ValueError(NO_COUNTS.format("NegativeBinomial"))

    def encode(self, y: Any, dtype: npt.DTypeLike) -> FloatArray:
        with even_rows(y=y), np.errstate(over="ignore"):  # checked below, all at once
            encoded: FloatArray = np.ascontiguousarray(flat(y), dtype=dtype)
        if not np.isfinite(encoded).all():
            raise ValueError(
                f"The targets reach {np.abs(y).max():.1e}, which {encoded.dtype} does not hold:"
                " scale them, or take dtype='float64'."
            )
        return encoded if encoded.ndim == 2 else encoded[:, None]

    def decode(self, y: FloatArray) -> npt.NDArray[Any]:
        return y[:, 0] if y.shape[1] == 1 else y

    def predicted(self, prediction: FloatArray) -> FloatArray:
        loss = self.objective()
        if not isinstance(loss, Quantile):
            points = loss.point(prediction)
            is_reduced = self.n_targets == 1 < loss.outputs_per_target
            return points[:, 0] if is_reduced else points
        if len(loss.levels) > 1 and self.n_targets > 1:
            return prediction.reshape(len(prediction), self.n_targets, len(loss.levels))
        return prediction

    def row_weights(self, y: FloatArray, weights: FloatArray | None) -> FloatArray | None:
        return weights

    def reported_loss(self, data_loss: float) -> float:
        # Losses that scikit-learn does not have are summed over the targets.
        averages = isinstance(self.objective(), SquaredError)
        return data_loss / self.n_targets if averages else data_loss

    def score(
        self, prediction: FloatArray, y: npt.NDArray[Any], weights: FloatArray | None
    ) -> float:
        loss = self.objective()
        if isinstance(loss, Quantile):
            return d2_of_levels(y, prediction, loss, weights)
        return r_squared(y, loss.point(prediction), weights)

    def strata(self, y: FloatArray) -> npt.NDArray[Any] | None:
        return None


def are_counts(y: FloatArray) -> bool:
    """Whether all are whole numbers from 0."""
    return bool(((y >= 0) & (y == np.floor(y))).all())


def d2_of_levels(
    y: npt.NDArray[Any], prediction: FloatArray, loss: Quantile, weights: Any
) -> float:
    """Mean over the levels of D², the share of the best constant's pinball loss that is removed.

    Parameters
    ----------
    y : array of shape (n_samples,) or (n_samples, n_targets)
    prediction : array of shape (n_samples,) or (n_samples, n_targets · n_levels)
        The levels of a target side by side.
    loss : Quantile
    weights : array of shape (n_samples,), optional
    """
    check_predicted(prediction)
    y, prediction = (a if a.ndim == 2 else a[:, None] for a in (np.asarray(y), prediction))
    k = max(exponent_of(a.astype(np.float64)) for a in (y, prediction))
    if k > SUMMED:
        y, prediction = np.ldexp(y, -k), np.ldexp(prediction, -k)  # the share stays the same
    n = len(loss.levels)
    with np.errstate(over="ignore"):
        scores = [
            d2_pinball_score(y, prediction[:, i::n], sample_weight=weights, alpha=level)
            for i, level in enumerate(loss.levels)
        ]
    return told(float(np.mean(scores)), "D²")
