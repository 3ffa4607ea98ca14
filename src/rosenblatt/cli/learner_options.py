"""The options of the table learner, checked before any file is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, final

from rosenblatt.cli.options import TASKS, check, check_member
from rosenblatt.errors import InputError
from rosenblatt.tabular.preset import (
    EXTRAPOLATIONS,
    MOST_NETWORKS,
    NUMBER_LOSSES,
    ONCE,
    PRESETS,
    Preset,
)

if TYPE_CHECKING:
    from rosenblatt.persistence import OptionValue

if TYPE_CHECKING:
    from rosenblatt.tabular.networks import NetworkFamily

__all__ = ["CLASS_WEIGHTS", "LearnerOptions"]

CLASS_WEIGHTS = ("balanced",)


@final
@dataclass(frozen=True)
class LearnerOptions:
    """Options of a training by the table learner.

    Attributes
    ----------
    task : str
    preset : str
    seconds : float, optional
        From the beginning of the command.
    ensemble : int, optional
        Networks; as many as the preset has if None.
    network : str, optional
        The name of a published one, in place of the learner's.
    class_weight : str, optional
    decision : str or float, optional
        What the predicted classes shall be best for, with the costs of a file written out.
    split : str, optional
        'time:' and the column of times, or 'folds:' and the column of folds.
    loss : str, optional
        Of numbers.
    every_row : bool
        Whether every row is to be outside some network's rows: large tables have fewer networks
        than folds otherwise.
    test_fraction : float
    seed : int
    jobs : int, optional
    extrapolation : str
    directions : mapping of str to int
        Of columns that predictions are to be monotone in.
    """

    task: str
    preset: str
    seconds: float | None
    ensemble: int | None
    network: str | None
    class_weight: str | None
    decision: str | float | None
    split: str | None
    loss: str | None
    every_row: bool
    test_fraction: float
    seed: int
    jobs: int | None
    extrapolation: str = EXTRAPOLATIONS[0]
    directions: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_member("--task", self.task, TASKS)
        check_member("--preset", self.preset, PRESETS)
        check_member("--extrapolation", self.extrapolation, EXTRAPOLATIONS)
        if self.class_weight is not None:
            check_member("--class-weight", self.class_weight, CLASS_WEIGHTS)
        if self.split is not None and not (self.time_column or self.fold_column):
            raise InputError(
                f"--split {self.split} is none: say time: and the name of a column of dates or"
                " numbers, such as --split time:day, or folds: and that of a column of folds"
            )
        if self.loss is not None:
            check_member("--loss", self.loss, NUMBER_LOSSES)
        if self.ensemble is not None:
            valid = 1 <= self.ensemble <= MOST_NETWORKS
            check("--ensemble", self.ensemble, valid, f"from 1 to {MOST_NETWORKS}", "8")
        check("--seed", self.seed, 0 <= self.seed < 2**32, "from 0 to 4294967295", "0")
        if self.jobs is not None:
            check("--jobs", self.jobs, self.jobs >= 1, "at least 1", "2")
        valid = 0 <= self.test_fraction < 1
        check("--test-fraction", self.test_fraction, valid, "from 0 to below 1", "0.2")

    @property
    def recorded(self) -> tuple[OptionValue, ...]:
        """What a model file keeps of them."""
        # Not at the top: a command line is parsed before anything heavy is imported.
        from rosenblatt.persistence import OptionValue
        from rosenblatt.tabular.parameters import direction_options

        plain = {name: value for name, value in vars(self).items() if name != "directions"}
        values = (OptionValue(name, value) for name, value in plain.items())
        return (*values, *direction_options(self.directions))

    @property
    def time_column(self) -> str | None:
        """By which rows are later than others."""
        return self._split_column("time")

    @property
    def fold_column(self) -> str | None:
        """Rows with the same cell here are outside of the same networks."""
        return self._split_column("folds")

    def _split_column(self, kind: str) -> str | None:
        said, _, column = (self.split or "").partition(":")
        return column if said == kind and column else None

    @property
    def chosen(self) -> Preset:
        """The preset, with as many networks as asked for."""
        if self.network is not None:
            return ONCE
        preset = PRESETS[self.preset]
        if self.ensemble is not None:
            return preset.with_networks(self.ensemble)
        if self.every_row:
            return replace(preset, fewest_members=max(preset.fewest_members, preset.n_folds))
        return preset

    @property
    def family(self) -> NetworkFamily | None:
        """The published network that was named."""
        if self.network is None:
            return None
        from rosenblatt.tabular.networks import NETWORKS

        return NETWORKS[self.network]
