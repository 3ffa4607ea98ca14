"""What `train` is asked for, of one network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.source import Source
from rosenblatt.cli.train_and_save import Place, check_checkpoint, place_for

__all__ = ["TrainingRequest"]


@final
@dataclass(frozen=True)
class TrainingRequest:
    """The training of one network, whatever its rows and its first weights.

    Attributes
    ----------
    target, weight_column : str, optional
    options : TrainingOptions
    out, checkpoint : Path, optional
    force : bool
        Whether a model of other columns may be replaced.
    """

    target: str | None
    weight_column: str | None
    options: TrainingOptions
    out: Path | None = None
    checkpoint: Path | None = None
    force: bool = False

    def place(self, source: Source) -> Place:
        """The file of the model; InputError if it, or the checkpoint, cannot be written."""
        place = place_for(source, self.out, force=self.force)
        check_checkpoint(self.checkpoint, place)
        return replace(place, checkpoint=self.checkpoint)
