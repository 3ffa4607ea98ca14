"""Restores an estimator's attributes after a failed fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["undone_on_failure"]


@contextmanager
def undone_on_failure(est: Any) -> Iterator[None]:
    """Restore the attributes of `est` if the block raises."""
    # `copy` is atomic under the GIL: another thread may be fitting the same estimator.
    attributes = vars(est).copy()
    before = {k: list(v) if isinstance(v, list) else v for k, v in attributes.items()}
    try:
        yield
    except BaseException:
        est.__dict__ = before
        raise
