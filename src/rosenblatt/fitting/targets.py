"""The codec between targets as users give them and the numbers that a loss takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy.typing as npt

from rosenblatt.losses import Loss
from rosenblatt.support.types import FloatArray

__all__ = ["TargetCodec"]


class TargetCodec(ABC):
    """What a fit has to know of its targets: an immutable value that fits may share.

    Derived classes are frozen dataclasses, and learn their fields from `y`.

    Attributes
    ----------
    numeric : bool
        Whether scikit-learn's validation is to expect numbers in `y`.
    """

    numeric: ClassVar[bool]

    @property
    @abstractmethod
    def options(self) -> dict[str, Any]:
        """The estimator's parameters that belong to the targets: `loss`, say."""

    def with_options(self, **options: Any) -> Self:
        """The same targets under other options; see `options`."""
        return replace(self, **options)  # type: ignore[type-var]

    @property
    @abstractmethod
    def attributes(self) -> dict[str, Any]:
        """The fitted attributes that describe the targets, such as `classes_`."""

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """Output units that the network needs."""

    @property
    @abstractmethod
    def weighs_classes(self) -> bool:
        """Whether `row_weights` depends on the targets."""

    @abstractmethod
    def objective(self, p_min: float = 0.0) -> Loss:
        """The loss to minimise.

        Parameters
        ----------
        p_min : float
            Bounds probabilities away from 0 and 1 in the reported value of the log loss.

        Raises
        ------
        ValueError
            If no such loss exists, or it is not made for these targets.
        """

    @abstractmethod
    def check(self, y: Any) -> None:
        """Raise ValueError if `y` holds a target that is not known."""

    @abstractmethod
    def check_encoded(self, y: FloatArray) -> None:
        """Raise ValueError if the loss cannot take encoded targets of any row of `y`."""

    @abstractmethod
    def encode(self, y: Any, dtype: npt.DTypeLike) -> FloatArray:
        """Targets as the loss takes them.

        Returns
        -------
        array of shape (n_samples, n_targets)
            Class codes, 0 and 1 for each label, or numbers.
        """

    @abstractmethod
    def decode(self, y: FloatArray) -> npt.NDArray[Any]:
        """The inverse of `encode`, in the shape that scikit-learn's metrics take."""

    @abstractmethod
    def predicted(self, prediction: FloatArray) -> npt.NDArray[Any]:
        """What an estimator's `predict` returns for the network's predictions."""

    @abstractmethod
    def row_weights(self, y: FloatArray, weights: FloatArray | None) -> FloatArray | None:
        """The rows' weights in training, from their own and their encoded targets."""

    @abstractmethod
    def reported_loss(self, data_loss: float) -> float:
        """The data loss in scikit-learn's scale."""

    @abstractmethod
    def score(self, prediction: FloatArray, y: FloatArray, weights: FloatArray | None) -> float:
        """Accuracy, R² or D² of finite predictions against encoded targets."""

    @abstractmethod
    def strata(self, y: FloatArray) -> npt.NDArray[Any] | None:
        """The groups that a validation split keeps in proportion; None to split at random."""
