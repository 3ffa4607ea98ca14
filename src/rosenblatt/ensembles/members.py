"""A member of an ensemble: its data, its training and the outcome."""

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
from rosenblatt.parallel import CUT_SHORT, RayTasks, StopSignal
from rosenblatt.problem import Matrix

__all__ = ["EnsembleData", "Member", "trained", "validates_by_itself"]


@final
@dataclass(frozen=True, eq=False)
class EnsembleData:
    """The rows of all members.

    Attributes
    ----------
    targets : TargetCodec
        Learnt from the whole table: every member has all classes, also those missing from its bag.
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
        """A member's training and validation rows.

        Early stopping without given validation rows uses those outside the bag: rows split off the
        bag would have copies among the training rows.
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
    """A network and its training rows: those of a bag, or all without one.

    Attributes
    ----------
    number : int
        From 1, for messages.
    finished : bool
        Whether it was trained to its end.
    converged : bool
        False where a limit ended the fit.
    remark : str, optional
        A further warning about the fit.
    divergence : DivergenceError, optional
        Why the fit failed, if it diverged.
    """

    number: int
    network: BaseMLP
    bag: Bag | None = None
    finished: bool = False
    converged: bool = True
    remark: str | None = None
    divergence: DivergenceError | None = None

    def train(self, data: EnsembleData, stop: StopSignal) -> None:
        """Fit the network until it ends or `stop` is due; a divergence is recorded, not raised."""
        net, own = self.network, data.of_member(self.network, self.bag)
        try:
            # scikit-learn's callbacks see a separate fit for each member.
            with callback_task(net, net.max_iter):
                begun = EstimatorFit.begin(net, data.targets, data.table, own, rules=(stop,))
                fit = begun.fit
                fit.run()
                begun.publish()
                fit.ended()
        except DivergenceError as error:
            self.divergence = error
            return
        self.finished = fit.log.stop_reason != CUT_SHORT
        self.converged, self.remark = fit.converged, fit.remark

    def train_elsewhere(self, tasks: RayTasks, stop: StopSignal) -> None:
        """The same in a process of a cluster, which has the data."""
        copy = tasks(stop, trained, self)
        if copy is not None:
            vars(self).update(vars(copy))

    @property
    def summary(self) -> str:
        """The line that `verbose` prints for a finished member."""
        net = self.network
        return f"{net.n_iter_} epochs, loss {net.loss_:.4g}, {net.stop_reason_}"


def trained(data: EnsembleData, member: Member) -> Member:
    """The member, trained; in a process of a cluster, where it is a copy."""
    member.train(data, StopSignal())
    return member


def validates_by_itself(network: BaseMLP, given: ValidatedData | None) -> bool:
    """Whether a member stops early without given validation rows."""
    stops = network.early_stopping and solver_of(network.solver).supports(EARLY_STOPPING)
    return bool(stops) and given is None
