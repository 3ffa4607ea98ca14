"""The size of a candidate, measured before anything is trained."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple, final

from rosenblatt.fitting.batch_size import AUTO_BATCH_SIZE
from rosenblatt.options.compatibility import refusal
from rosenblatt.options.features import PAUSES
from rosenblatt.search.candidates import CandidateParameters
from rosenblatt.search.folds import Folds
from rosenblatt.search.memory_budget import available_bytes, bytes_text, fit_bytes
from rosenblatt.support.listing import LONG, brief

__all__ = ["Measure", "Measured"]


@final
class Measured(NamedTuple):
    """The size of a candidate.

    Attributes
    ----------
    n_parameters : int
    max_epochs : int
    refusal : str or None
        Why it cannot be trained, if so.
    """

    n_parameters: int
    max_epochs: int
    refusal: str | None = None


@final
class Measure:
    """Measures candidates, and refuses those that memory or the strategy does not allow.

    A candidate with invalid parameters counts 0 parameters and one epoch: it fails when it begins,
    and is reported with the other failures.

    Parameters
    ----------
    folds : Folds
    pauses : bool
        Whether the strategy pauses fits, which some solvers cannot.
    """

    def __init__(self, folds: Folds, pauses: bool) -> None:
        self.folds, self.pauses = folds, pauses
        self.available = available_bytes()

    def __call__(self, parameters: CandidateParameters) -> Measured:
        measured = None
        with suppress(ValueError, TypeError):
            measured = self.folds.network(parameters)
        if measured is None:
            return Measured(0, 1)
        p, network, itemsize = measured
        refused = None
        batch = AUTO_BATCH_SIZE if isinstance(p.batch_size, str) else int(p.batch_size)
        wanted = fit_bytes(network, batch, itemsize)
        if wanted > self.available:
            refused = (
                f"The candidate {brief(parameters, LONG)} has {network.n_parameters:,} parameters"
                f" and takes about {bytes_text(wanted)} to train, and {bytes_text(self.available)}"
                " are free: leave it out, or take dtype='float32'."
            )
        elif self.pauses:
            refused = refusal(PAUSES, p.solver, "this strategy", ", or strategy='all'")
        return Measured(network.n_parameters, p.max_iter, refused)

    def possible(self, parameters: CandidateParameters) -> Measured:
        """The same; raises a ValueError for a candidate that is refused."""
        measured = self(parameters)
        if measured.refusal is not None:
            raise ValueError(measured.refusal)
        return measured
