"""Fits an estimator aside, so that it changes at once, and only where the fit succeeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["fitted_aside"]

Estimator = TypeVar("Estimator")


@contextmanager
def fitted_aside(est: Estimator) -> Iterator[Estimator]:
    """A copy of `est` for the block to fit; `est` has its attributes when the block ends.

    A block that raises changes nothing. Of several threads that fit one estimator, each leaves it
    with all that it has fitted, and nothing of the others'.
    """
    aside = object.__new__(type(est))
    # `copy` is atomic under the GIL, as is the assignment at the end.
    attributes = vars(est).copy()
    aside.__dict__ = {k: list(v) if isinstance(v, list) else v for k, v in attributes.items()}
    yield aside
    parameters = est.get_params(deep=False)  # type: ignore[attr-defined]
    est.__dict__ = {**vars(aside), **parameters}
