"""What a solver begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt import engine
from rosenblatt.engine import Trainer, TrainingSetup
from rosenblatt.fitting.autoencoding import Autoencoding
from rosenblatt.fitting.callback_dispatch import CallbackDispatcher
from rosenblatt.fitting.carried import DescentState
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.model import Model
from rosenblatt.network import Network
from rosenblatt.options.config import TrainingConfig
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays
from rosenblatt.stopping import Ending
from rosenblatt.support.types import FloatArray

__all__ = ["FitContext"]


@final
@dataclass(frozen=True, eq=False)
class FitContext:
    """Everything that a solver reads, and the log that it writes to.

    Attributes
    ----------
    parameters : Parameters
    targets : TargetCodec
    log : FitLog
    network : Network
    loss : Loss
        The one to minimise, exactly; solvers may report a bounded form of it.
    theta : array of shape (n_parameters,)
        Initial parameters. Solvers that go epoch by epoch change them in place.
    state : array of shape (n_state,)
        Likewise the running statistics.
    train : Arrays
        Rows to train on, with their final weights.
    validation : Arrays or None
        Rows to validate on, where they were given.
    rng : RandomState
    config : TrainingConfig
    callbacks : CallbackDispatcher
    incremental : bool
        Whether the fit is one call of `partial_fit`.
    carried : DescentState, optional
        Of the fit that this one continues.
    make_trainer : callable
        Makes the trainer of a first-order fit, from its setup.
    autoencoding : Autoencoding, optional
        Where the targets are the inputs, and what the training has beside them.
    n_streamed : int, optional
        Rows of an epoch that the trainer reads from files, of which `train` is an example.
    """

    parameters: Parameters
    targets: TargetCodec
    log: FitLog
    network: Network
    loss: Loss
    theta: FloatArray
    state: FloatArray
    train: Arrays
    validation: Arrays | None
    rng: np.random.RandomState
    config: TrainingConfig
    callbacks: CallbackDispatcher
    incremental: bool = False
    carried: DescentState | None = None
    make_trainer: Callable[[TrainingSetup], Trainer] = engine.trainer
    autoencoding: Autoencoding | None = None
    n_streamed: int | None = None

    def n_rows(self, train: Arrays) -> int:
        """Rows of an epoch over `train`."""
        return train.n_samples if self.n_streamed is None else self.n_streamed

    def reported(self, data_loss: float, penalty: float) -> float:
        """The objective in scikit-learn's scale."""
        return self.targets.reported_loss(data_loss) + penalty

    def model(self, theta: FloatArray, state: FloatArray) -> Model:
        """A model with these parameters, in place."""
        shown = self.network if self.autoencoding is None else self.autoencoding.shown(self.network)
        return Model(shown, theta, self.loss, state)

    def view(self, theta: FloatArray, state: FloatArray) -> Any:
        """What a scorer predicts with, on rows that are prepared for the fit."""
        return self.callbacks.make_view(self.model(theta, state), self.log, named=False)

    def epoch_ended(
        self, entry: dict[str, Any], theta: FloatArray, state: FloatArray
    ) -> Ending | None:
        """Call the callbacks after an epoch; the ending that one of them asks for."""
        return self.callbacks.epoch_ended(entry, self.model(theta, state), self.log)
