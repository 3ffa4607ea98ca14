"""The epochs of all networks, with the recipes that they were trained by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.member import EpochNote
from rosenblatt.tabular.work import Report

__all__ = ["EpochLog", "TrainedEpoch"]


@final
@dataclass(frozen=True)
class TrainedEpoch:
    """An epoch of a network.

    Attributes
    ----------
    network : int
        From 0. While recipes compete, each has a network of this number.
    recipe : str
        Its name, such as 'wide'.
    note : EpochNote
        What the epoch measured.
    chosen : bool
        Whether its recipe is that of the model.
    kept : bool
        Whether the model has the weights that the network had after this epoch.
    """

    network: int
    recipe: str
    note: EpochNote
    chosen: bool
    kept: bool

    def as_dict(self) -> dict[str, Any]:
        """As `history_` has it."""
        return {
            "network": self.network,
            "recipe": self.recipe,
            "epoch": self.note.epoch,
            "loss": self.note.loss,
            "score": self.note.quality[0],
            "chosen": self.chosen,
            "kept": self.kept,
        }


@final
@dataclass(eq=False)
class EpochLog:
    """Keeps the epochs of all networks, and hands them on."""

    report: Report | None
    heard: list[tuple[int, str, EpochNote]] = field(default_factory=list)

    def __call__(self, network: int, recipe: str, note: EpochNote) -> None:
        self.heard.append((network, recipe, note))
        if self.report is not None:
            self.report(network, recipe, note)

    def epochs(self, learned: Learned | None) -> tuple[TrainedEpoch, ...]:
        """All of them, by network, recipe and number."""
        members = () if learned is None else learned.members
        chosen = None if learned is None else learned.recipe
        kept = {(m.number, m.notes[m.best].epoch) for m in members}
        return tuple(
            TrainedEpoch(
                network,
                recipe,
                note,
                recipe == chosen,
                recipe == chosen and (network, note.epoch) in kept,
            )
            for network, recipe, note in sorted(
                self.heard, key=lambda one: (one[0], one[1], one[2].epoch)
            )
        )
