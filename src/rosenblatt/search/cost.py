"""What a candidate takes, before anything is trained."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple, final

from rosenblatt.options.compatibility import refusal
from rosenblatt.options.features import PAUSES
from rosenblatt.search.candidates import Parameters
from rosenblatt.search.folds import Folds
from rosenblatt.search.memory_budget import available_bytes, fit_bytes, told

__all__ = ["Measure", "Measured"]


@final
class Measured(NamedTuple):
    """Number of parameters, epochs at most, and why it cannot be trained, where it cannot."""

    n_parameters: int
    max_epochs: int
    refusal: str | None = None


@final
class Measure:
    """Measures candidates, and refuses a fit that does not fit into memory, or that `pauses` and
    cannot.

    A candidate whose parameters are wrong counts no parameters and one epoch: it fails when it is
    begun, which is told with the others' failures.
    """

    def __init__(self, folds: Folds, pauses: bool) -> None:
        self.folds, self.pauses = folds, pauses
        self.available = available_bytes()

    def __call__(self, parameters: Parameters) -> Measured:
        measured = None
        with suppress(ValueError, TypeError):
            measured = self.folds.network(parameters)
        if measured is None:
            return Measured(0, 1)
        est, network, itemsize = measured
        refused = None
        batch = est.batch_size if isinstance(est.batch_size, int) else 200
        wanted = fit_bytes(network, batch, itemsize)
        if wanted > self.available:
            refused = (
                f"The candidate {parameters} has {network.n_parameters:,} parameters and takes"
                f" about {told(wanted)} to train, and {told(self.available)} are free: leave it"
                " out, or take dtype='float32'."
            )
        elif self.pauses:
            refused = refusal(PAUSES, est.solver, "this strategy", ", or strategy='all'")
        return Measured(network.n_parameters, est.max_iter, refused)

    def possible(self, parameters: Parameters) -> Measured:
        """ValueError for a candidate that is refused."""
        measured = self(parameters)
        if measured.refusal is not None:
            raise ValueError(measured.refusal)
        return measured
