"""From encoded rows to trained networks: what estimators and command line share.

The same rows, preset and random state give the same weights through either door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rosenblatt.losses import Loss, SquaredError
from rosenblatt.model import AnyModel
from rosenblatt.parallel import StopSignal
from rosenblatt.table import NumberTarget, TableEncoding
from rosenblatt.tabular.encoded_table import EncodedTable
from rosenblatt.tabular.encoding import numeric_features, without_codes
from rosenblatt.tabular.epoch_log import EpochLog, TrainedEpoch
from rosenblatt.tabular.fallback import linear_model_of
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.learner import Sized, learn
from rosenblatt.tabular.networks.family import NetworkFamily
from rosenblatt.tabular.networks.learner import learn_once
from rosenblatt.tabular.number_losses import require_learnable
from rosenblatt.tabular.preset import Preset
from rosenblatt.tabular.rows import TrainingRows
from rosenblatt.tabular.work import Report

__all__ = ["TrainedTable", "train_networks"]


@final
@dataclass(frozen=True, eq=False)
class TrainedTable:
    """What came of it.

    Attributes
    ----------
    model : EnsembleModel or Model
        The latter is the linear one, where the time allowed no network.
    encoding : TableEncoding
        With the target as the networks learnt it.
    rows : TrainingRows
    learned : Learned, optional
        None where the time allowed no network.
    epochs : tuple of TrainedEpoch
        Of all networks, those of recipes that lost among them.
    """

    model: AnyModel
    encoding: TableEncoding
    rows: TrainingRows
    learned: Learned | None
    epochs: tuple[TrainedEpoch, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say of the networks."""
        return () if self.learned is None else self.learned.notes


def train_networks(
    table: EncodedTable,
    preset: Preset,
    *,
    family: NetworkFamily | None = None,
    loss: Loss = SquaredError(),  # noqa: B008
    n_jobs: int | None = None,
    stop: StopSignal | None = None,
    report: Report | None = None,
    planned: Callable[[int], None] | None = None,
    sized: Sized | None = None,
) -> TrainedTable:
    """Train the networks; where the time allows none of them an epoch, a linear model.

    Parameters
    ----------
    table : EncodedTable
    preset : Preset
        The one that the table was encoded for.
    family : NetworkFamily, optional
        A published network, in place of the learner's recipes.
    loss : Loss
        Of numbers.
    n_jobs, stop, report, planned, sized
        As in `learn`.

    Raises
    ------
    InputError
        If the loss is of other numbers than the target's.
    KeyboardInterrupt
        If Ctrl-C arrives before a network has an epoch; afterwards it ends the training, and what
        is trained by then is kept.
    """
    target = table.encoding.target
    if isinstance(target, NumberTarget):
        require_learnable(loss, table.rows.y, target.name, family, table.shape)
    log = EpochLog(report)
    encoding = table.encoding
    directions = table.shape.directions(encoding).tolist()
    if family is not None:
        learned = learn_once(
            family,
            table,
            loss=loss,
            n_jobs=n_jobs,
            stop=stop,
            report=log,
            planned=planned,
            sized=sized,
        )
    else:
        learned = learn(
            table.rows,
            numeric_features(encoding),
            encoding.target,
            table.divisions,
            preset,
            seed=table.seed,
            loss=loss,
            n_jobs=n_jobs,
            stop=stop,
            report=log,
            planned=planned,
            sized=sized,
            directions=directions,
            reach=table.shape.reach,
            logarithms=not table.shape.is_linear_beyond,
        )
    epochs = log.epochs(learned)
    if learned is None:
        X, y, weights = table.rows.part(np.arange(len(table.distinct.chosen)))
        trained_on = TrainingRows(without_codes(encoding, X), y, weights)
        model = linear_model_of(trained_on, encoding.target, n_jobs, directions)
        return TrainedTable(model, encoding, table.rows, None, epochs)
    encoding = replace(encoding, target=learned.target)
    return TrainedTable(learned.model, encoding, table.rows, learned, epochs)
