"""What a candidate takes, before anything is trained."""

from __future__ import annotations

from contextlib import suppress
from typing import final

from rosenblatt.estimators.solvers import has_epochs
from rosenblatt.search.candidates import Parameters
from rosenblatt.search.folds import Folds
from rosenblatt.search.memory import available_bytes, fit_bytes, told

__all__ = ["Measure"]


@final
class Measure:
    """Number of parameters, and epochs at most, of candidates; those that cannot be are refused.

    A candidate whose parameters are wrong counts 0 of either: it fails when it is begun, which is
    told with the others' failures.
    """

    def __init__(self, folds: Folds, pauses: bool) -> None:
        self.folds, self.pauses = folds, pauses
        self.available = available_bytes()

    def __call__(self, parameters: Parameters) -> tuple[int, int]:
        """ValueError where a fit does not fit into memory, or would have to pause and cannot."""
        measured = None
        with suppress(ValueError, TypeError):
            measured = self.folds.network(parameters)
        if measured is None:
            return 0, 1
        est, network, itemsize = measured
        batch = est.batch_size if isinstance(est.batch_size, int) else 200
        wanted = fit_bytes(network, batch, itemsize)
        if wanted > self.available:
            raise ValueError(
                f"The candidate {parameters} has {network.n_parameters:,} parameters and takes"
                f" about {told(wanted)} to train, and {told(self.available)} are free: leave it"
                " out, or take dtype='float32'."
            )
        if self.pauses and not has_epochs(est.solver):
            raise ValueError(
                f"solver={est.solver!r} learns in one piece, and this strategy pauses between"
                " epochs: take strategy='all', or a first-order solver such as 'adam'."
            )
        return network.n_parameters, est.max_iter
