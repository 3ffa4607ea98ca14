"""A member of an ensemble: how it is trained, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.ensembles.bags import Bag
from rosenblatt.errors import DivergenceError
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.estimator_fit import EstimatorFit, callback_task
from rosenblatt.fitting import TargetCodec, TrainValidation, ValidatedData, encoded
from rosenblatt.options.features import EARLY_STOPPING
from rosenblatt.options.solvers import solver_of
from rosenblatt.parallel import CUT_SHORT, StopSignal
from rosenblatt.problem import Matrix

__all__ = ["EnsembleData", "Member", "validates_by_itself"]


@final
@dataclass(frozen=True, eq=False)
class EnsembleData:
    """The rows of all members.

    Attributes
    ----------
    targets : TargetCodec
        Of the whole table: every member knows all classes, also those that its bag lacks.
    table : ValidatedData
    validation : ValidatedData or None
        Rows that every member validates on.
    whole : TrainValidation
        All rows of the table, encoded once for the members without a bag.
    """

    targets: TargetCodec
    table: ValidatedData
    validation: ValidatedData | None
    whole: TrainValidation

    @classmethod
    def of(
        cls, targets: TargetCodec, table: ValidatedData, validation: ValidatedData | None
    ) -> EnsembleData:
        return cls(targets, table, validation, encoded(targets, table, validation=validation))

    def of_member(self, network: BaseMLP, bag: Bag | None) -> TrainValidation:
        """The rows of a bag, and those to validate on: given, or for early stopping left out of it.

        Rows split off the bag would have copies of themselves among those it is trained on.
        """
        if bag is None:
            return self.whole
        table, validation = self.table, self.validation
        if validates_by_itself(network, validation):
            outside = bag.outside()
            weights = None if table.weights is None else table.weights[outside]
            X: Matrix = table.X[outside]
            validation = ValidatedData(X, table.y[outside], weights, table.columns)
        return encoded(self.targets, table, bag.rows(), validation)


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

    def train(self, data: EnsembleData, stop: StopSignal) -> None:
        """Fit the network; divergence is written down, and `stop` may cut the fit short."""
        net, own = self.network, data.of_member(self.network, self.bag)
        try:
            # For scikit-learn's callbacks every member is a fit of its own.
            with callback_task(net, net.max_iter):
                under_way = EstimatorFit.begin(net, data.targets, data.table, own, rules=(stop,))
                fit = under_way.fit
                fit.run()
                under_way.publish()
                fit.ended()
        except DivergenceError as error:
            self.divergence = error
            return
        self.finished = fit.log.stop_reason != CUT_SHORT
        self.converged, self.remark = fit.converged, fit.remark

    @property
    def summary(self) -> str:
        """What is printed of a finished member."""
        net = self.network
        return f"{net.n_iter_} epochs, loss {net.loss_:.4g}, {net.stop_reason_}"


def validates_by_itself(network: BaseMLP, given: ValidatedData | None) -> bool:
    """Whether a member stops early and is given no rows to decide it by."""
    stops = network.early_stopping and solver_of(network.solver).supports(EARLY_STOPPING)
    return bool(stops) and given is None
