"""The options of a search, checked before any file is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import final

from rosenblatt.cli.options import TrainingOptions, check, check_member
from rosenblatt.errors import InputError
from rosenblatt.options.features import PAUSES
from rosenblatt.support.optional_dependencies import install_command

STRATEGIES = ("all", "halving", "optuna")
SELECTIONS = ("best", "one-standard-error")
UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


@final
@dataclass(frozen=True)
class SearchOptions:
    """Options of a search.

    Attributes
    ----------
    training : TrainingOptions
        Of every candidate, and of the final training; its hidden layers are not used.
    candidates : tuple of tuples of int, or None
        Hidden layers; None means a default that depends on the data.
    seconds : float or None
        The limit on the time of the search.
    strategy : str
    folds : int
    select : str
    cluster : str or None
        Address of the Ray cluster on which candidates are trained; 'local' for this machine's own.
    """

    training: TrainingOptions
    candidates: tuple[tuple[int, ...], ...] | None
    seconds: float | None
    strategy: str
    folds: int
    select: str
    cluster: str | None = None

    @property
    def address(self) -> str | None:
        """Of the cluster, as the search takes it."""
        return None if self.cluster == "local" else self.cluster

    def __post_init__(self) -> None:
        check_member("--strategy", self.strategy, STRATEGIES)
        check_member("--select", self.select, SELECTIONS)
        check("--folds", self.folds, self.folds >= 2, "at least 2", "5")
        if self.strategy != "all":
            option, instead = f"--strategy {self.strategy}", "choose --strategy all"
            self.training.check_solver(option, PAUSES, instead)
        if self.strategy == "optuna" and find_spec("optuna") is None:
            raise InputError(
                f"--strategy optuna needs optuna: {install_command('optuna')}, or choose"
                " --strategy halving"
            )


def parse_time(text: str) -> float:
    """'90', '90s', '1.5m' or '1h' → seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([smh]?)", text.strip())
    if found is None or not float(found[1]):
        raise InputError(
            f"--time {text!r} is not a length of time; write it like --time 60s, --time 5m or "
            f"--time 1h"
        )
    return float(found[1]) * UNITS[found[2]]
