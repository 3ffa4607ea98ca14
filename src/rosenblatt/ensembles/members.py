"""A member of an ensemble: how it is trained, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from sklearn.callback._callback_support import callback_management_context

from rosenblatt.ensembles.bags import Bag
from rosenblatt.errors import DivergenceError
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.fitting.data import ValidatedData
from rosenblatt.options.features import EARLY_STOPPING
from rosenblatt.options.solvers import solver_of
from rosenblatt.parallel import CUT_SHORT, StopSignal

__all__ = ["Member", "validates_by_itself"]


@final
@dataclass
class Member:
    """A network and the rows that it learns from; without a bag those are all.

    Attributes
    ----------
    number : int
        From 1, for people.
    finished : bool
        Whether it was trained to its end.
    converged : bool
        Whether that end was none of its limits.
    remark : str, optional
        What else there is to say of it.
    divergence : DivergenceError, optional
        Where its weights stopped being finite.
    """

    number: int
    network: BaseMLP
    bag: Bag | None = None
    finished: bool = False
    converged: bool = True
    remark: str | None = None
    divergence: DivergenceError | None = None

    def train(
        self, table: ValidatedData, validation: tuple[Any, Any, Any], stop: StopSignal
    ) -> None:
        """Fit the network, unless the stop cuts it short; divergence is its own affair."""
        net = self.network
        rows = None if self.bag is None else self.bag.rows()
        try:
            # Callbacks of scikit-learn's see every member as a fit of its own.
            with callback_management_context(net):
                net._init_callback_context(max_subtasks=net.max_iter)
                given = self._validation(table, validation)
                fit = net._begin(table, rows, given, rules=(stop,), all_targets=True)
                fit.run()
                net._show(fit)
                fit.start.followers.fit_ended()
        except DivergenceError as error:
            self.divergence = error
            return
        self.finished = net.stop_reason_ != CUT_SHORT
        self.converged, self.remark = fit.converged, fit.remark

    def _validation(
        self, table: ValidatedData, given: tuple[Any, Any, Any]
    ) -> tuple[Any, Any, Any]:
        """The rows to validate on: given, or for early stopping those that the bag left out.

        Rows split off the bag would have copies of themselves among those learnt from.
        """
        if self.bag is None or not validates_by_itself(self.network, given):
            return given
        outside = self.bag.outside()
        weights = None if table.weights is None else table.weights[outside]
        return table.X[outside], table.y[outside], weights

    @property
    def told(self) -> str:
        """What is printed of a finished member."""
        net = self.network
        return f"{net.n_iter_} epochs, loss {net.loss_:.4g}, {net.stop_reason_}"


def validates_by_itself(network: BaseMLP, given: tuple[Any, Any, Any]) -> bool:
    """Whether a member stops early and is given no rows to decide it by."""
    stops = network.early_stopping and solver_of(network.solver).supports(EARLY_STOPPING)
    return stops and all(part is None for part in given)
