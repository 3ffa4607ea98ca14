"""The default batch size."""

from __future__ import annotations

__all__ = ["AUTO_BATCH_SIZE", "batch_size_of"]

# Of batch_size='auto', as in scikit-learn.
AUTO_BATCH_SIZE = 200


def batch_size_of(given: int | str, n_samples: int) -> int:
    """The rows of a batch for the parameter `batch_size`, a number or 'auto'."""
    return min(AUTO_BATCH_SIZE if isinstance(given, str) else int(given), n_samples)
