"""The steps before and after training that `train` and `search` share."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import final

from rosenblatt.checkpoints import Checkpoint, check_usable
from rosenblatt.cli.json_output import Json, columns_as_json, scores_as_json
from rosenblatt.cli.options import TrainingOptions
from rosenblatt.cli.preparation import Prepared, prepare
from rosenblatt.cli.screen import Screen
from rosenblatt.cli.source import Source
from rosenblatt.cli.tasks import kind_of
from rosenblatt.cli.training import TrainingResult
from rosenblatt.errors import InputError
from rosenblatt.persistence import check_savable, is_model_file, load_model, save_model
from rosenblatt.support.atomic import check_room, check_writable, faults_named
from rosenblatt.support.listing import count
from rosenblatt.table import TableEncoding

OTHERWISE = "choose another --out, or replace it with --force"
FEWEST_ROWS = 2  # of one, every target is constant


@final
@dataclass(frozen=True)
class Place:
    """The file of a model.

    Attributes
    ----------
    replaced : bool
        Whether there is an older model.
    force : bool
        Whether it may be replaced even if it was trained on other columns.
    checkpoint : Path, optional
        Of the training.
    """

    path: Path
    replaced: bool
    force: bool = False
    checkpoint: Path | None = None

    def check_room(self, encoding: TableEncoding, n_weights: int) -> None:
        """InputError if the model is too large for a model file, or a file for its disk."""
        check_room(self.path, check_savable(encoding, n_weights))
        if self.checkpoint is not None:
            check_room(self.checkpoint, 4 * n_weights)

    def check_names(self, names: Collection[str], target: str | None) -> None:
        """InputError if the older model has another target, or a column that is none of these.

        For a table before its columns are looked at; `target` is None where it is yet to be found,
        and refused later where it is no column.
        """
        if self.replaced and not self.force and (target is None or target in names):
            older = self._older()
            given = older.target.name if target is None else target
            self._require_same(older, given, names_of(older) <= set(names))

    def check_replaceable(self, encoding: TableEncoding) -> None:
        """InputError if the older model has another target or other columns than `encoding`."""
        if self.replaced and not self.force:
            older = self._older()
            same = names_of(older) == names_of(encoding)
            self._require_same(older, encoding.target.name, same)

    def _older(self) -> TableEncoding:
        try:
            return load_model(self.path).encoding
        except InputError as error:
            raise InputError(f"{error}; {OTHERWISE}") from error

    def _require_same(self, older: TableEncoding, target: str, columns_are: bool) -> None:
        if older.target.name != target:
            what = f"predicts {older.target.name!r}"
        elif not columns_are:
            what = "was trained on other columns"
        else:
            return
        otherwise = OTHERWISE
        raise InputError(f"{self.path} holds another model, which {what}: {otherwise}")


@final
@dataclass(frozen=True)
class ShownTable:
    """A table prepared for training, and the notes shown about it."""

    prepared: Prepared
    notes: tuple[str, ...]


def names_of(encoding: TableEncoding) -> set[str]:
    return {line.name for line in encoding.describe()}


def place_for(source: Source, out: Path | None, *, force: bool = False) -> Place:
    """The file of the model, checked to be writable."""
    path = out or Path(f"{source.stem}.safetensors")
    with faults_named(path):
        replaced, is_file = path.exists(), path.is_file()
    if is_file and not os.access(path, os.R_OK):
        raise InputError(f"{path} may not be read: change its permissions")
    if replaced and not is_model_file(path):
        raise InputError(
            f"{path} exists and is not a model that rosenblatt wrote: remove it or choose another "
            f"--out"
        )
    check_writable(path)
    return Place(path, replaced, force)


def check_checkpoint(checkpoint: Path | None, place: Place) -> None:
    """InputError if a checkpoint cannot be kept there, or would be the model's file."""
    if checkpoint is None:
        return
    if Path(os.path.realpath(place.path)) in Checkpoint(checkpoint).files:
        raise InputError(
            f"the model's file {place.path} is one of those of --checkpoint {checkpoint}: choose"
            " another name"
        )
    check_usable(Checkpoint(checkpoint))


def shown_table(
    source: Source,
    screen: Screen,
    place: Place,
    options: TrainingOptions,
    *,
    target: str | None,
    weight_column: str | None,
    hidden: Sequence[int] = (),
) -> ShownTable:
    """Read and prepare a table, and show the kinds of its columns.

    The table itself is freed before training, of networks with these hidden layers at least.

    Raises
    ------
    InputError
        If its model may not be saved at `place`, or is too large for a model file or its disk.
    """
    file = source.read(target=target, besides=[weight_column], fewest_rows=FEWEST_ROWS)
    place.check_names(file.table.by_name, target or source.target)
    prepared = prepare(
        file,
        options,
        target=target or source.target,
        weight_column=weight_column,
        fmt=source.format,
    )
    notes = (*file.notes, *prepared.notes)
    show_encoding(source, screen, place, prepared.encoding, len(file.table), notes, hidden)
    return ShownTable(prepared, notes)


def show_encoding(
    source: Source,
    screen: Screen,
    place: Place,
    encoding: TableEncoding,
    n_rows: int,
    notes: Iterable[str],
    hidden: Sequence[int],
) -> None:
    """Show the kinds of a table's columns, and notes; InputError as in `shown_table`."""
    place.check_replaceable(encoding)
    sizes = (encoding.n_features, *hidden, 1)
    place.check_room(encoding, sum(map(mul, sizes, sizes[1:])))
    columns = encoding.describe()
    rows = count(n_rows, "row")
    screen.say(f"{source.name}: {rows}, {count(len(columns) - 1, 'column')} and the target\n")
    screen.columns(columns, in_short=True)
    screen.notes(notes)


def saved_and_shown(
    source: Source,
    screen: Screen,
    place: Place,
    trained: TrainingResult,
    notes: Iterable[str],
) -> Json:
    """Save the model and show its scores; `notes` are those that were shown before."""
    path, saved, summary = place.path, trained.saved, trained.saved.summary
    save_model(path, saved)
    screen.saved(path)
    later_notes = list(trained.notes)
    if place.replaced:
        later_notes.append(f"{path} held an older model, which the new one has replaced")
    following = _next_command(source, path)
    screen.say()
    screen.scores(summary.scores)
    screen.warnings(trained.warnings)
    screen.notes(later_notes)
    screen.say(f"\n{trained.course}")
    screen.say(f"saved {path}")
    screen.say(f"next: {following}", "bold")
    return {
        "model": str(path),
        "task": kind_of(saved.encoding.target).name,
        "target": saved.encoding.target.name,
        "columns": columns_as_json(saved.encoding.describe()),
        "rows": {part.part: part.rows for part in summary.parts},
        "scores": scores_as_json(summary.scores),
        "networks": len(saved.model.members),
        "epochs": summary.epochs,
        "stop_reason": summary.stop_reason,
        "seconds": trained.seconds,
        "next": following,
        "notes": [*notes, *trained.warnings, *later_notes],
    }


def _next_command(source: Source, model: Path) -> str:
    out = shlex.quote(f"{source.stem}.predictions.csv")
    return f"rosenblatt predict {shlex.quote(str(model))} {source.arguments} --out {out}"
