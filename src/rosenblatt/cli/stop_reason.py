"""Why a training ended, in terms of the command line's options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol
from warnings import WarningMessage

from sklearn.exceptions import ConvergenceWarning

from rosenblatt.cli.options import TrainingOptions
from rosenblatt.options.features import EARLY_STOPPING
from rosenblatt.support.listing import count

INTERRUPTED = "it was interrupted"


class EndedFit(Protocol):
    """An estimator, or what says the same of a fit."""

    @property
    def n_iter_(self) -> int: ...

    @property
    def stop_reason_(self) -> str: ...

    @property
    def early_stopping(self) -> bool: ...


def training_stop_reason(
    network: EndedFit,
    options: TrainingOptions,
    warned: Iterable[WarningMessage],
) -> str:
    """The end of a sentence that begins with 'stopped, because'."""
    if any(issubclass(warning.category, ConvergenceWarning) for warning in warned):
        if network.n_iter_ >= options.epochs:
            return "--epochs allows no more"
        return "the solver had computed the loss as often as it may"
    # Only the estimator's reason distinguishes an interruption or a divergence.
    if network.stop_reason_.startswith("interrupted"):
        return INTERRUPTED
    if network.stop_reason_.startswith("diverged"):
        return f"it diverged in epoch {network.n_iter_}"
    if not options.supports(EARLY_STOPPING):
        return "the training loss had reached a minimum"
    watched = "validation" if network.early_stopping else "training"
    return f"the {watched} loss had not improved for {count(options.patience, 'epoch')}"
