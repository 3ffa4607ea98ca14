"""A published network learns a table: what its single training comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

from rosenblatt.losses import Loss
from rosenblatt.model import EnsembleModel
from rosenblatt.parallel import StopSignal, WorkerPool
from rosenblatt.tabular.encoded_table import EncodedTable
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.member import EpochNote, Member
from rosenblatt.tabular.networks.family import NetworkFamily
from rosenblatt.tabular.networks.task import LearningTask
from rosenblatt.tabular.networks.training import train_once
from rosenblatt.tabular.outside import scores_outside
from rosenblatt.tabular.work import Report

__all__ = ["learn_once"]


@final
@dataclass(eq=False)
class Training:
    """The one training that there is."""

    member: Member | None = None


def learn_once(
    family: NetworkFamily,
    table: EncodedTable,
    *,
    loss: Loss,
    n_jobs: int | None = None,
    stop: StopSignal | None = None,
    report: Report | None = None,
    planned: Callable[[int], None] | None = None,
    sized: Callable[[int], None] | None = None,
) -> Learned | None:
    """Train the network; None where the time was up before it had an epoch.

    Parameters
    ----------
    family : NetworkFamily
    table : EncodedTable
        Encoded by the family's rule.
    loss : Loss
        Of numbers.
    n_jobs, stop, report, planned, sized
        As in `tabular.learner.learn`. Where patience ends the training, the epochs planned are
        those that there would be without a better one.

    Raises
    ------
    InputError
        If training takes more memory than there is.
    KeyboardInterrupt
        If Ctrl-C arrives before the network has an epoch; afterwards it ends the training, and the
        best epoch is kept.
    """
    stop = stop or StopSignal()
    if stop.due:
        return None
    target, division = table.encoding.target, table.divisions[0]
    task = LearningTask(target, loss, family.smoothing)

    def told(note: EpochNote) -> None:
        if report is not None:
            report(0, family.name, note)

    def run(training: Training) -> None:
        training.member = train_once(
            family,
            table.encoding,
            table.rows,
            division,
            task,
            table.seed,
            n_jobs=n_jobs,
            stop=stop,
            report=told,
            planned=planned,
            sized=sized,
        )

    training = Training()
    with WorkerPool(1, stop) as pool:
        pool.run(run, [training])
    member = training.member
    if member is None:
        if stop.requested:
            raise KeyboardInterrupt
        return None
    outside = scores_outside(table.rows, [member])
    if not division.has_rows_outside:
        outside[:] = float("nan")
    model = EnsembleModel((member.model,))
    return Learned(model, target, family.name, (member,), outside, 1.0, 1, stop.due)
