"""The rows that an epoch goes through, and how many of them a batch has."""

from __future__ import annotations

from rosenblatt.fitting.batch_size import batch_size_of
from rosenblatt.fitting.context import FitContext
from rosenblatt.fitting.train_validation import split
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays
from rosenblatt.support.caller_warning import warn_caller

__all__ = ["clipped_batch_size", "learning_rows"]


def learning_rows(context: FitContext) -> tuple[Arrays, Arrays | None]:
    """The rows to train on, and those to validate on: given, or split off for early stopping."""
    p = context.parameters
    if p.early_stopping and context.validation is None:
        return split(context.train, p.validation_fraction, context.targets.strata, context.rng)
    return context.train, context.validation


def clipped_batch_size(parameters: Parameters, n_samples: int) -> int:
    """Rows of a batch, at most all; warns where the parameter asks for more."""
    given = parameters.batch_size
    if not isinstance(given, str) and given > n_samples:
        warn_caller(
            f"Got batch_size={given}, more than the {n_samples} samples. It is going to be clipped."
        )
    return batch_size_of(given, n_samples)
