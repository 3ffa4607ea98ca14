"""The JSON of a leaderboard: one record a run, kept from one call to the next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["CannotLoad", "Record", "Run", "add", "load", "merged", "missing", "run_of"]

Record = dict[str, Any]
FORMAT = 1


class CannotLoad(Exception):
    """The file is no leaderboard of ours; the message says what to do."""


class Run(NamedTuple):
    """What tells one record from another."""

    contender: str
    table: str
    seed: int
    rows: int


def run_of(record: Record) -> Run:
    return Run(*(record[field] for field in Run._fields))


def missing(runs: Iterable[Run], records: Sequence[Record], again: Sequence[str]) -> list[Run]:
    """The runs without a record, and those of the contenders to be run again."""
    known = {run_of(record) for record in records}
    return [run for run in runs if run not in known or run.contender in again]


def merged(records: Sequence[Record], new: Record) -> list[Record]:
    """With the new record, in place of an older one of the same run; sorted by run."""
    by_run = {run_of(record): record for record in [*records, new]}
    return [by_run[run] for run in sorted(by_run)]


def load(path: Path) -> list[Record]:
    """The records of the file; none where there is no file."""
    if not path.exists():
        return []
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        known = told["format"] == FORMAT
    except (KeyError, TypeError, ValueError):
        known = False
    if not known:
        raise CannotLoad(f"{path} is no leaderboard of format {FORMAT}: name another with --out")
    return told["records"]


def add(path: Path, machine: Record, new: Record) -> None:
    """To the file, which is there whole at every moment. `machine` is that of the last run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"format": FORMAT, "machine": machine, "records": merged(load(path), new)}
    draft = path.with_name(path.name + ".part")
    draft.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
